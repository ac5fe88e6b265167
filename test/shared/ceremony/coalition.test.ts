// One partner of an operation withdraws its translators while a ceremony runs: whoever carries the withdrawal, and whatever arrived first, every party
// leaves out the same contributions, keeps those that the cut covers, and a stranger who verifies the bundle agrees.
import { describe, expect, it } from "vitest";
import { advance } from "../../../shared/ceremony/advance.ts";
import type { Round } from "../../../shared/ceremony/state.ts";
import { explainIn } from "../../../shared/evidence/explain.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import type { Under } from "../../../shared/observation/under.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { QUORUM } from "../../../shared/policy/patterns/quorum.ts";
import type { PinnedPolicy } from "../../../shared/policy/policy.ts";
import { Nation } from "../../support/coalition.ts";
import { bundleOf, bytesOf, lineageOf, trustIn } from "../../support/evidence.ts";
import { type Agent, Network, SECOND, START } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";
import { direct, OPERATION, underOf, withdrawal } from "../../support/under.ts";

const NAMES = ["acme", "bolt", "crux", "dune"] as const;
const parties = testParties(4);
type Name = (typeof NAMES)[number];
type More = Parameters<Nation["revoke"]>[2];
const nation = (name: Name) => new Nation(parties[NAMES.indexOf(name)] as (typeof parties)[number]);
/** Signed by a nation in its own name, or, where that is said, in another's. */
const signed = (by: Name, revokes: string, after: number, more: More = {}) =>
  withdrawal(nation(by).revoke(revokes, after, more));

type Bend = {
  readonly copies?: number;
  readonly restore?: boolean;
  /** Whether the withdrawal is carried before crux speaks. */
  readonly first?: boolean;
  readonly carrier?: Name;
  /** Who hears nothing until the round is about to close. */
  readonly deaf?: string;
  readonly under?: Partial<Under>;
  readonly policy?: object;
};

const BENDS: readonly (readonly [string, Bend])[] = [
  ["after the contribution", {}],
  ["before the contribution", { first: true }],
  ["by the leaver itself", { carrier: "crux" }],
  ["among three copies of everything, in disorder", { copies: 3 }],
  ["to parties that start anew after every turn", { restore: true, copies: 2 }],
  ["to a party that hears nothing for long", { deaf: "dune" }],
];

function operation({ copies = 1, restore = false, deaf, under = {}, policy = {} }: Bend): Network {
  const pinned = pinPolicy({ ...QUORUM, timing: { ...QUORUM.timing, early: false }, ...policy });
  if (!pinned.ok) throw new Error(JSON.stringify(pinned.fault));
  const net = new Network(parties, pinned.value, {
    role: "voter",
    closesAt: START + 10 * SECOND,
    expiresAt: START + 100 * SECOND,
    under: underOf(parties, under),
  });
  net.copies = copies;
  net.restoreAlways = restore;
  net.open();
  net.deliverAll();
  if (deaf !== undefined) net.delivers = ({ to }) => to !== deaf || net.now > START + 9 * SECOND;
  net.run(2);
  return net;
}

const carry = (net: Network, name: string, statement: ReturnType<typeof withdrawal>) =>
  net.turn(name, { on: "revocation", now: net.now, revocation: statement })[0];

/** crux approves two seconds in, and the withdrawal that `make` gives for what it said is carried. */
async function ceremony(bend: Bend, make: (said: string) => ReturnType<typeof withdrawal>): Promise<Network> {
  const net = operation(bend);
  const { carrier = "bolt", first = false } = bend;
  const said = first ? "" : (net.attest("crux", "approve")[0]?.id as string);
  expect(carry(net, carrier, make(said))).toMatchObject({ verdict: "admitted" });
  if (first) net.attest("crux", "approve");
  for (const name of NAMES) if (name !== "crux") net.attest(name, name === "dune" ? "reject" : "approve");
  net.run(80, () => net.digests().every((digest) => digest !== null));
  net.run(1);
  return net;
}

