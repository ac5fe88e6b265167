import type { PolicyDocument } from "../policy.ts";

export const QUORUM: PolicyDocument = {
  format: 1,
  id: "quorum",
  title: "Quorum-based resolution",
  engine: 1,
  parties: { least: 3 },
  roles: {
    proposer: { least: 0, most: 1, closes: false, contributes: false, choices: [] },
    voter: {
      least: 3,
      most: 31,
      closes: true,
      contributes: true,
      choices: ["approve", "reject", "abstain", "decline", "recuse"],
    },
  },
  // 0 of 3, 1 of 4, 2 of 7, 3 of 10: the most that 3f + 1 allows, where powers are equal.
  faults: { num: 33, den: 100 },
  equivocation: "each",
  timing: {
    window: 86_400_000_000,
    expiry: 3_600_000_000,
    tolerance: 120_000_000,
    early: true,
    settleMargin: 400_000,
    witnessTimeout: 2_000_000,
    attemptTimeout: 2_000_000,
    statusInterval: 2_000_000,
  },
  outcome: {
    function: "threshold",
    threshold: { num: 2, den: 3 },
    carries: ["approve", "reject"],
    refusal: null,
    veto: [],
  },
};
