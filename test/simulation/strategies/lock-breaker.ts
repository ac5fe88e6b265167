import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { castVotes } from "./cast-votes.ts";
import { rivalProposals } from "./rival-proposals.ts";
import type { Strategy } from "./strategy.ts";
import { unsettle } from "./unsettle.ts";

/**
 * Lets one party decide, cuts it off, and has the others vote on another set: the course of events that the lock is for. Votes for
 * everything; the one precommit that completes a quorum goes to the victim alone.
 */
export const LOCK_BREAKER: Strategy = {
  name: "lock-breaker",
  least: 1,
  withholds: true,
  begin: (adversary) => {
    const { random, targets, seats, world } = adversary;
    unsettle(adversary);
    const victim = random.pick(targets);
    const others = targets.filter((seat) => seat !== victim);
    const cast = castVotes(adversary);
    const rivals = rivalProposals(adversary);
    let decided: string | null = null;
    const answer = (heard: VerifiedObservation) => {
      const { body } = heard;
      if (body.kind === "precommit" && body.root !== null) {
        decided ??= body.root;
        if (decided === body.root) {
          world.network.isolate(victim, adversary.now, adversary.now + 20_000_000);
          for (const seat of seats) cast(seat, heard, () => [victim]);
          return;
        }
      }
      for (const seat of seats) cast(seat, heard, () => (decided === null ? targets : others));
    };
    return {
      bend: ({ to, observation }) => {
        const { kind } = observation.body;
        if (!seats.includes(observation.slot.seat ?? -1) || !["propose", "prevote", "precommit"].includes(kind))
          return [observation];
        if (kind !== "propose") return [];
        const versions = rivals(observation).filter(
          ({ body }) => decided === null || (body.kind === "propose" && body.root !== decided),
        );
        const chosen = decided === null || to === victim ? versions.slice(0, 1) : versions.slice(-1);
        for (const version of chosen) answer(version);
        return chosen;
      },
      hear: (_seat, observation) => answer(observation),
    };
  },
};
