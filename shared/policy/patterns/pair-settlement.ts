import type { PolicyDocument } from "../policy.ts";
import { FAULTS, OBSERVER, ROUNDS, SPEAKER, TIMING } from "./parts.ts";

export const PAIR_SETTLEMENT: PolicyDocument = {
  format: 1,
  id: "pair-settlement",
  title: "Pair settlement",
  engine: 1,
  parties: { least: 2 },
  roles: {
    counterparty: { ...SPEAKER, least: 2, most: 2, gives: ["choice"], choices: ["commit", "decline"] },
    observer: OBSERVER,
  },
  faults: FAULTS,
  equivocation: "void",
  timing: TIMING,
  sealed: false,
  rounds: ROUNDS,
  outcome: {
    function: "requirements",
    require: [{ role: "counterparty", choice: "commit", threshold: { num: 1, den: 1 } }],
    grants: "settle",
    refusal: "decline",
    otherwise: null,
  },
  shortfall: [],
  standalone: false,
};
