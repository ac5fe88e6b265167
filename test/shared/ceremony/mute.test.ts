import { describe, expect, it } from "vitest";
import { emptyState } from "../../../shared/ceremony/state.ts";
import { step } from "../../../shared/ceremony/step.ts";
import type { Author } from "../../../shared/observation/author.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { approvalNetwork } from "../../support/evidence.ts";
import { type Network, SECOND } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

function contribution(net: Network, author: Author, round: number): VerifiedObservation {
  return author({
    ceremony: net.call.id,
    round,
    slot: { seat: 1, attempt: null, item: null },
    at: [net.now, net.now],
    timeToLive: 3_600 * SECOND,
    lineage: { sequence: 4, prev: null, parents: [], sources: [], derivation: null },
    body: { kind: "contribution", role: "approver", content: new Map([["choice", "approve"]]) },
  });
}

describe("a party that meets a statement of its own which its store lacks", () => {
  it.each([0, 1])("signs nothing more, also where the statement is for round %i and no such round is open", (round) => {
    const net = approvalNetwork(testParties(4), 10);
    net.open();
    net.deliverAll();
    const bolt = net.agent("bolt");
    const past = contribution(net, bolt.author, round);
    net.turn("bolt", { on: "observations", now: net.now, observations: [past] });
    expect(bolt.state.mute).toBe(true);
    expect(net.attest("bolt", "reject")).toMatchObject([{ verdict: "refused", code: "MUTE" }]);
    net.run(15);
    const signed = bolt.effects.filter(
      (effect) => effect.do === "append" && effect.observation.key === bolt.state.self.key,
    );
    expect(signed.map((effect) => effect.do === "append" && effect.observation.id)).toEqual([past.id]);
  });

  it("is mute from the moment it learns the call, where it has forgotten that too", () => {
    const net = approvalNetwork(testParties(4), 10);
    const { state, author } = net.agent("bolt");
    const past = contribution(net, author, 0);
    const now = net.now;
    const met = step(emptyState(net.call.id, state.self), { on: "observations", now, observations: [past] }, author);
    expect(met.receipts).toMatchObject([{ verdict: "held", code: "CEREMONY_UNKNOWN" }]);
    const called = step(met.state, { on: "observations", now, observations: [net.call] }, author);
    expect(called.state.mute).toBe(true);
    const asked = step(
      called.state,
      { on: "attest", now, content: new Map([["choice", "reject"]]), item: null },
      author,
    );
    expect(asked.receipts).toMatchObject([{ verdict: "refused", code: "MUTE" }]);
  });
});
