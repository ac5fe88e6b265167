import type { PolicyDocument } from "../policy.ts";
import { FAULTS, OBSERVER, ROUNDS, SPEAKER, TIMING } from "./parts.ts";

export const RATIFIED_HANDOFF: PolicyDocument = {
  format: 1,
  id: "ratified-handoff",
  title: "Ratified handoff",
  engine: 1,
  parties: { least: 3 },
  roles: {
    giver: { ...SPEAKER, most: 1, gives: ["release", "accept"], slots: "many" },
    taker: { ...SPEAKER, most: 1, gives: ["release", "accept"], slots: "many" },
    ratifier: { ...SPEAKER, gives: ["choice"], choices: ["approve", "reject", "abstain", "decline", "recuse"] },
    translator: { ...SPEAKER, least: 0, gives: ["translation"], slots: "many" },
    observer: OBSERVER,
  },
  faults: FAULTS,
  equivocation: "void",
  timing: TIMING,
  sealed: false,
  rounds: ROUNDS,
  outcome: {
    function: "chain",
    start: "giver",
    end: "taker",
    ratify: "ratifier",
    ratification: "approve",
    within: null,
    translator: "translator",
    exceptions: null,
  },
  shortfall: [],
  standalone: true,
};
