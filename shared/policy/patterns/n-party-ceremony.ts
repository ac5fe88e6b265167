import type { PolicyDocument } from "../policy.ts";
import { FAULTS, OBSERVER, ROUNDS, SPEAKER, TIMING } from "./parts.ts";

export const N_PARTY_CEREMONY: PolicyDocument = {
  format: 1,
  id: "n-party-ceremony",
  title: "N-party ceremony",
  engine: 1,
  parties: { least: 3 },
  roles: {
    participant: { ...SPEAKER, least: 2, gives: ["choice"], choices: ["attest", "decline", "recuse"] },
    witness: { ...SPEAKER, gives: ["choice"], choices: ["attest", "decline", "recuse"] },
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
      { role: "participant", choice: "attest", threshold: { num: 1, den: 1 } },
      { role: "witness", choice: "attest", threshold: 1 },
    ],
    grants: "attested",
    refusal: null,
    otherwise: null,
  },
  shortfall: [],
  standalone: true,
};
