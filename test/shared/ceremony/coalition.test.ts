// One partner of an operation withdraws its translators while a ceremony runs: whoever carries the withdrawal, and whatever arrived first, every party
// leaves out the same contributions, keeps those that the cut covers, and a stranger who verifies the bundle agrees.
import { describe, expect, it } from "vitest";
import { explainIn } from "../../../shared/evidence/explain.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { QUORUM } from "../../../shared/policy/patterns/quorum.ts";
import { bundleOf, bytesOf, lineageOf, trustIn } from "../../support/evidence.ts";
import { type Network, SECOND, START } from "../../support/network.ts";
import {
  type Bend,
  carry,
  ceremony,
  NAMES,
  nation,
  operation,
  parties,
  recordOf,
  signed,
} from "../../support/operations.ts";
import { direct, OPERATION, withdrawal } from "../../support/under.ts";

const BENDS: readonly (readonly [string, Bend])[] = [
  ["after the contribution", {}],
  ["before the contribution", { first: true }],
  ["by the leaver itself", { carrier: "crux" }],
  ["among three copies of everything, in disorder", { copies: 3 }],
  ["to parties that start anew after every turn", { restore: true, copies: 2 }],
  ["to a party that hears nothing for long", { deaf: "dune" }],
];

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