const recordOf = (net: Network) => (net.agents[0] as Agent).state.ending?.record;

async function expectOneVerdict(net: Network, codes: readonly string[]): Promise<void> {
  expect(new Set(net.digests()).size).toBe(1);
  expect(recordOf(net)?.excluded.map(({ code }) => code)).toEqual(codes);
  for (const agent of net.agents) {
    const verified = await verifyBundle(bytesOf(bundleOf(agent)), { trust: trustIn(parties) });
    expect([verified.verdict, verified.outcome?.digest]).toEqual(["passed", net.digests()[0]]);
  }
}

describe.each(BENDS)("a withdrawal carried %s", (_name, bend) => {
  it("takes out what the leaver says from its instant on", async () => {
    const net = await ceremony(bend, () => signed("crux", "*", START + SECOND));
    await expectOneVerdict(net, ["TRANSLATION_REVOKED"]);
    expect(recordOf(net)?.status).toBe("abandoned");
  });

  it("takes out what is dated before it and covered by nothing", async () => {
    const net = await ceremony(bend, () => signed("crux", "crux/to-acme", START + 5 * SECOND));
    await expectOneVerdict(net, ["TRANSLATION_BACKDATED"]);
  });

  it("changes nothing where whoever signed it has no standing, and that is on record", async () => {
    const net = await ceremony(bend, () => signed("bolt", "crux/to-acme", START + SECOND));
    await expectOneVerdict(net, ["REVOCATION_WITHOUT_STANDING"]);
    for (const agent of net.agents)
      expect(lineageOf(agent).filter(({ detail }) => detail.kind === "notice" && "revokes" in detail)).toHaveLength(1);
  });

  it("keeps what its cut names", async () => {
    if (bend.first === true) return;
    const net = await ceremony(bend, (said) => signed("crux", "*", START + 5 * SECOND, { cut: [said] }));
    await expectOneVerdict(net, []);
    expect(recordOf(net)?.status).toBe("decided");
  });
});

describe("who may withdraw, and what", () => {
  const late = START + SECOND;
  it.each([
    ["the other side of the translator", signed("acme", "crux/to-acme", late), ["TRANSLATION_REVOKED"]],
    ["a stranger's wildcard, which names none of crux's", signed("bolt", "*", late), []],
    ["a withdrawal for another operation", signed("crux", "*", late, { scope: { operation: "ember" } }), []],
    ["one for this operation", signed("crux", "*", late, { scope: { operation: OPERATION } }), ["TRANSLATION_REVOKED"]],
    ["one for another partner", signed("crux", "*", late, { scope: { partner: "bolt" } }), []],
    ["one for the home alone", signed("crux", "*", late, { scope: { partner: "acme" } }), ["TRANSLATION_REVOKED"]],
    ["one whose scope asks for what is not known", signed("crux", "*", late, { scope: { weather: "fog" } }), []],
    ["one of a translator that the call does not pin", signed("crux", "crux/to-bolt", late), []],
  ])("%s", async (_name, statement, codes) => {
    // A wildcard of bolt's takes bolt's own.
    const net = await ceremony({ carrier: "dune" }, () => statement);
    const about = recordOf(net)?.excluded.filter(({ detail }) => detail.item !== "bolt") ?? [];
    expect(about.map(({ code }) => code)).toEqual(codes);
    expect(new Set(net.digests()).size).toBe(1);
  });

  it("does not count in another's name: the root that signs is whose the call says it is", async () => {
    const forged = withdrawal(
      nation("bolt").sign("coalition-revocation", { revokes: "*", by: "crux", after: START + SECOND }),
    );
    const net = await ceremony({}, () => forged);
    await expectOneVerdict(net, ["REVOCATION_WITHOUT_STANDING"]);
  });

  it("leaves those in who have another road, until that is cut too", async () => {
    const by = { crux: direct("crux", "acme"), over: direct("crux", "bolt"), bolt: direct("bolt", "acme") };
    const under = {
      translators: [by.crux, by.over, by.bolt, direct("dune", "acme")],
      roads: [
        { authority: "bolt", roads: [["bolt/to-acme"]] },
        { authority: "crux", roads: [["crux/to-acme"], ["crux/to-bolt", "bolt/to-acme"]] },
        { authority: "dune", roads: [["dune/to-acme"]] },
      ],
    };
    const one = await ceremony({ under }, () => signed("crux", "crux/to-acme", START + SECOND));
    await expectOneVerdict(one, []);
    const all = await ceremony({ under }, () => signed("crux", "*", START + SECOND));
    await expectOneVerdict(all, ["TRANSLATION_REVOKED"]);
  });

  it("lets whoever left come back with a translator of its own, and not by an old one or another's", async () => {
    const wild = signed("crux", "*", START + SECOND);
    const pinned = (more: object) => ({
      translators: [direct("bolt", "acme"), direct("dune", "acme"), direct("crux", "acme", more)],
    });
    const again = await ceremony({ under: pinned({ issued: START + SECOND }) }, () => wild);
    await expectOneVerdict(again, []);
    for (const more of [{ issued: START }, {}, { issued: START + SECOND, signer: "acme" }]) {
      const gone = await ceremony({ under: pinned(more) }, () => wild);
      await expectOneVerdict(gone, ["TRANSLATION_REVOKED"]);
    }
    const named = await ceremony({ under: pinned({ issued: START + SECOND }) }, () =>
      signed("crux", "crux/to-acme", START + SECOND),
    );
    await expectOneVerdict(named, ["TRANSLATION_REVOKED"]);
  });
});

