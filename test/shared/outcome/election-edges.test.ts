// What real ballot papers hold: ballots that run out, several marks in one place, names twice, names that have withdrawn, and ties at every
// elimination under each rule for them.
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/cbor/json.ts";
import { election, type Settings, trial } from "../../support/trials.ts";

const runoff = (lines: readonly string[], settings: Settings = {}) => election("instant-runoff", lines, settings);
const winnerOf = (lines: readonly string[], settings: Settings = {}) =>
  (runoff(lines, settings).value as { winner: Json }).winner;

describe("ballots that run out", () => {
  it("count for nobody from there on, and the rest decide", () => {
    const { value, explanation } = runoff(["A*4", "B > A*3", "C*2", "D > C*1"]);
    expect(value).toEqual({ winner: "A", order: [["A"], ["B"], ["C"], ["D"]] });
    expect(explanation[0]).toBe("count 1: A 4, B 3, C 2, D 1; D leaves");
    expect(explanation[1]).toContain("count 2: A 4, B 3, C 3");
  });

  it("may leave a winner without a majority of all, and one that all others ran out on", () => {
    expect(winnerOf(["A*4", "B*3", "C*3 "], { "outcome.elimination": ["together"] })).toBe("A");
    expect(
      winnerOf(["A*1", "B > C*2", "C > B*2", "D*3"], {
        "outcome.elimination": ["declared"],
        "outcome.candidates": ["A", "B", "C", "D"],
      }),
    ).toBe("B");
  });
});

describe("several marks in one place", () => {
  const settings = (equals: string): Settings => ({
    "outcome.equals": equals,
    "outcome.elimination": ["declared"],
    "outcome.candidates": ["A", "B", "C"],
  });

  it.each([
    ["split", "A 4, B 3, C 2"],
    ["exhaust", "A 3, B 2, C 2"],
    ["each", "A 5, B 4, C 2"],
  ] as const)("%s", (equals, first) => {
    const { explanation, value } = runoff(["A = B*2", "B*2", "A*3", "C > B*2"], settings(equals));
    expect(explanation[0]).toContain(`count 1: ${first}`);
    expect(value).toMatchObject({ winner: "B" });
  });

  it("give the seat to another where they count in full", () => {
    const lines = ["A = B*4", "B*1", "C*4"];
    expect(["split", "exhaust", "each"].map((equals) => winnerOf(lines, settings(equals)))).toEqual(["B", "C", "B"]);
  });
});

describe("names", () => {
  const vote = (ranking: Json, candidates: readonly string[] = []) =>
    trial(
      "vote",
      { "outcome.rule": "instant-runoff", "outcome.candidates": candidates },
      {
        parties: ["ann", "ben"].map((id) => ({ id, role: "voter" })),
        rounds: [
          [
            { party: "ann", payload: { ranking } },
            { party: "ben", payload: { ranking: [["B"]] } },
          ],
        ],
      },
    );

  it("twice on one paper make it no ballot, and say so", () => {
    for (const ranking of [[["A"], ["B"], ["A"]], [["A", "A"]], [["A"], ["B", "A"]]])
      expect(vote(ranking)).toMatchObject({
        excluded: [{ index: 0, code: "CONTENT_INVALID" }],
        value: { winner: "B" },
      });
  });

  it("that have withdrawn are passed over, and their papers go on to the next", () => {
    expect(vote([["gone"], ["A"], ["B"]], ["A", "B"])).toMatchObject({
      excluded: [],
      value: { winner: null, order: [["A", "B"]] },
    });
    expect(vote([["gone", "A"]], ["A", "B"])).toMatchObject({ excluded: [], cause: "TIE" });
    expect(vote([["gone"]], ["A", "B"])).toMatchObject({
      excluded: [{ index: 0, code: "CANDIDATE_UNKNOWN" }],
      value: { winner: "B" },
    });
  });

  it("may be left out: an empty paper is a ballot for nobody", () => {
    expect(vote([], ["A", "B"])).toMatchObject({ excluded: [], value: { winner: "B" } });
  });
});

describe("a tie at every elimination", () => {
  // Whoever of B, C and D leaves first lifts the next of them over A: every way of breaking the tie has another winner.
  const LINES = ["A*3", "B > C*2", "C > D*2", "D > B*2"];
  const by = (elimination: readonly string[], candidates = ["A", "B", "C", "D"], ties: readonly string[] = []) =>
    runoff(LINES, { "outcome.elimination": elimination, "outcome.candidates": candidates, "outcome.ties": ties });

  it("stands where the policy has no rule, and names all who could win", () => {
    for (const rules of [[], ["previous-counts"]])
      expect(by(rules)).toMatchObject({ value: { winner: null, order: [["B", "C", "D"], ["A"]] }, cause: "TIE" });
  });

  it("is broken by the declared order, whichever it is", () => {
    expect(by(["declared"])).toMatchObject({ value: { winner: "B" } });
    expect(by(["declared"], ["D", "C", "A", "B"])).toMatchObject({ value: { winner: "C" } });
    expect(by(["previous-counts", "declared"], ["A", "B", "D", "C"])).toMatchObject({ value: { winner: "D" } });
  });

  it("is broken by hashes of the names, the same whatever order they are declared in", () => {
    const winners = [
      ["A", "B", "C", "D"],
      ["D", "C", "B", "A"],
      ["C", "A", "D", "B"],
    ].map((candidates) => (by(["hash"], candidates).value as { winner: string }).winner);
    expect(new Set(winners).size).toBe(1);
    expect(["B", "C", "D"]).toContain(winners[0]);
  });

  it("lets all the tied leave together", () => {
    expect(by(["together"])).toMatchObject({ value: { winner: "A", order: [["A"], ["B", "C", "D"]] } });
  });

  it("follows what earlier counts say, where there are any", () => {
    // E's papers make B and C equal in the second count; in the first, C was behind.
    const lines = ["A*6", "B > A*4", "C > A*3", "E > C*1", "D > B*5"];
    const { explanation } = runoff(lines, { "outcome.elimination": ["previous-counts"] });
    expect(explanation[1]).toContain("count 2: A 6, B 4, C 4, D 5; C leaves");
  });
});
