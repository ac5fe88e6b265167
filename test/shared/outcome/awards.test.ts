// Auctions: published examples with their prices, and every rule against a second implementation, unit by unit.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlainDecision } from "../../../shared/outcome/plain.ts";
import { type Settings, trial } from "../../support/trials.ts";
import { firstLosing, type Offer, type Terms, unitsWon, vickrey } from "./second-award.ts";

type Line = { readonly party: string; readonly quantity: number; readonly price: number; readonly item?: string };

const open = (settings: Settings, input: unknown) => trial("auction", { sealed: false, ...settings }, input);

/** Open bids: `A 23` or `A 23 x 10`, a slot each. */
function auction(bids: readonly string[], settings: Settings = {}): PlainDecision & { winners: readonly Line[] } {
  const entries = bids.map((bid, index) => {
    const [party = "", amount = "", , quantity] = bid.split(" ");
    const offer = { amount: Number(amount), ...(quantity === undefined ? {} : { quantity: Number(quantity) }) };
    return { party, slot: `${index}`, payload: { bid: offer } };
  });
  const parties = [...new Set(entries.map(({ party }) => party))].map((id) => ({ id, role: "bidder" }));
  const decision = open(settings, { parties, rounds: [entries] });
  return { ...decision, winners: (decision.value as { winners?: readonly Line[] } | null)?.winners ?? [] };
}

const won = (party: string, quantity: number, price: number): Line => ({ party, quantity, price });

describe("published examples", () => {
  it("one good and bids of 23, 42 and 31: the second price is 31, the first 42", () => {
    const bids = ["A 23", "B 42", "C 31"];
    expect(auction(bids, { "outcome.rule": "second-price" }).winners).toEqual([won("B", 1, 31)]);
    expect(auction(bids).winners).toEqual([won("B", 1, 42)]);
  });

  it("three like goods and single demands: all pay the fourth bid", () => {
    const bids = ["A 100", "B 90", "C 80", "D 70", "E 60"];
    const settings = { "outcome.rule": "second-price", "outcome.units": 3 };
    expect(auction(bids, settings).winners).toEqual([won("A", 1, 70), won("B", 1, 70), won("C", 1, 70)]);
  });

  it("a single-price sale of securities: awards from the top, everyone at the stop-out price, the last cut", () => {
    // 100 units; bids per unit in cents.
    const bids = ["X 800 x 50", "Y 700 x 50", "Z 600 x 50"];
    const settings = { "outcome.rule": "uniform-price", "outcome.units": 100, "outcome.reserve": 500 };
    expect(auction(bids, settings).winners).toEqual([won("X", 50, 700), won("Y", 50, 700)]);
    expect(auction(["X 800 x 10", "Y 700 x 20", "Z 600 x 75"], settings).winners).toEqual([
      won("X", 10, 600),
      won("Y", 20, 600),
      won("Z", 70, 600),
    ]);
  });

  it("a sale of bills by yield: the lowest yields first, all at the highest accepted", () => {
    const bids = ["P 505 x 40", "Q 510 x 40", "R 515 x 40", "S 520 x 40"];
    const settings = { "outcome.rule": "uniform-price", "outcome.direction": "lowest", "outcome.units": 100 };
    expect(auction(bids, settings).winners).toEqual([won("P", 40, 515), won("Q", 40, 515), won("R", 20, 515)]);
  });

  it("the highest rejected bid as the price, where the policy says so", () => {
    const settings = { "outcome.rule": "uniform-price", "outcome.clearing": "highest-rejected", "outcome.units": 2 };
    expect(auction(["A 10", "B 8", "C 5"], settings).winners).toEqual([won("A", 1, 5), won("B", 1, 5)]);
  });

  it("several units for one bidder: each costs what it keeps the others from", () => {
    // Krishna's multi-unit Vickrey rule: A's two units keep out 7 and 5, B's one keeps out 5.
    const bids = ["A 10", "A 9", "B 8", "C 7", "D 5"];
    const settings = { "outcome.rule": "second-price", "outcome.units": 3 };
    expect(auction(bids, settings).winners).toEqual([won("A", 1, 7), won("A", 1, 5), won("B", 1, 7)]);
  });
});

