// What most patterns have in common. A ceremony that needs other values sets them by path.
import type { Ratio, RoleDocument, Rounds, Timing } from "../policy.ts";

export const TIMING: Timing = {
  window: 86_400_000_000,
  expiry: 3_600_000_000,
  tolerance: 120_000_000,
  early: true,
  settleMargin: 400_000,
  witnessTimeout: 2_000_000,
  attemptTimeout: 2_000_000,
  statusInterval: 2_000_000,
};

/** 0 of 3, 1 of 4, 2 of 7, 3 of 10: the most that 3f + 1 allows, where powers are equal. */
export const FAULTS: Ratio = { num: 33, den: 100 };

export const ROUNDS: Rounds = { most: 1, silent: "carry", until: "decided", step: 0, unrevealed: "exclude" };

/** Sees everything, says nothing that counts. */
export const OBSERVER: RoleDocument = {
  least: 0,
  most: 256,
  closes: false,
  contributes: false,
  gives: [],
  choices: [],
  slots: "one",
  delegated: false,
};

/** Chooses once in a round, and closes it. */
export const CHOOSER: RoleDocument = {
  least: 2,
  most: 31,
  closes: true,
  contributes: true,
  gives: ["choice"],
  choices: ["approve", "reject", "abstain", "decline", "recuse", "request-change"],
  slots: "one",
  delegated: false,
};

/** Says one thing in a round, and closes it. */
export const SPEAKER: RoleDocument = {
  least: 1,
  most: 31,
  closes: true,
  contributes: true,
  gives: [],
  choices: [],
  slots: "one",
  delegated: false,
};
