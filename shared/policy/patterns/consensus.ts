import type { PolicyDocument } from "../policy.ts";
import { CHOOSER, FAULTS, OBSERVER, ROUNDS, TIMING } from "./parts.ts";

export const CONSENSUS: PolicyDocument = {
  format: 1,
  id: "consensus",
  title: "Consensus-required decision",
  engine: 1,
  parties: { least: 3 },
  roles: {
    proposer: { ...OBSERVER, most: 1 },
    decider: CHOOSER,
    observer: OBSERVER,
  },
  faults: FAULTS,
  equivocation: "each",
  timing: TIMING,
  sealed: false,
  rounds: ROUNDS,
  outcome: { function: "threshold", threshold: { num: 1, den: 1 }, carries: ["approve"], refusal: "reject", veto: [] },
  shortfall: [],
  standalone: true,
};
