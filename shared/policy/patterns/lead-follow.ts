import type { PolicyDocument } from "../policy.ts";
import { FAULTS, OBSERVER, ROUNDS, SPEAKER, TIMING } from "./parts.ts";

export const LEAD_FOLLOW: PolicyDocument = {
  format: 1,
  id: "lead-follow",
  title: "Lead-and-follower formation",
  engine: 1,
  parties: { least: 3 },
  roles: {
    leader: { ...SPEAKER, most: 1, gives: ["plan"] },
    // Takes over where the leader is silent or signed two plans; else it follows.
    deputy: { ...SPEAKER, least: 0, most: 4, gives: ["plan", "ack"], slots: "many" },
    follower: { ...SPEAKER, least: 1, gives: ["ack"] },
    observer: OBSERVER,
  },
  faults: FAULTS,
  equivocation: "void",
  timing: TIMING,
  sealed: false,
  rounds: ROUNDS,
  outcome: { function: "leader", leaders: ["leader", "deputy"], threshold: { num: 2, den: 3 } },
  shortfall: [],
  standalone: true,
};
