import { describe, expect, it } from "vitest";
import { electorateOf } from "../../../shared/closing/power.ts";
import { rotationOf } from "../../../shared/closing/proposer.ts";
import { approvalNetwork } from "../../support/evidence.ts";
import { type Network, SECOND, START } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

/** A ceremony in which acme proposes first: who does follows from the ceremony's id, and so from everything that the call says. */
function proposedByFirst(): { readonly net: Network; readonly closeIn: number } {
  const seats = electorateOf(
    [0, 1, 2, 3].map((seat) => [seat, 1]),
    { num: 1, den: 4 },
  );
  for (let closeIn = 10; closeIn < 60; closeIn++) {
    const net = approvalNetwork(testParties(4), closeIn);
    if (rotationOf(net.call.id, 0, seats) === 0) return { net, closeIn };
  }
  throw new Error("no such ceremony");
}

describe("a contribution that reached two of four just before the close", () => {
  it("comes with the proposal, so that nobody waits for a repair to vote", () => {
    const { net, closeIn } = proposedByFirst();
    net.open();
    net.deliverAll();
    for (const name of ["acme", "bolt"]) net.attest(name, "approve");
    net.run(closeIn - 1);
    // What crux says from here on reaches acme only, and no repair runs: statuses are lost.
    const statement = net.attest("crux", "approve")[0]?.id;
    net.delivers = ({ to, observation }) => {
      if (observation.body.kind === "status") return false;
      return observation.id !== statement || to === "acme" || observation.at[0] < net.now;
    };
    net.run(20, () => net.digests().every((digest) => digest !== null));
    const decisions = net.agents.map(({ state }) => state.rounds[0]?.closing.decision);
    expect(new Set(net.digests()).size).toBe(1);
    for (const decision of decisions) {
      expect(decision?.certificate).toMatchObject({ path: "contested", attempt: 0 });
      expect(decision?.set).toContain(statement);
    }
    expect(net.now).toBeLessThan(START + (closeIn + 1) * SECOND);
  });
});
