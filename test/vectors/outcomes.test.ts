// Worked elections and auctions that others published, with their results.
import { describe, expect, it } from "vitest";
import { election, type Settings, trial } from "../support/trials.ts";
import { needingVectors, readVectors, vectorsDir } from "../support/vectors.ts";

type Expectation = { method: string; winner?: string[]; ranking?: Record<string, string[]>; after_vote_block: number };
type Example = {
  file: string;
  test: string;
  candidates: string[];
  vote_weight_caret: boolean;
  vote_blocks: string[][];
  expect: Expectation[];
};

const METHODS: Readonly<Record<string, { rule: string; settings: Settings }>> = {
  Schulze: { rule: "schulze", settings: {} },
  "Schulze Winning": { rule: "schulze", settings: {} },
  "Schulze Margin": { rule: "schulze", settings: { "outcome.strength": "margins" } },
  Fptp: { rule: "plurality", settings: {} },
  InstantRunoff: { rule: "instant-runoff", settings: {} },
};

/** That source breaks ties at an elimination by pairwise wins, a rule of its own. */
const OWN_RULE = new Set(["result 3", "result tie breaking"]);

function check({ candidates, vote_blocks, vote_weight_caret: weighed }: Example, expected: Expectation): void {
  const { rule, settings } = METHODS[expected.method] as { rule: string; settings: Settings };
  const lines = vote_blocks.slice(0, expected.after_vote_block).flat();
  const ballots = weighed ? lines : lines.map((line) => line.replace(/\^.*/, ""));
  const named = candidates.length > 0 ? { "outcome.candidates": candidates } : {};
  const value = election(rule, ballots, { ...named, ...settings }).value as {
    winner: string | null;
    order: string[][];
  };
  const winners = expected.winner ?? expected.ranking?.["1"] ?? [];
  expect([...(value.order[0] as string[])].sort()).toEqual([...winners].sort());
  expect(value.winner).toBe(winners.length === 1 ? winners[0] : null);
  if (expected.ranking === undefined) return;
  const ranking = Object.entries(expected.ranking)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, names]) => [...names].sort());
  expect(value.order.map((group) => [...group].sort())).toEqual(ranking);
}

describe("elections of the literature", () => {
  it.skipIf(vectorsDir === null)(needingVectors("end as published"), () => {
    const { examples } = readVectors<{ examples: Example[] }>("outcomes/condorcet_worked_examples.json");
    let checked = 0;
    for (const example of examples)
      for (const expected of example.expect) {
        if (METHODS[expected.method] === undefined) continue;
        if (example.file.includes("InstantRunoff") && OWN_RULE.has(example.test)) continue;
        check(example, expected);
        checked += 1;
      }
    expect(checked).toBeGreaterThanOrEqual(30);
  });
});

describe("auctions of the literature", () => {
  type Priced = {
    name: string;
    items: unknown[];
    xor_bids?: { bidder: number; options: [unknown[], number][] }[];
    allocation?: Record<string, unknown>;
    payments?: Record<string, number>;
  };

  it.skipIf(vectorsDir === null)(needingVectors("of a single good cost what is published"), () => {
    const { worked_examples: examples } = readVectors<{ worked_examples: Priced[] }>(
      "outcomes/auction_worked_examples.json",
    );
    const single = examples.filter(({ items, xor_bids }) => items.length === 1 && xor_bids !== undefined);
    expect(single.length).toBeGreaterThan(0);
    for (const { xor_bids = [], allocation = {}, payments = {} } of single) {
      const parties = xor_bids.map(({ bidder }) => ({ id: `${bidder}`, role: "bidder" }));
      const bids = xor_bids.map(({ bidder, options }) => ({
        party: `${bidder}`,
        payload: { bid: { amount: options[0]?.[1] as number } },
      }));
      const [winner = ""] = Object.keys(allocation);
      expect(
        trial("auction", { sealed: false, "outcome.rule": "second-price" }, { parties, rounds: [bids] }).value,
      ).toEqual({
        winners: [{ party: winner, quantity: 1, price: payments[winner] }],
      });
    }
  });
});
