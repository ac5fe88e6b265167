import type { PolicyDocument } from "../policy.ts";
import { FAULTS, OBSERVER, ROUNDS, SPEAKER, TIMING } from "./parts.ts";

export const HIERARCHICAL_AUTHORITY: PolicyDocument = {
  format: 1,
  id: "hierarchical-authority",
  title: "Hierarchical authority",
  engine: 1,
  parties: { least: 3 },
  roles: {
    top: { ...SPEAKER, most: 4, gives: ["choice"], choices: ["approve", "reject", "abstain", "decline", "recuse"] },
    superior: {
      ...SPEAKER,
      least: 0,
      gives: ["choice"],
      choices: ["approve", "reject", "abstain", "decline", "recuse"],
    },
    subordinate: {
      ...SPEAKER,
      least: 0,
      gives: ["choice"],
      choices: ["approve", "reject", "abstain", "decline", "recuse"],
    },
    observer: OBSERVER,
  },
  faults: FAULTS,
  equivocation: "void",
  timing: TIMING,
  sealed: false,
  rounds: ROUNDS,
  outcome: {
    function: "precedence",
    order: ["top", "superior", "subordinate"],
    decisive: ["approve", "reject"],
    required: "top",
  },
  shortfall: [],
  standalone: true,
};
