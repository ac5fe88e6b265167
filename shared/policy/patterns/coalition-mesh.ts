import type { PolicyDocument } from "../policy.ts";
import { CHOOSER, FAULTS, OBSERVER, ROUNDS, TIMING } from "./parts.ts";

export const COALITION_MESH: PolicyDocument = {
  format: 1,
  id: "coalition-mesh",
  title: "Coalition mesh",
  engine: 1,
  parties: { least: 3 },
  roles: {
    member: CHOOSER,
    observer: OBSERVER,
  },
  faults: FAULTS,
  equivocation: "each",
  timing: TIMING,
  sealed: false,
  rounds: ROUNDS,
  outcome: {
    function: "threshold",
    threshold: { num: 2, den: 3 },
    carries: ["approve", "reject"],
    refusal: null,
    veto: [],
  },
  shortfall: [],
  standalone: true,
};
