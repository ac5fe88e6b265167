// A revocation that arrives while a ceremony runs: whoever carries it, and whatever arrived first, every party leaves out the same contributions of
// the revoked credential, keeps those that the causal cut covers, and a stranger who verifies the bundle agrees.
import { describe, expect, it } from "vitest";
import { makeParty, type Party } from "../../../cli/stack/party.ts";
import type { Revocation } from "../../../shared/authority/statement.ts";
import { toBase64 } from "../../../shared/bytes.ts";
import { explainIn } from "../../../shared/evidence/explain.ts";
import { faultsIn } from "../../../shared/evidence/faults.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { sha256 } from "../../../shared/hash.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { QUORUM } from "../../../shared/policy/patterns/quorum.ts";
import { bundleOf, bytesOf, lineageOf, trustIn } from "../../support/evidence.ts";
import { type Agent, Network, SECOND, START } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";
import { opened, revocationOf } from "../../support/recipes.ts";
import { draftOf } from "../../support/statements.ts";

const NAMES = ["acme", "bolt", "crux", "dune"] as const;
const parties = testParties(4);
const [acme, bolt] = parties as readonly [Party, Party];
const grantOf = (party: Party) => party.identity.credentials[0] as Uint8Array;

type Bend = {
  readonly copies?: number;
  readonly restore?: boolean;
  /** Whether the revocation is carried before acme speaks. */
  readonly first?: boolean;
  readonly carrier?: string;
  /** Who hears nothing until the round is about to close. */
  readonly deaf?: string;
};

const BENDS: readonly (readonly [string, Bend])[] = [
  ["after the contribution", {}],
  ["before the contribution", { first: true }],
  ["by another party", { carrier: "dune" }],
  ["among three copies of everything, in disorder", { copies: 3 }],
  ["to parties that start anew after every turn", { restore: true, copies: 2 }],
  ["to a party that hears nothing for long", { deaf: "crux" }],
];

async function revocation(
  about: { readonly from: number; readonly cut?: readonly string[]; readonly signer?: Party },
  of = acme,
): Promise<Revocation> {
  const signer = (about.signer ?? acme).root;
  const [statement] = await opened([revocationOf(grantOf(of), about.from, signer, about.cut)]);
  return statement as Revocation;
}

function vote({ copies = 1, restore = false, deaf }: Bend, more: object = {}): Network {
  const policy = pinPolicy({ ...QUORUM, timing: { ...QUORUM.timing, early: false }, ...more });
  if (!policy.ok) throw new Error(JSON.stringify(policy.fault));
  const net = new Network(parties, policy.value, {
    role: "voter",
    closesAt: START + 10 * SECOND,
    expiresAt: START + 100 * SECOND,
  });
  net.copies = copies;
  net.restoreAlways = restore;
  net.open();
  net.deliverAll();
  if (deaf !== undefined) net.delivers = ({ to }) => to !== deaf || net.now > START + 9 * SECOND;
  net.run(2);
  return net;
}

const carry = (net: Network, name: string, statement: Revocation) =>
  net.turn(name, { on: "revocation", now: net.now, revocation: statement })[0];

