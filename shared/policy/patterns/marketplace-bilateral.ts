import type { PolicyDocument } from "../policy.ts";
import { FAULTS, OBSERVER, ROUNDS, SPEAKER, TIMING } from "./parts.ts";

export const MARKETPLACE_BILATERAL: PolicyDocument = {
  format: 1,
  id: "marketplace-bilateral",
  title: "Marketplace bilateral",
  engine: 1,
  parties: { least: 3 },
  roles: {
    counterparty: { ...SPEAKER, least: 2, most: 2, gives: ["choice"], choices: ["commit", "decline"] },
    // Names the reference price as the choice's value.
    venue: { ...SPEAKER, most: 1, gives: ["choice"], choices: ["quote", "decline"] },
    observer: OBSERVER,
  },
  faults: FAULTS,
  equivocation: "void",
  timing: TIMING,
  sealed: false,
  rounds: ROUNDS,
  outcome: {
    function: "requirements",
    require: [
      { role: "counterparty", choice: "commit", threshold: { num: 1, den: 1 } },
      { role: "venue", choice: "quote", threshold: { num: 1, den: 1 } },
    ],
    grants: "settle",
    refusal: "decline",
    otherwise: null,
  },
  shortfall: [],
  standalone: true,
};
