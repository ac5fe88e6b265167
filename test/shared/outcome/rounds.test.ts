// Rounds: sealed bids, raises, convergence, and parties that fall silent on the way.
import { describe, expect, it } from "vitest";
import { fromJson, type Json } from "../../../shared/cbor/json.ts";
import type { CborMap } from "../../../shared/cbor/value.ts";
import { sha256Hex } from "../../../shared/hash.ts";
import { commitTo } from "../../../shared/outcome/sealing.ts";
import { type Entry, type Settings, trial } from "../../support/trials.ts";

function commitment(reveal: Json): string {
  const value = fromJson(reveal);
  if (!value.ok) throw new Error("no value");
  return commitTo(value.value as CborMap);
}

const BIDDERS = ["ann", "ben", "cat"];
const parties = BIDDERS.map((id) => ({ id, role: "bidder" }));
const hidden = (amount: number, nonce: string): Json => ({ bid: { amount }, nonce });
const commits = (party: string, reveal: Json): Entry => ({ party, payload: { commit: commitment(reveal) } });
const reveals = (party: string, reveal: Json): Entry => ({ party, payload: { reveal } });
const sealed = (rounds: readonly (readonly Entry[])[], settings: Settings = {}) =>
  trial("auction", { "outcome.rule": "second-price", ...settings }, { parties, rounds });

const ann = hidden(70, "a4b1");
const ben = hidden(90, "77fe");
const cat = hidden(80, "09cc");
const committed = [commits("ann", ann), commits("ben", ben), commits("cat", cat)];

describe("a sealed auction", () => {
  it("waits for the reveals, and awards on them", () => {
    const after = sealed([committed]);
    expect(after).toMatchObject({ status: "pending", value: null, next: { stage: "reveal", roles: ["bidder"] } });
    const decision = sealed([committed, [reveals("ann", ann), reveals("ben", ben), reveals("cat", cat)]]);
    expect(decision).toMatchObject({
      status: "decided",
      value: { winners: [{ party: "ben", quantity: 1, price: 80 }] },
    });
    expect(decision.excluded).toEqual([]);
  });

  it("leaves out whoever does not reveal, and names it", () => {
    const decision = sealed([committed, [reveals("ann", ann), reveals("cat", cat)]]);
    expect(decision.value).toEqual({ winners: [{ party: "cat", quantity: 1, price: 70 }] });
    expect(decision.excluded).toEqual([{ index: 1, code: "NOT_REVEALED" }]);
    expect(decision.explanation).toContain("ben committed and did not reveal");
  });

  it("is abandoned by one that does not reveal, where the policy says so", () => {
    const settings = { "rounds.unrevealed": "abandon" };
    const decision = sealed([committed, [reveals("ann", ann), reveals("cat", cat)]], settings);
    expect(decision).toMatchObject({ status: "abandoned", cause: "NOT_REVEALED" });
  });

  it.each([
    ["another amount", reveals("ann", hidden(99, "a4b1")), "REVEAL_MISMATCH"],
    ["another nonce", reveals("ann", hidden(70, "a4b2")), "REVEAL_MISMATCH"],
    ["another bidder's commitment", reveals("ann", ben), "REVEAL_MISMATCH"],
    ["no nonce", reveals("ann", { bid: { amount: 70 } }), "CONTENT_INVALID"],
    ["an open bid", { party: "ann", payload: { bid: { amount: 200 } } }, "CONTENT_INVALID"],
  ])("does not count a reveal of %s", (_what, entry, code) => {
    const decision = sealed([committed, [entry, reveals("ben", ben), reveals("cat", cat)]]);
    expect(decision.value).toEqual({ winners: [{ party: "ben", quantity: 1, price: 80 }] });
    expect(decision.excluded).toContainEqual({ index: 0, code, round: 1 });
  });

  it("does not take an open bid for a commitment", () => {
    const decision = sealed([
      [{ party: "ann", payload: { bid: { amount: 5 } } }, ...committed.slice(1)],
      [reveals("ben", ben)],
    ]);
    expect(decision.excluded).toEqual([
      { index: 0, code: "CONTENT_INVALID" },
      { index: 2, code: "NOT_REVEALED" },
    ]);
  });

  it("takes the hash of canonical JSON too, and a bid beside its nonce", () => {
    const reveal = { amount: 85, nonce: "z-1" };
    const commit = `sha256:${sha256Hex(new TextEncoder().encode('{"amount":85,"nonce":"z-1"}'))}`;
    const decision = sealed([
      [{ party: "ann", payload: { commit } }, ...committed.slice(1)],
      [reveals("ann", reveal), reveals("ben", ben), reveals("cat", cat)],
    ]);
    expect(decision.value).toEqual({ winners: [{ party: "ben", quantity: 1, price: 85 }] });
  });

  it("lets a bidder bind its commitment to itself, so that a copy opens nothing", () => {
    const bound: Json = { bid: { amount: 95 }, nonce: "q", party: "ann" };
    const decision = sealed([
      [commits("ann", bound), commits("ben", bound)],
      [reveals("ann", bound), reveals("ben", bound)],
    ]);
    expect(decision.value).toMatchObject({ winners: [{ party: "ann" }] });
    expect(decision.excluded).toContainEqual({ index: 1, code: "REVEAL_MISMATCH", round: 1 });
  });

  it("may hold an election as well", () => {
    const ballots = ["A", "B", "A"].map((choice, index): Json => ({ choice, nonce: `n${index}` }));
    const voters = BIDDERS.map((id) => ({ id, role: "voter" }));
    const rounds = [
      ballots.map((ballot, index) => commits(BIDDERS[index] as string, ballot)),
      ballots.map((ballot, index) => reveals(BIDDERS[index] as string, ballot)),
    ];
    expect(trial("vote", { sealed: true }, { parties: voters, rounds }).value).toMatchObject({ winner: "A" });
  });
});

