import type { PolicyDocument } from "../policy.ts";
import { FAULTS, OBSERVER, TIMING } from "./parts.ts";

export const AUCTION: PolicyDocument = {
  format: 1,
  id: "auction",
  title: "Auction",
  engine: 1,
  parties: { least: 3 },
  roles: {
    seller: { ...OBSERVER, most: 1, closes: true },
    buyer: { ...OBSERVER, most: 1, closes: true },
    bidder: {
      least: 1,
      most: 1_000_000,
      closes: true,
      contributes: true,
      gives: ["bid"],
      choices: [],
      slots: "many",
      delegated: false,
    },
    regulator: { ...OBSERVER, most: 4 },
    observer: OBSERVER,
  },
  faults: FAULTS,
  equivocation: "void",
  timing: TIMING,
  outcome: {
    function: "award",
    rule: "first-price",
    direction: "highest",
    units: 1,
    reserve: null,
    clearing: "lowest-accepted",
    partial: true,
    items: [],
    minimum: 1,
    ties: [],
  },
};