describe("reserves", () => {
  it("a bid below the reserve cannot win, and the reserve is a price", () => {
    const settings = { "outcome.rule": "second-price", "outcome.reserve": 30 };
    expect(auction(["A 42", "B 20"], settings).winners).toEqual([won("A", 1, 30)]);
    const unsold = auction(["A 29", "B 20"], settings);
    expect(unsold).toMatchObject({ status: "decided", value: { winners: [] }, cause: "RESERVE_NOT_MET" });
    expect(unsold.explanation).toContain("A bid 29, which does not meet the reserve 30");
  });

  it("when buying, the reserve is the most that is paid", () => {
    const settings = { "outcome.rule": "second-price", "outcome.direction": "lowest", "outcome.reserve": 100 };
    expect(auction(["A 80", "B 95"], settings).winners).toEqual([won("A", 1, 95)]);
    expect(auction(["A 80", "B 101"], settings).winners).toEqual([won("A", 1, 100)]);
  });

  it("without one a lone bidder pays nothing when buying from a seller, and gets its own bid when selling to a buyer", () => {
    expect(auction(["A 80"], { "outcome.rule": "second-price" }).winners).toEqual([won("A", 1, 0)]);
    const reverse = { "outcome.rule": "second-price", "outcome.direction": "lowest" };
    expect(auction(["A 80"], reverse).winners).toEqual([won("A", 1, 80)]);
  });
});

describe("units, items and ties", () => {
  it("a bid that does not fit is cut, or left out where the policy wants whole bids", () => {
    const settings = { "outcome.units": 5 };
    expect(auction(["A 9 x 3", "B 8 x 4", "C 7 x 2"], settings).winners).toEqual([won("A", 3, 9), won("B", 2, 8)]);
    expect(auction(["A 9 x 3", "B 8 x 4", "C 7 x 2"], { ...settings, "outcome.partial": false }).winners).toEqual([
      won("A", 3, 9),
      won("C", 2, 7),
    ]);
  });

  it("every item is awarded by itself", () => {
    const bid = (party: string, item: string, amount: number) => ({ party, payload: { bid: { item, amount } } });
    const parties = ["A", "B", "C"].map((id) => ({ id, role: "bidder" }));
    const rounds = [[bid("A", "lot 1", 5), bid("B", "lot 1", 7), bid("A", "lot 2", 6), bid("C", "lot 3", 9)]];
    const decision = open({ "outcome.items": ["lot 1", "lot 2"] }, { parties, rounds });
    expect(decision.value).toEqual({
      winners: [
        { party: "B", quantity: 1, price: 7, item: "lot 1" },
        { party: "A", quantity: 1, price: 6, item: "lot 2" },
      ],
    });
    expect(decision.excluded).toEqual([{ index: 3, code: "CONTENT_INVALID" }]);
  });

  it("equal bids follow the policy's rules, and last of all their hash, whoever comes first", () => {
    const parties = [
      { id: "A", role: "bidder", tier: 1 },
      { id: "B", role: "bidder", tier: 3 },
      { id: "C", role: "bidder", tier: 2 },
    ];
    const entries = parties.map(({ id }) => ({ party: id, payload: { bid: { amount: 5 } } }));
    const winner = (list: readonly object[], settings: Settings) =>
      (open(settings, { parties, rounds: [list] }).value as { winners: Line[] }).winners[0]?.party;
    expect(winner(entries, { "outcome.ties": ["highest-tier"] })).toBe("B");
    const hashed = new Set([entries, [...entries].reverse()].map((list) => winner(list, {})));
    expect(hashed.size).toBe(1);
  });

  it("a bidder that signs two bids for one slot has none", () => {
    const parties = ["A", "B", "C"].map((id) => ({ id, role: "bidder" }));
    const bid = (party: string, amount: number) => ({ party, payload: { bid: { amount } } });
    const decision = open({}, { parties, rounds: [[bid("A", 9), bid("A", 8), bid("B", 5)]] });
    expect(decision.value).toEqual({ winners: [won("B", 1, 5)] });
    expect(decision.excluded).toEqual([
      { index: 0, code: "SLOT_VOID" },
      { index: 1, code: "SLOT_VOID" },
    ]);
  });

  it.each([
    ["a fraction", { amount: 1.5 }],
    ["less than nothing", { amount: -1 }],
    ["no amount", { quantity: 2 }],
    ["no units", { amount: 5, quantity: 0 }],
    ["an unknown field", { amount: 5, currency: "EUR" }],
  ])("a bid of %s is left out or refused", (_what, bid) => {
    const input = { parties: [{ id: "A", role: "bidder" }], rounds: [[{ party: "A", payload: { bid } }]] };
    const answer = () => open({}, input).excluded;
    if (JSON.stringify(bid).includes(".")) expect(answer).toThrow(/BODY_INVALID/);
    else expect(answer()).toEqual([{ index: 0, code: "CONTENT_INVALID" }]);
  });

  it("too few bidders award nothing, where the policy asks for more", () => {
    expect(auction(["A 5"], { "outcome.minimum": 2 })).toMatchObject({ status: "abandoned", cause: "TOO_FEW_BIDDERS" });
  });
});

