import type { PolicyDocument } from "../policy.ts";
import { FAULTS, OBSERVER, ROUNDS, SPEAKER, TIMING } from "./parts.ts";

export const CUSTODY_CHAIN: PolicyDocument = {
  format: 1,
  id: "custody-chain",
  title: "Custody-transfer chain",
  engine: 1,
  parties: { least: 3 },
  roles: {
    holder: { ...SPEAKER, most: 1, gives: ["release", "accept"], slots: "many" },
    receiver: { ...SPEAKER, gives: ["release", "accept"], slots: "many" },
    terminal: { ...SPEAKER, least: 0, gives: ["release", "accept"], slots: "many" },
    customs: { ...SPEAKER, least: 0, gives: ["choice"], choices: ["clear", "hold", "decline"] },
    witness: { ...SPEAKER, least: 0, gives: ["choice"], choices: ["witnessed", "decline"] },
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
    start: "holder",
    end: null,
    ratify: null,
    ratification: "clear",
    within: null,
    translator: "translator",
    exceptions: null,
  },
  shortfall: [],
  standalone: true,
};
