import type { PolicyDocument } from "../policy.ts";
import { FAULTS, OBSERVER, ROUNDS, SPEAKER, TIMING } from "./parts.ts";

export const JOINT_WITNESS: PolicyDocument = {
  format: 1,
  id: "joint-witness",
  title: "Joint witness",
  engine: 1,
  parties: { least: 3 },
  roles: {
    witness: { ...SPEAKER, least: 2, gives: ["value", "choice"], choices: ["abstain", "decline", "recuse"] },
    subject: { ...OBSERVER, most: 1, closes: true },
    observer: OBSERVER,
  },
  faults: FAULTS,
  equivocation: "void",
  timing: TIMING,
  sealed: false,
  rounds: ROUNDS,
  outcome: { function: "tolerance", tolerance: 0, threshold: { num: 2, den: 3 } },
  shortfall: [],
  standalone: true,
};