const PARTIES = ["A", "B", "C", "D"];

/** Bids of distinct amounts, so that no tie has to be broken. */
const offers: fc.Arbitrary<readonly Offer[]> = fc
  .uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 7 })
  .chain((amounts) =>
    fc.tuple(
      ...amounts.map((amount) =>
        fc.record({
          party: fc.constantFrom(...PARTIES),
          amount: fc.constant(amount),
          quantity: fc.integer({ min: 1, max: 3 }),
        }),
      ),
    ),
  );
const terms: fc.Arbitrary<Terms> = fc.record({
  units: fc.integer({ min: 1, max: 6 }),
  lowest: fc.boolean(),
  reserve: fc.option(fc.integer({ min: 10, max: 50 })),
});

function run(list: readonly Offer[], { units, lowest, reserve }: Terms, settings: Settings): readonly Line[] {
  const bids = list.map(({ party, amount, quantity }) => `${party} ${amount} x ${quantity}`);
  return auction(bids, {
    "outcome.units": units,
    "outcome.direction": lowest ? "lowest" : "highest",
    "outcome.reserve": reserve,
    ...settings,
  }).winners;
}

describe("against a second implementation", () => {
  it("first price, unit by unit", () => {
    fc.assert(
      fc.property(offers, terms, (list, asked) => {
        const units = run(list, asked, {}).flatMap(({ party, quantity, price }) =>
          Array.from({ length: quantity }, () => `${party} ${price}`),
        );
        expect(units.sort()).toEqual(
          unitsWon(list, asked)
            .map(([party, price]) => `${party} ${price}`)
            .sort(),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("second price: the totals of Vickrey's rule", () => {
    fc.assert(
      fc.property(offers, terms, (list, asked) => {
        // When buying without a ceiling, units that nobody else offers have no price of their own in the definition.
        fc.pre(!asked.lowest || asked.reserve !== null);
        const lines = run(list, asked, { "outcome.rule": "second-price" });
        const totals = new Map<string, { units: number; total: number }>();
        for (const { party, quantity, price } of lines) {
          const { units, total } = totals.get(party) ?? { units: 0, total: 0 };
          totals.set(party, { units: units + quantity, total: total + quantity * price });
        }
        expect(totals).toEqual(vickrey(list, asked));
      }),
      { numRuns: 500 },
    );
  });

  it("uniform price: the last that wins, or the first that does not", () => {
    fc.assert(
      fc.property(offers, terms, fc.boolean(), (list, asked, rejected) => {
        const settings = {
          "outcome.rule": "uniform-price",
          "outcome.clearing": rejected ? "highest-rejected" : "lowest-accepted",
        };
        const lines = run(list, asked, settings);
        const expected = unitsWon(list, asked);
        const last = expected.at(-1)?.[1] ?? 0;
        const free = asked.reserve ?? (asked.lowest ? last : 0);
        const price = rejected ? (firstLosing(list, asked) ?? free) : last;
        expect(lines.every((line) => line.price === price)).toBe(true);
        expect(lines.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(expected.length);
      }),
      { numRuns: 300 },
    );
  });
});