/** acme approves two seconds in, and the revocation that `make` gives for what it said is carried. */
async function ceremony(bend: Bend, make: (said: string) => Promise<Revocation>): Promise<Network> {
  const net = vote(bend);
  const { carrier = "bolt", first = false } = bend;
  // What acme will sign is known beforehand: the same state and instant give the same statement.
  const said = first ? "" : (net.attest("acme", "approve")[0]?.id as string);
  const receipt = carry(net, carrier, await make(said));
  expect(receipt).toMatchObject({ verdict: "admitted" });
  if (first) net.attest("acme", "approve");
  for (const [index, name] of NAMES.slice(1).entries()) net.attest(name, index === 0 ? "approve" : "reject");
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

describe.each(BENDS)("a revocation carried %s", (_name, bend) => {
  it("takes out what the credential says from its instant on", async () => {
    const net = await ceremony(bend, () => revocation({ from: START + SECOND }));
    await expectOneVerdict(net, ["CREDENTIAL_REVOKED"]);
    // One approval and two refusals are left of four seats: nobody has two thirds.
    expect(recordOf(net)?.status).toBe("abandoned");
  });

  it("takes out what is dated before it and covered by nothing", async () => {
    const net = await ceremony(bend, () => revocation({ from: START + 5 * SECOND }));
    await expectOneVerdict(net, ["OBSERVATION_BACKDATED"]);
  });

  it("changes nothing where whoever signed it has no standing, and that is on record", async () => {
    const net = await ceremony(bend, () => revocation({ from: START + SECOND, signer: bolt }));
    await expectOneVerdict(net, ["REVOCATION_STANDING"]);
    expect(recordOf(net)?.status).toBe("abandoned");
    for (const agent of net.agents)
      expect(lineageOf(agent).filter(({ detail }) => detail.kind === "notice" && "revokes" in detail)).toHaveLength(1);
  });
});

describe("what a party is told of it", () => {
  it("names the step and the reason, for what was taken out and for a revocation that changes nothing", async () => {
    const told = (net: Network) => {
      const [excluded] = recordOf(net)?.excluded ?? [];
      const found = explainIn(net.agent("crux").state, [], excluded?.id ?? "");
      return [
        found?.kind,
        found?.verdict,
        found?.refusal?.code,
        found?.factors.find(({ verdict }) => verdict === "not met")?.name,
      ];
    };
    const withdrawn = await ceremony({}, () => revocation({ from: START + SECOND }));
    expect(told(withdrawn)).toEqual(["contribution", "not admitted", "CREDENTIAL_REVOKED", "revocation"]);
    const idle = await ceremony({}, () => revocation({ from: START + SECOND, signer: bolt }));
    expect(told(idle)).toEqual(["notice", "not admitted", "REVOCATION_STANDING", "revocation"]);
  });
});

describe("the causal cut of a carried revocation", () => {
  it.each(BENDS.filter(([, { first }]) => first !== true))("covers what it names: %s", async (_name, bend) => {
    const net = await ceremony(bend, (said) => revocation({ from: START + 5 * SECOND, cut: [said] }));
    await expectOneVerdict(net, []);
  });

  it("does not cover what is dated from the revocation on", async () => {
    const net = await ceremony({}, (said) => revocation({ from: START + SECOND, cut: [said] }));
    await expectOneVerdict(net, ["CREDENTIAL_REVOKED"]);
  });
});

describe("a carried revocation", () => {
  const withdrawn = () => revocation({ from: START + SECOND });

  it("is agreed to by a stranger who knows it already, from elsewhere", async () => {
    const net = await ceremony({}, withdrawn);
    const trust = { ...trustIn(parties), statements: [toBase64((await withdrawn()).frame)] };
    const verified = await verifyBundle(bytesOf(bundleOf(net.agents[2] as Agent)), { trust });
    expect([verified.verdict, verified.outcome?.digest]).toEqual(["passed", net.digests()[0]]);
  });

  it("fails the evidence of whoever left it out of the set: a stranger who knows it is told", async () => {
    const net = vote({});
    for (const name of NAMES) net.attest(name, "approve");
    net.run(80, () => net.digests().every((digest) => digest !== null));
    const trust = { ...trustIn(parties), statements: [toBase64((await withdrawn()).frame)] };
    const verified = await verifyBundle(bytesOf(bundleOf(net.agents[2] as Agent)), { trust });
    expect(verified).toMatchObject({ verdict: "failed", firstFailing: { code: "CREDENTIAL_REVOKED" } });
  });

  it("lets the organisation speak again under a new credential, in the same slot: only that counts", async () => {
    for (const equivocation of ["each", "void"]) {
      const net = vote({}, { equivocation });
      net.attest("acme", "reject");
      net.deliverAll();
      carry(net, "bolt", await withdrawn());
      const renewed = reissued(net);
      for (const name of NAMES.slice(1)) net.turn(name, { on: "observations", now: net.now, observations: [renewed] });
      for (const name of NAMES.slice(1)) net.attest(name, "approve");
      net.run(80, () => net.digests().every((digest) => digest !== null));
      await expectOneVerdict(net, ["CREDENTIAL_REVOKED"]);
      expect(recordOf(net)?.explanation.join()).toContain("4 of 4");
      expect(faultsIn(net.agent("bolt").state)).toEqual([]);
    }
  });

  it("is refused once the round is closed, and changes nothing then", async () => {
    const net = vote({});
    for (const name of NAMES) net.attest(name, "approve");
    net.run(80, () => net.digests().every((digest) => digest !== null));
    const digest = net.digests()[0];
    expect(carry(net, "bolt", await withdrawn())).toMatchObject({ verdict: "refused", code: "CEREMONY_OVER" });
    expect(net.digests()[0]).toBe(digest);
  });

  it("is carried once, however often it is asked for, and by each seat no more than half of what it may say", async () => {
    const net = vote({});
    const first = carry(net, "bolt", await withdrawn());
    expect(carry(net, "bolt", await withdrawn())).toMatchObject({ verdict: "ignored", id: first?.id });
    net.deliverAll();
    expect(carry(net, "crux", await withdrawn())).toMatchObject({ verdict: "ignored", id: first?.id });
    const codes: (string | null | undefined)[] = [];
    for (let from = 1; from <= 70; from++) codes.push(carry(net, "bolt", await revocation({ from }))?.code);
    expect(codes.filter((code) => code === "ITEMS_FULL")).toHaveLength(70 - 31);
  });
});

describe("a revocation in a ceremony of several rounds", () => {
  const again = { rounds: { ...QUORUM.rounds, most: 2, silent: "abstain" } };

  /** Nobody has two thirds in the first round; in the second acme's voice would decide. */
  async function twoRounds(carriedIn: (net: Network) => Promise<void>): Promise<Network> {
    const net = vote({}, again);
    for (const [name, choice] of [
      ["acme", "approve"],
      ["bolt", "approve"],
      ["crux", "reject"],
    ] as const)
      net.attest(name, choice);
    await carriedIn(net);
    net.run(40, () => net.agents.every(({ state }) => state.rounds.length === 2));
    expect(net.agents.map(({ state }) => state.rounds.length)).toEqual([2, 2, 2, 2]);
    for (const [index, name] of NAMES.entries()) net.attest(name, index < 3 ? "approve" : "reject");
    net.run(80, () => net.digests().every((digest) => digest !== null));
    net.run(1);
    return net;
  }
  const roundsOf = (net: Network) =>
    recordOf(net)?.excluded.map(({ code, ...rest }) => [code, "round" in rest ? rest.round : null]);

  it("counts in the later round too, and in the earlier one only if it was in its set", async () => {
    const early = await twoRounds(async (net) => {
      carry(net, "bolt", await revocation({ from: START + SECOND }));
    });
    expect(roundsOf(early)).toEqual([
      ["CREDENTIAL_REVOKED", 0],
      ["CREDENTIAL_REVOKED", 1],
    ]);
    await expectOneVerdict(early, ["CREDENTIAL_REVOKED", "CREDENTIAL_REVOKED"]);
  });

  it("takes the key's say in closing from the next round on, and not in the round that it is carried into", async () => {
    const net = await twoRounds(async (net) => {
      carry(net, "bolt", await revocation({ from: START }));
    });
    const [first, second] = net.agent("crux").state.rounds.map(({ closing }) => [...closing.witnesses.keys()].sort());
    expect([first, second]).toEqual([
      [0, 1, 2, 3],
      [1, 2, 3],
    ]);
    // Its own agent falls silent and says why; what a thief signs with the key is refused.
    const alerts = lineageOf(net.agent("acme")).filter(({ kind }) => kind === "alert");
    expect([net.agent("acme").state.mute, alerts.map(({ detail }) => detail.code)]).toEqual([
      true,
      ["CREDENTIAL_REVOKED"],
    ]);
    const stolen = authorFor(acme.identity)({
      ...draftOf("witness"),
      ceremony: net.call.id,
      round: 1,
      at: [START + 11 * SECOND, START + 11 * SECOND],
    });
    const [answer] = net.turn("crux", { on: "observations", now: net.now, observations: [stolen] });
    expect(answer).toMatchObject({ verdict: "refused", code: "CREDENTIAL_REVOKED" });
    await expectOneVerdict(net, ["CREDENTIAL_REVOKED", "CREDENTIAL_REVOKED"]);
  });

  it("is carried on into the next round where it came too late for the set of this one", async () => {
    const net = await twoRounds(async (net) => {
      net.run(7.9);
      net.now = START + 10 * SECOND;
      net.turn("bolt", { on: "clock", now: net.now });
      expect(net.agent("bolt").state.rounds[0]?.closing.witnesses.size).toBe(1);
      expect(carry(net, "bolt", await revocation({ from: START + SECOND }))?.verdict).toBe("admitted");
    });
    expect(roundsOf(net)).toEqual([["CREDENTIAL_REVOKED", 1]]);
    await expectOneVerdict(net, ["CREDENTIAL_REVOKED"]);
    expect(recordOf(net)?.status).toBe("abandoned");
  });
});

/** What acme says under a credential that its root issues anew for another key. */
function reissued(net: Network) {
  const secret = (text: string) => sha256(new TextEncoder().encode(text));
  const again = makeParty("acme", MESH, { root: secret("root acme"), agent: secret("another agent of acme") });
  return authorFor(again.identity)({
    ceremony: net.call.id,
    round: 0,
    slot: { seat: 0, attempt: null, item: null },
    at: [net.now, net.now],
    timeToLive: 200 * SECOND,
    lineage: { sequence: 1, prev: null, parents: [net.call.id], sources: [], derivation: null },
    body: { kind: "contribution", role: "voter", content: new Map([["choice", "approve"]]) },
  });
}
