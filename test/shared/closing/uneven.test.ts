import { describe, expect, it } from "vitest";
import { approvalNetwork } from "../../support/evidence.ts";
import { SECOND, START } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

describe("a contribution that reached two of four just before the close", () => {
  it("comes with the proposal, so that nobody waits for a repair to vote", () => {
    const net = approvalNetwork(testParties(4), 10);
    net.open();
    net.deliverAll();
    for (const name of ["acme", "bolt"]) net.attest(name, "approve");
    net.run(9);
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
    expect(net.now).toBeLessThan(START + 11 * SECOND);
  });
});
