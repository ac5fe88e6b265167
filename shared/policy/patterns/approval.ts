import type { PolicyDocument } from "../policy.ts";
import { CHOOSER, FAULTS, OBSERVER, ROUNDS, TIMING } from "./parts.ts";

export const APPROVAL: PolicyDocument = {
  format: 1,
  id: "approval",
  title: "Multi-authority approval",
  engine: 1,
  parties: { least: 3 },
  roles: {
    applicant: { ...OBSERVER, most: 1 },
    approver: CHOOSER,
    observer: OBSERVER,
  },
  faults: FAULTS,
  equivocation: "each",
  timing: TIMING,
  sealed: false,
  rounds: ROUNDS,
  outcome: { function: "threshold", threshold: { num: 2, den: 3 }, carries: ["approve"], refusal: "reject", veto: [] },
  shortfall: [],
  standalone: true,
};