describe("what is told of it", () => {
  it("names the step and the reason", async () => {
    const net = await ceremony({}, () => signed("crux", "*", START + SECOND));
    const [excluded] = recordOf(net)?.excluded ?? [];
    const found = explainIn(net.agent("dune").state, [], excluded?.id ?? "");
    expect(found).toMatchObject({ kind: "contribution", verdict: "not admitted" });
    expect(found?.refusal).toMatchObject({
      code: "TRANSLATION_REVOKED",
      what: "the translator crux/to-acme was revoked",
    });
    expect(found?.factors.find(({ verdict }) => verdict === "not met")?.name).toBe("revocation");
  });
});

describe("a withdrawal in an operation of several rounds", () => {
  const policy = { rounds: { ...QUORUM.rounds, most: 2, silent: "abstain" } };

  it("counts in the later round too, and in the earlier one only if it was in its set", async () => {
    const codes = async (late: boolean) => {
      const net = operation({ policy });
      for (const name of ["acme", "bolt", "crux"]) net.attest(name, name === "crux" ? "reject" : "approve");
      if (late) {
        net.run(7.9);
        net.now = START + 10 * SECOND;
        net.turn("bolt", { on: "clock", now: net.now });
      }
      expect(carry(net, "bolt", signed("crux", "*", START + SECOND))?.verdict).toBe("admitted");
      net.run(40, () => net.agents.every(({ state }) => state.rounds.length === 2));
      for (const [index, name] of NAMES.entries()) net.attest(name, index < 3 ? "approve" : "reject");
      net.run(80, () => net.digests().every((digest) => digest !== null));
      net.run(1);
      expect(new Set(net.digests()).size).toBe(1);
      return recordOf(net)?.excluded.map(({ code, ...rest }) => [code, "round" in rest ? rest.round : null]);
    };
    expect(await codes(false)).toEqual([
      ["TRANSLATION_REVOKED", 0],
      ["TRANSLATION_REVOKED", 1],
    ]);
    expect(await codes(true)).toEqual([["TRANSLATION_REVOKED", 1]]);
  });

  it("is refused once the ceremony is over, and what was decided stays", async () => {
    const net = operation({});
    for (const name of NAMES) net.attest(name, "approve");
    net.run(80, () => net.digests().every((digest) => digest !== null));
    const digest = net.digests()[0];
    expect(carry(net, "bolt", signed("crux", "*", START + SECOND))).toMatchObject({ code: "CEREMONY_OVER" });
    expect(net.digests()[0]).toBe(digest);
    await expectOneVerdict(net, []);
  });
});

