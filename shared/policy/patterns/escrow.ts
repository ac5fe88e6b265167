import type { PolicyDocument } from "../policy.ts";
import { FAULTS, OBSERVER, ROUNDS, SPEAKER, TIMING } from "./parts.ts";

export const ESCROW: PolicyDocument = {
  format: 1,
  id: "escrow",
  title: "Escrowed exchange",
  engine: 1,
  parties: { least: 3 },
  roles: {
    party: { ...SPEAKER, least: 2, most: 2, gives: ["choice"], choices: ["deposit", "withdraw", "decline"] },
    escrow: { ...SPEAKER, most: 1, gives: ["choice"], choices: ["release", "withdraw", "decline"] },
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
      { role: "party", choice: "deposit", threshold: { num: 1, den: 1 } },
      { role: "escrow", choice: "release", threshold: { num: 1, den: 1 } },
    ],
    grants: "release",
    refusal: "withdraw",
    otherwise: "return",
  },
  shortfall: [],
  standalone: true,
};
