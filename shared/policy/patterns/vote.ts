import type { PolicyDocument } from "../policy.ts";
import { FAULTS, OBSERVER, ROUNDS, TIMING } from "./parts.ts";

export const VOTE: PolicyDocument = {
  format: 1,
  id: "vote",
  title: "Governed voting",
  engine: 1,
  parties: { least: 3 },
  roles: {
    voter: {
      least: 0,
      most: 1_000_000,
      closes: true,
      contributes: true,
      gives: ["ballot"],
      choices: ["abstain", "decline", "recuse"],
      slots: "one",
      delegated: false,
    },
    // Brings the ballots that it counted for those who delegated theirs to it.
    teller: {
      least: 0,
      most: 1_000_000,
      closes: true,
      contributes: true,
      gives: ["ballot"],
      choices: ["abstain", "decline", "recuse"],
      slots: "many",
      delegated: true,
    },
    observer: OBSERVER,
  },
  faults: FAULTS,
  equivocation: "each",
  timing: TIMING,
  sealed: false,
  rounds: ROUNDS,
  outcome: {
    function: "tally",
    rule: "plurality",
    candidates: [],
    turnout: null,
    equals: "split",
    strength: "winning-votes",
    elimination: ["previous-counts"],
    ties: [],
  },
  shortfall: [],
  standalone: true,
};