describe("an ascending auction", () => {
  const bid = (party: string, amount: number): Entry => ({ party, payload: { bid: { amount } } });
  const ascending = (...rounds: readonly (readonly Entry[])[]) =>
    trial(
      "auction",
      { sealed: false, "rounds.most": 5, "rounds.until": "quiet", "rounds.step": 5 },
      { parties, rounds },
    );

  it("goes on while somebody raises, and ends with the standing bid", () => {
    expect(ascending([bid("ann", 10), bid("ben", 12)])).toMatchObject({ status: "pending" });
    const decision = ascending([bid("ann", 10), bid("ben", 12)], [bid("ann", 20)], [bid("ben", 22)], []);
    expect(decision).toMatchObject({ status: "decided", value: { winners: [{ party: "ann", price: 20 }] } });
    expect(decision.excluded).toEqual([{ index: 0, code: "RAISE_TOO_SMALL", round: 2 }]);
  });

  it("ends with its last round, whoever would still raise", () => {
    const raising = [10, 15, 20, 25, 30, 35].map((amount, index) => [bid(BIDDERS[index % 2] as string, amount)]);
    expect(ascending(...raising)).toMatchObject({
      status: "decided",
      value: { winners: [{ party: "ann", price: 30 }] },
    });
  });
});

describe("an estimate in rounds", () => {
  const contributors = ["c1", "c2", "c3", "c4", "c5"].map((id) => ({ id, role: "contributor" }));
  const say = (...values: readonly (number | null)[]): readonly Entry[] =>
    values.flatMap((value, index) => (value === null ? [] : [{ party: `c${index + 1}`, payload: { value } }]));
  const estimate = (rounds: readonly (readonly Entry[])[], settings: Settings = {}) =>
    trial(
      "aggregation",
      { "rounds.most": 4, "rounds.until": "converged", "rounds.step": 3, ...settings },
      { parties: contributors, rounds },
    );

  it("converges in as many rounds as it takes, once the values lie together but for those that may be lies", () => {
    const rounds = [say(10, 30, 50, 60, 90), say(20, 30, 40, 50, 90), say(29, 30, 31, 32, 900)];
    expect(estimate(rounds.slice(0, 2))).toMatchObject({ status: "pending" });
    expect(estimate(rounds)).toMatchObject({ status: "decided", value: { value: 31 } });
  });

  it("is abandoned when it does not, or when too few are left once the possible lies are cut", () => {
    const apart = say(10, 30, 50, 60, 90);
    expect(estimate([apart, apart, apart, apart])).toMatchObject({ status: "abandoned", cause: "NOT_CONVERGED" });
    const few = say(30, 30, 30);
    expect(estimate([few], { "rounds.most": 1 })).toMatchObject({ status: "abandoned", cause: "NOT_CONVERGED" });
  });

  it("lets the last value of a silent party stand only where the policy carries it", () => {
    const rounds = [say(10, 20, 60, 70, 90), say(20, 20, null, 20, 20)];
    const of = (silent: string) =>
      estimate(rounds, { "rounds.silent": silent, "rounds.step": 0, "outcome.statistic": "mean" }).value;
    expect(of("carry")).toEqual({ value: 28 });
    expect(of("abstain")).toEqual({ value: 20 });
  });

  it("takes the seat of a silent party where the policy drops it", () => {
    const rounds = [say(10, 30, null, 60, 99), say(30, 30, 31, 32, 33)];
    const decision = estimate(rounds, { "rounds.silent": "drop" });
    expect(decision.explanation).toContain("c3 was silent and lost its seat");
    expect(decision.excluded).toEqual([{ index: 2, code: "NOT_A_PARTY", round: 1 }]);
    expect(decision.value).toEqual({ value: 31 });
  });
});

describe("rounds after the end", () => {
  it("are not looked at", () => {
    const choice = (party: string, word: string): Entry => ({ party, payload: { choice: word } });
    const deciders = BIDDERS.map((id) => ({ id, role: "decider" }));
    const first = BIDDERS.map((id) => choice(id, "approve"));
    const decision = trial("consensus", {}, { parties: deciders, rounds: [first, [choice("ann", "reject")]] });
    expect(decision).toMatchObject({ status: "decided", value: { choice: "approve", by: BIDDERS } });
  });

  it("and no round at all leaves it pending", () => {
    const deciders = BIDDERS.map((id) => ({ id, role: "decider" }));
    expect(trial("consensus", {}, { parties: deciders, rounds: [] })).toMatchObject({
      status: "pending",
      next: { stage: "give", roles: ["decider"] },
    });
  });
});
