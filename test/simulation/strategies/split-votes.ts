// Shared by strategies that support one set towards one half of the parties and another towards the rest.
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import type { Adversary } from "../adversary.ts";
import { castVotes } from "./cast-votes.ts";
import { rivalProposals } from "./rival-proposals.ts";
import type { Behaviour } from "./strategy.ts";
import { unsettle } from "./unsettle.ts";

const VOTES = ["prevote", "precommit"];

export function splitVotes(adversary: Adversary): Behaviour {
  const { random, targets, seats } = adversary;
  unsettle(adversary);
  const left = new Set(random.subset(targets, random.pick([0.4, 0.5, 0.7])));
  const sides = [targets.filter((seat) => left.has(seat)), targets.filter((seat) => !left.has(seat))];
  const rivals = rivalProposals(adversary);
  const cast = castVotes(adversary);
  /** Which half supports a root: that of the half where it was first met. */
  const sideOf = new Map<string, number>();
  const settleSide = ({ body, slot }: VerifiedObservation) => {
    const root = "root" in body ? body.root : null;
    if (root === null) return random.below(2);
    const side = sideOf.get(root) ?? (left.has(slot.seat ?? -1) ? 0 : sideOf.size % 2);
    sideOf.set(root, side);
    return side;
  };
  const crossing = random.pick([0, 0, 0.3]);
  const support = (heard: VerifiedObservation) => {
    const side = sides[settleSide(heard)] as readonly number[];
    for (const seat of seats) cast(seat, heard, () => [...new Set([...side, ...random.subset(targets, crossing)])]);
  };
  return {
    bend: ({ to, observation }) => {
      const own = seats.includes(observation.slot.seat ?? -1);
      if (!own || !(observation.body.kind === "propose" || VOTES.includes(observation.body.kind))) return [observation];
      if (observation.body.kind !== "propose") return [];
      const versions = rivals(observation);
      for (const version of versions) support(version);
      return [versions[(left.has(to) ? 0 : 1) % versions.length] as VerifiedObservation];
    },
    hear: (_seat, observation) => {
      if (observation.body.kind === "propose" || VOTES.includes(observation.body.kind)) support(observation);
    },
  };
}
