import { describe, expect, it } from "vitest";
import { memoOf, restore } from "../../../shared/ceremony/restore.ts";
import { phaseOf } from "../../../shared/ceremony/state.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { APPROVAL } from "../../../shared/policy/patterns/approval.ts";
import { Network, SECOND, START } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

function pinned() {
  const policy = pinPolicy(APPROVAL);
  if (!policy.ok) throw new Error(JSON.stringify(policy.fault));
  return policy.value;
}

function network(count: number, closeIn = 10): Network {
  return new Network(testParties(count), pinned(), {
    role: "approver",
    closesAt: START + closeIn * SECOND,
    expiresAt: START + (closeIn + 110) * SECOND,
  });
}

const phases = (net: Network) => net.agents.map((agent) => phaseOf(agent.state));

describe("a ceremony among organisations", () => {
  it.each([3, 4, 5, 7])("ends with one digest for all of %i parties, early and unanimously", (count) => {
    const net = network(count, 3_600);
    net.open();
    net.deliverAll();
    for (const agent of net.agents) net.attest(agent.party.name, "approve");
    net.run(30, () => net.digests().every((digest) => digest !== null));
    expect(new Set(net.digests()).size).toBe(1);
    expect(phases(net)).toEqual(net.agents.map(() => "final"));
    expect(net.agents[0]?.state.rounds[0]?.closing.decision?.certificate.path).toBe("unanimous");
  });

  it("finishes without the opener, whose agent is gone once the call is out", () => {
    const net = network(3);
    net.open();
    net.deliverAll();
    net.down.add("acme");
    net.attest("bolt", "approve");
    net.attest("crux", "approve");
    net.run(100, () => net.digests().filter((digest) => digest !== null).length === 2);
    const [, bolt, crux] = net.digests();
    expect(bolt).not.toBeNull();
    expect(bolt).toBe(crux);
    expect(phases(net).slice(1)).toEqual(["final", "final"]);
  });

  it("finishes with one of four silent, and never with two of four silent", () => {
    const one = network(4);
    one.open();
    one.deliverAll();
    one.down.add("dune");
    for (const name of ["acme", "bolt", "crux"]) one.attest(name, "approve");
    one.run(100, () => one.digests().filter((digest) => digest !== null).length === 3);
    expect(phases(one).slice(0, 3)).toEqual(["final", "final", "final"]);
    const two = network(4);
    two.open();
    two.deliverAll();
    two.down.add("dune").add("crux");
    for (const name of ["acme", "bolt"]) two.attest(name, "approve");
    two.run(200);
    expect(phases(two).slice(0, 2)).toEqual(["expired", "expired"]);
  });

  it("reaches a party that missed the call", () => {
    const net = network(3, 20);
    net.delivers = ({ to, observation }) => !(to === "crux" && observation.body.kind === "call");
    net.open();
    net.deliverAll();
    net.delivers = () => true;
    net.attest("bolt", "approve");
    net.run(60, () => net.agent("crux").state.call !== null);
    expect(net.agent("crux").state.call).not.toBeNull();
    net.attest("crux", "approve");
    net.attest("acme", "approve");
    net.run(60, () => net.digests().every((digest) => digest !== null));
    expect(new Set(net.digests()).size).toBe(1);
  });

  it("rebuilds every party's state from its stored statements after every turn", () => {
    const net = network(4);
    const check = () => {
      for (const agent of net.agents) {
        const stored = agent.effects.flatMap((effect) => (effect.do === "append" ? [effect.observation] : []));
        const rebuilt = restore(net.call.id, agent.state.self, stored, memoOf(agent.state));
        expect(memoOf(rebuilt)).toEqual(memoOf(agent.state));
        expect(rebuilt.head).toEqual(agent.state.head);
        expect(rebuilt.ending).toEqual(agent.state.ending);
        expect(rebuilt.rounds.map(({ held, closing }) => ({ held, closing }))).toEqual(
          agent.state.rounds.map(({ held, closing }) => ({ held, closing })),
        );
        agent.state = rebuilt;
      }
    };
    net.open();
    net.deliverAll();
    net.down.add("bolt");
    for (const name of ["acme", "crux", "dune"]) net.attest(name, "approve");
    for (let turns = 0; turns < 400 && net.digests().filter((digest) => digest !== null).length < 3; turns++) {
      net.run(0.2);
      check();
    }
    expect(phases(net).filter((phase) => phase === "final")).toHaveLength(3);
  });

  it("ends with the same digest when every message comes ten times and shuffled, and memory is lost after each", () => {
    const plain = network(4);
    const bent = network(4);
    bent.restoreAlways = true;
    bent.copies = 10;
    for (const net of [plain, bent]) {
      net.open();
      net.deliverAll();
      for (const { party } of net.agents) net.attest(party.name, "approve");
      net.run(60, () => net.digests().every((digest) => digest !== null));
    }
    expect(new Set([...plain.digests(), ...bent.digests()]).size).toBe(1);
    expect(phases(bent)).toEqual(["final", "final", "final", "final"]);
  });
});
