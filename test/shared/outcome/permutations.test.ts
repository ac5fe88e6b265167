// Order is nothing: ten thousand random orders of one set, with nearly a third of it sent twice, give the same value, payments and bytes.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/cbor/json.ts";
import type { Policy } from "../../../shared/policy/policy.ts";
import { type Entry, type Settings, trial, trialPolicy } from "../../support/trials.ts";

const NAMES = ["ann", "ben", "cat", "dan", "eve", "fay", "gus", "hal", "ida", "jan"];
const parties = (role: string) => NAMES.map((id, index) => ({ id, role, power: 1 + (index % 3), tier: index % 2 }));
const said = (payloads: readonly Json[]): readonly Entry[] =>
  payloads.map((payload, index) => ({ party: NAMES[index % NAMES.length] as string, payload }));

const RANKINGS = [
  [["A"], ["B"], ["C"]],
  [["B"], ["C", "A"]],
  [["C"], ["A"], ["D"]],
  [["D"]],
  [["A", "B"], ["D"]],
  [["C"], ["B"]],
  [["B"], ["D"], ["A"]],
  [["D"], ["C"]],
  [["A"], ["C"]],
  [["C"], ["D"], ["B"]],
].map((ranking) => ({ ranking }));
const BIDS = [70, 90, 90, 40, 70, 70, 90, 10, 55, 90].map((amount, index) => ({
  bid: { amount, quantity: 1 + (index % 4) },
}));
const VALUES = [3, -7, 12, 12, 900_000, 5, 4, 4, -2, 8].map((value) => ({ value }));
const VECTORS = VALUES.map(({ value }) => ({ vector: [value, -value, value * value] }));

type Case = readonly [name: string, pattern: string, settings: Settings, role: string, payloads: readonly Json[]];
const choices = [
  "approve",
  "reject",
  "approve",
  "abstain",
  "approve",
  "approve",
  "reject",
  "approve",
  "approve",
  "approve",
];
const auction = (rule: string, ties: Json): Settings => ({
  sealed: false,
  "outcome.rule": rule,
  "outcome.units": 5,
  "outcome.reserve": 20,
  "outcome.ties": ties,
});
const vote = (rule: string, more: Settings = {}): Settings => ({ "outcome.rule": rule, ...more });
const statistic = (name: string): Settings => ({ "outcome.statistic": name, "outcome.trim": 200_000 });

const CASES: readonly Case[] = [
  ["a threshold", "approval", {}, "approver", choices.map((choice) => ({ choice, conditions: [choice, "b", "a"] }))],
  ["plurality", "vote", vote("plurality"), "voter", RANKINGS],
  ["approval", "vote", vote("approval"), "voter", RANKINGS.map(({ ranking }) => ({ approve: ranking.flat() }))],
  ["runoff", "vote", vote("instant-runoff"), "voter", RANKINGS],
  [
    "runoff by hash",
    "vote",
    vote("instant-runoff", { "outcome.elimination": ["hash"], "outcome.ties": ["hash"] }),
    "voter",
    RANKINGS,
  ],
  ["schulze", "vote", vote("schulze"), "voter", RANKINGS],
  ["first price", "auction", auction("first-price", []), "bidder", BIDS],
  ["second price", "auction", auction("second-price", ["highest-tier"]), "bidder", BIDS],
  ["uniform price", "auction", auction("uniform-price", ["highest-power", "larger-quantity"]), "bidder", BIDS],
  ["median", "aggregation", statistic("median"), "contributor", VALUES],
  ["trimmed mean", "aggregation", statistic("trimmed-mean"), "contributor", VECTORS],
  ["weighted mean", "aggregation", statistic("weighted-mean"), "contributor", VALUES],
];
const RUNS = Math.ceil(10_000 / CASES.length);

type Judged = { readonly policy: Policy; readonly role: string };
const judgedBy = ([, pattern, settings, role]: Case): Judged => ({ policy: trialPolicy(pattern, settings), role });

/** Exclusions are told by place, so they follow the order. */
function bytesOf({ policy, role }: Judged, entries: readonly Entry[]): string {
  const { excluded: _, ...rest } = trial(policy, {}, { parties: parties(role), rounds: [entries] });
  return JSON.stringify(rest);
}

describe("ten thousand orders", () => {
  it.each(CASES.map((one) => [one[0], one] as const))("change nothing: %s", (_name, one) => {
    const entries = said(one[4]);
    const judged = judgedBy(one);
    const first = bytesOf(judged, entries);
    const twice = fc.subarray([...entries], { minLength: 3, maxLength: 3 });
    const orders = twice.chain((again) =>
      fc.shuffledSubarray([...entries, ...again], { minLength: entries.length + 3 }),
    );
    fc.assert(
      fc.property(orders, (order) => {
        expect(bytesOf(judged, order)).toBe(first);
      }),
      { numRuns: RUNS },
    );
  });

  it("would show an order that counts", () => {
    const one = CASES[3] as Case;
    const entries = said(one[4]);
    const other = entries.map((entry, index) => (index === 3 ? { ...entry, payload: { ranking: [["C"]] } } : entry));
    expect(bytesOf(judgedBy(one), other)).not.toBe(bytesOf(judgedBy(one), entries));
  });
});
