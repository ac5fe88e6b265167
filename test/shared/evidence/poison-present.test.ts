// What one liar may send in a ceremony of those present so that the others' evidence no longer verifies: seats have other numbers once
// round 0 has closed, and who was a stranger at first may have a seat later.
import { expect, it } from "vitest";
import type { Body, VerifiedObservation } from "../../../shared/observation/observation.ts";
import { CLOSED, joinAll, OPEN, opened, passes, pinned, voteAndEnd, WALK_IN } from "../../support/convened.ts";
import { type Network, SECOND } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

/** A statement about round 0 that `name` signs by hand. */
function signed(
  net: Network,
  name: string,
  seat: number | null,
  body: Exclude<Body, { kind: "unknown" }>,
): VerifiedObservation {
  return net.agent(name).author({
    ceremony: net.call.id,
    round: 0,
    slot: { seat, attempt: null, item: null },
    at: [net.now, net.now],
    timeToLive: 86_400 * SECOND,
    lineage: { sequence: body.kind === "status" ? null : 7, prev: null, parents: [], sources: [], derivation: null },
    body,
  });
}

const hand = (net: Network, to: string, observation: VerifiedObservation) =>
  net.turn(to, { on: "observations", now: net.now, observations: [observation] });

it.each(["during", "after"])(
  "takes no outcome of an earlier round in place of one of the last: %s round 0",
  async (when) => {
    const parties = testParties(4);
    const net = opened(parties, pinned(CLOSED));
    net.restoreAlways = true;
    net.down.add("acme");
    const early = signed(net, "acme", 0, { kind: "outcome", digest: "ab".repeat(32), status: "decided" });
    const tell = () => ["bolt", "crux", "dune"].map((name) => hand(net, name, early));
    if (when === "during") tell();
    joinAll(net, ["bolt", "crux", "dune"]);
    net.run(40, () => net.agent("bolt").state.rounds.length === 2);
    if (when === "after") tell();
    voteAndEnd(net);
    for (const by of ["bolt", "crux", "dune"]) {
      const { verdict, firstFailing } = await passes(net, parties, by);
      expect(firstFailing ?? verdict).toBe("passed");
      const said = [...net.agent(by).state.outcomes.values()].map(({ body }) => body.digest);
      expect(said).toEqual(Array.from({ length: 3 }, () => net.agent(by).state.ending?.digest));
      expect(net.agent(by).state.mute).toBe(false);
    }
  },
);

it("refuses the question of a stranger who has joined by the end, and proves what it has all the same", async () => {
  const parties = testParties(4);
  const net = opened(parties, pinned(OPEN), 3);
  const status = {
    kind: "status",
    attempt: 0,
    contributions: [],
    messages: [],
    wants: [],
    decided: false,
  } as unknown as Exclude<Body, { kind: "unknown" }>;
  hand(net, "dune", net.call);
  expect(hand(net, "acme", signed(net, "dune", null, status))).toMatchObject([{ code: "NOT_A_PARTY" }]);
  joinAll(net, ["acme", "bolt", "crux"]);
  net.say("dune", WALK_IN);
  voteAndEnd(net);
  const { verdict, firstFailing } = await passes(net, parties, "acme");
  expect(firstFailing ?? verdict).toBe("passed");
});
