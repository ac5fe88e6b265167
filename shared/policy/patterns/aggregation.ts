import type { PolicyDocument } from "../policy.ts";
import { FAULTS, OBSERVER, ROUNDS, TIMING } from "./parts.ts";

export const AGGREGATION: PolicyDocument = {
  format: 1,
  id: "aggregation",
  title: "Federated aggregation",
  engine: 1,
  parties: { least: 3 },
  roles: {
    contributor: {
      least: 1,
      most: 1_000_000,
      closes: true,
      contributes: true,
      gives: ["value"],
      choices: [],
      slots: "one",
      delegated: false,
    },
    observer: OBSERVER,
  },
  faults: FAULTS,
  equivocation: "void",
  timing: TIMING,
  sealed: false,
  rounds: ROUNDS,
  outcome: {
    function: "aggregate",
    statistic: "median",
    trim: 330_000,
    minimum: 3,
    rounding: "half-even",
    support: 1,
  },
  shortfall: [],
  standalone: true,
};
