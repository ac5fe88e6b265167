// What the closed sets of an operation say of who withdrew from it: a departure where the policy has members, and the same in any order.
import { describe, expect, it } from "vitest";
import { advance } from "../../../shared/ceremony/advance.ts";
import type { Round } from "../../../shared/ceremony/state.ts";
import { QUORUM } from "../../../shared/policy/patterns/quorum.ts";
import type { PinnedPolicy } from "../../../shared/policy/policy.ts";
import { lineageOf } from "../../support/evidence.ts";
import { type Network, SECOND, START } from "../../support/network.ts";
import { carry, NAMES, type Name, operation, recordOf, signed } from "../../support/operations.ts";
import type { withdrawal } from "../../support/under.ts";

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
    expect(new Set(net.digests()).size).toBe(1);
    expect(recordOf(net)?.excluded.map(({ code }) => code)).toEqual(["TRANSLATION_REVOKED"]);
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