describe("a withdrawal where the policy says who may come and go", () => {
  const rules = { eject: { num: 2, den: 3 }, admit: { num: 1, den: 2 }, supervisors: [], earlier: "void" };
  const policy = { rounds: { ...QUORUM.rounds, most: 2, silent: "abstain" }, membership: rules };

  async function leaving(statement: ReturnType<typeof withdrawal>, least: number): Promise<Network> {
    const net = operation({ policy: { ...policy, parties: { least } } });
    for (const name of NAMES) net.attest(name, name === "acme" ? "approve" : "reject");
    carry(net, "dune", statement);
    net.run(40, () => net.agents.every(({ state }) => state.rounds.length === 2 || state.ending !== null));
    return net;
  }

  it("is a departure: whoever is left goes on without the seat", async () => {
    const net = await leaving(signed("crux", "*", START + SECOND), 3);
    for (const agent of net.agents) {
      expect(agent.state.rounds[1]?.seats.map(({ authority }) => authority)).toEqual(["acme", "bolt", "dune"]);
      const changes = lineageOf(agent).filter(({ kind }) => kind === "membership-change");
      expect(changes.map(({ by, detail }) => [by, detail.action, detail.why])).toEqual([["crux", "left", "departed"]]);
    }
    for (const name of ["acme", "bolt", "dune"]) net.attest(name, name === "dune" ? "reject" : "approve");
    net.run(80, () => net.digests().every((digest) => digest !== null));
    await expectOneVerdict(net, ["TRANSLATION_REVOKED"]);
    expect(recordOf(net)?.status).toBe("decided");
  });

  it("ends the ceremony where too few are left, and is none before its instant", async () => {
    const few = await leaving(signed("crux", "*", START + SECOND), 4);
    expect(recordOf(few)).toMatchObject({ status: "abandoned", cause: "TOO_FEW_LEFT" });
    const later = await leaving(signed("crux", "*", START + 60 * SECOND), 4);
    expect(later.agents.map(({ state }) => state.rounds[1]?.seats.length)).toEqual([4, 4, 4, 4]);
  });
});

/** Every order of a list. */
function* orders<T>(list: readonly T[]): Generator<readonly T[]> {
  if (list.length < 2) yield list;
  for (const [at, first] of list.entries()) for (const rest of orders(list.toSpliced(at, 1))) yield [first, ...rest];
}

describe("what the sets say", () => {
  it("is the same in every order of what is held", () => {
    const net = operation({});
    for (const name of NAMES) net.attest(name, "approve");
    net.deliverAll();
    net.now += 2 * SECOND;
    const own = signed("crux", "*", START + SECOND);
    const notices: readonly (readonly [Name, ReturnType<typeof withdrawal>])[] = [
      ["bolt", own],
      ["dune", signed("bolt", "dune/to-acme", START)],
      ["acme", signed("dune", "*", START + 10 * SECOND)],
    ];
    for (const [carrier, statement] of notices) expect(carry(net, carrier, statement)?.verdict).toBe("admitted");
    net.deliverAll();
    const { policy, rounds } = net.agent("dune").state;
    const [round] = rounds as readonly [Round];
    expect(round.held.size).toBe(7);
    const seen = new Set<string>();
    let count = 0;
    for (const held of orders([...round.held])) {
      if (++count > 1_000) break;
      const { excluded } = advance((policy as PinnedPolicy).policy, [{ ...round, held: new Map(held) }]);
      seen.add(JSON.stringify(excluded.map(({ id, code, detail }) => [id, code, detail])));
    }
    expect(seen.size).toBe(1);
    expect([...seen][0]?.match(/[A-Z_]{10,}/g)?.sort()).toEqual([
      "REVOCATION_WITHOUT_STANDING",
      "TRANSLATION_BACKDATED",
      "TRANSLATION_REVOKED",
    ]);
  });
});
