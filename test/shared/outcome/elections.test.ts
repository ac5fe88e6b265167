// Elections: worked examples of the literature, and every rule against a second implementation written from its definition.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { election, readBallots, trial } from "../../support/trials.ts";
import { firstChoiceScore, highest, type Paper, runoffWinners, schulzeWinners } from "./second-tally.ts";

const TENNESSEE = [
  "Memphis > Nashville > Chattanooga > Knoxville * 42",
  "Nashville > Chattanooga > Knoxville > Memphis * 26",
  "Chattanooga > Knoxville > Nashville > Memphis * 15",
  "Knoxville > Chattanooga > Nashville > Memphis * 17",
];

/** Schulze 2011, example 3 in its numbering: 45 voters. */
const SCHULZE_45 = [
  "A > C > B > E > D * 5",
  "A > D > E > C > B * 5",
  "B > E > D > A > C * 8",
  "C > A > B > E > D * 3",
  "C > A > E > B > D * 7",
  "C > B > A > D > E * 2",
  "D > C > E > B > A * 7",
  "E > B > A > D > C * 8",
];

/** Burlington, 3 March 2009, without the minor candidates: 8,833 ballots. */
const BURLINGTON = [
  "Montroll > Kiss > Wright * 1332",
  "Montroll > Wright > Kiss * 767",
  "Montroll * 455",
  "Kiss > Montroll > Wright * 2043",
  "Kiss > Wright > Montroll * 371",
  "Kiss * 568",
  "Wright > Montroll > Kiss * 1513",
  "Wright > Kiss > Montroll * 495",
  "Wright * 1289",
];

describe("worked examples", () => {
  it.each([
    ["plurality", [["Memphis"], ["Nashville"], ["Knoxville"], ["Chattanooga"]]],
    ["instant-runoff", [["Knoxville"], ["Memphis"], ["Nashville"], ["Chattanooga"]]],
    ["schulze", [["Nashville"], ["Chattanooga"], ["Knoxville"], ["Memphis"]]],
  ])("the capital of Tennessee by %s", (rule, order) => {
    expect(election(rule, TENNESSEE).value).toEqual({ winner: order[0]?.[0], order });
  });

  it("Schulze's 45 voters", () => {
    const decision = election("schulze", SCHULZE_45);
    expect(decision.value).toEqual({ winner: "E", order: [["E"], ["A"], ["C"], ["B"], ["D"]] });
    expect(decision.explanation).toContain("E is ahead of A: strongest paths 25 to 24");
  });

  it.each([
    ["plurality", "Wright"],
    ["instant-runoff", "Kiss"],
    ["schulze", "Montroll"],
  ])("Burlington 2009 by %s elects %s", (rule, winner) => {
    expect(election(rule, BURLINGTON).value).toMatchObject({ winner });
  });

  it("the three measures of a win in Schulze's example 10 differ", () => {
    const ballots = [
      "A > B > C > D * 6",
      "A = B * 8",
      "A = C * 8",
      "A = C > D * 18",
      "A = C = D * 8",
      "B * 40",
      "C > B > D * 4",
      "C > D > A * 9",
      "C = D * 8",
      "D > A > B * 14",
      "D > B > C * 11",
      "D > C > A * 4",
    ];
    expect(election("schulze", ballots).value).toMatchObject({ winner: "D" });
    expect(election("schulze", ballots, { "outcome.strength": "margins" }).value).toMatchObject({ winner: "A" });
  });

  it("an approval election, each name in full", () => {
    const papers = [["A", "B"], ["A"], ["B", "C"], ["C"], ["B"]];
    const parties = papers.map((_, index) => ({ id: `v${index}`, role: "voter" }));
    const rounds = [papers.map((approve, index) => ({ party: `v${index}`, payload: { approve } }))];
    expect(trial("vote", { "outcome.rule": "approval" }, { parties, rounds }).value).toEqual({
      winner: "B",
      order: [["B"], ["A", "C"]],
    });
  });
});

describe("ties", () => {
  it("leave no winner, and say so", () => {
    const decision = election("plurality", ["A * 3", "B * 3", "C * 2"]);
    expect(decision).toMatchObject({
      status: "decided",
      value: { winner: null, order: [["A", "B"], ["C"]] },
      cause: "TIE",
    });
  });

  it("are broken by the rule that the policy names, and by nothing else", () => {
    const ballots = ["A * 3", "B * 3", "C * 2"];
    const settings = { "outcome.candidates": ["B", "A", "C"] };
    expect(election("plurality", ballots, { ...settings, "outcome.ties": ["declared"] }).value).toEqual({
      winner: "B",
      order: [["B"], ["A"], ["C"]],
    });
    const hashed = election("plurality", ballots, { ...settings, "outcome.ties": ["hash"] }).value;
    const reordered = election("plurality", [...ballots].reverse(), { "outcome.ties": ["hash"] }).value;
    expect(reordered).toEqual(hashed);
  });

  it("of all who are left in a runoff stand", () => {
    expect(election("instant-runoff", ["A = B = C"]).value).toEqual({ winner: null, order: [["A", "B", "C"]] });
    expect(election("instant-runoff", ["A", "B"])).toMatchObject({ value: { winner: null }, cause: "TIE" });
  });

  it("at an elimination are idle where the tied together stay behind", () => {
    const decision = election("instant-runoff", ["A * 10", "B * 8", "C > D > B * 2", "D > C > A * 2", "E > B * 1"], {
      "outcome.elimination": [],
    });
    expect(decision.value).toEqual({ winner: "A", order: [["A"], ["B"], ["C", "D"], ["E"]] });
  });

  it("at an elimination follow the policy's rules in turn", () => {
    // B and C are tied in the second count; in the first, C was behind.
    const ballots = ["A * 5", "B > A * 4", "C > B * 3", "D > C > A * 1"];
    const by = (elimination: readonly string[]) =>
      election("instant-runoff", ballots, { "outcome.elimination": elimination }).value;
    expect(by(["previous-counts"])).toMatchObject({ winner: "B" });
    expect(by(["declared"])).toMatchObject({ winner: "B" });
    expect(by(["together"])).toEqual({ winner: "A", order: [["A"], ["B", "C"], ["D"]] });
    expect(by([])).toEqual({ winner: null, order: [["A", "B"], ["C"], ["D"]] });
  });
});

describe("ballots", () => {
  const parties = [
    { id: "v", role: "voter" },
    { id: "w", role: "voter" },
    { id: "t", role: "teller" },
    { id: "o", role: "observer" },
  ];
  const count = (...rounds: readonly object[]) =>
    trial("vote", { "outcome.candidates": ["A", "B"] }, { parties, rounds: [rounds] });

  it.each([
    ["a count from a voter", { party: "v", payload: { choice: "A", count: 9 } }, "COUNT_NOT_DELEGATED"],
    ["a stranger", { party: "v", payload: { choice: "Z" } }, "CANDIDATE_UNKNOWN"],
    ["a candidate twice", { party: "v", payload: { ranking: [["A"], ["A"]] } }, "CONTENT_INVALID"],
    ["two ballots in one", { party: "v", payload: { choice: "A", approve: ["A"] } }, "CONTENT_INVALID"],
    ["an empty group", { party: "v", payload: { ranking: [[], ["A"]] } }, "CONTENT_INVALID"],
    ["a fraction of a count", { party: "t", payload: { choice: "A", count: 0 } }, "CONTENT_INVALID"],
    ["an observer's vote", { party: "o", payload: { choice: "A" } }, "ROLE_NOT_HELD"],
    ["a party that is not named", { party: "x", payload: { choice: "A" } }, "NOT_A_PARTY"],
    ["an unknown field", { party: "v", payload: { choice: "A", weight: 3 } }, "CONTENT_INVALID"],
  ])("leave out %s", (_what, entry, code) => {
    const decision = count(entry, { party: "w", payload: { choice: "B" } });
    expect(decision.excluded).toEqual([{ index: 0, code }]);
    expect(decision.value).toMatchObject({ winner: "B" });
  });

  it("pass over names that do not stand", () => {
    const decision = count({ party: "v", payload: { ranking: [["Z"], ["A"]] } });
    expect(decision).toMatchObject({ value: { winner: "A" }, excluded: [] });
  });

  it("count once, however often and in whatever slot a voter sends them", () => {
    const twice = [
      { party: "v", slot: "a", payload: { choice: "A" } },
      { party: "v", slot: "b", payload: { choice: "A" } },
      { party: "w", payload: { choice: "B" } },
    ];
    expect(count(...twice)).toMatchObject({ value: { winner: null } });
  });

  it("weigh as much as the party's power, and a teller's as many as it counted", () => {
    const weighed = trial(
      "vote",
      {},
      {
        parties: [
          { id: "v", role: "voter", power: 3 },
          { id: "t", role: "teller" },
        ],
        rounds: [
          [
            { party: "v", payload: { choice: "A" } },
            { party: "t", payload: { choice: "B", count: 4 } },
          ],
        ],
      },
    );
    expect(weighed.explanation).toEqual(["A is the first choice of 3", "B is the first choice of 4", "B wins"]);
  });

  it("that abstain count for the turnout only", () => {
    const ask = (turnout: number) =>
      trial(
        "vote",
        { "outcome.turnout": turnout },
        {
          parties: parties.slice(0, 2),
          rounds: [
            [
              { party: "v", payload: { choice: "A" } },
              { party: "w", payload: { choice: "abstain" } },
            ],
          ],
        },
      );
    expect(ask(2).value).toMatchObject({ winner: "A" });
    expect(ask(3)).toMatchObject({ status: "abandoned", cause: "TURNOUT_NOT_REACHED" });
  });

  it("of nobody give no winner", () => {
    expect(trial("vote", {}, { parties, rounds: [[]] })).toMatchObject({ status: "abandoned", cause: "NO_BALLOTS" });
  });
});

const NAMES = ["A", "B", "C", "D", "E"];

/** Papers of up to five candidates, with equal places, omissions and counts. */
const papers: fc.Arbitrary<readonly Paper[]> = fc.array(
  fc
    .tuple(
      fc.shuffledSubarray(NAMES, { minLength: 1 }),
      fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 1, max: 6 }),
    )
    .map(([names, joined, count]) => ({
      ranking: names.reduce<string[][]>(
        (groups, name, index) =>
          index > 0 && joined[index]
            ? groups.with(-1, [...(groups.at(-1) as string[]), name])
            : groups.concat([[name]]),
        [],
      ),
      count,
    })),
  { minLength: 1, maxLength: 9 },
);

/** The names on the first place of the order that `decide` gives. */
function winnersBy(rule: string, list: readonly Paper[], settings = {}): string[] {
  const lines = list.map(({ ranking, count }) => `${ranking.map((group) => group.join("=")).join(">")} * ${count}`);
  const { value } = election(rule, lines, { "outcome.candidates": NAMES, ...settings });
  return [...((value as { order: string[][] }).order[0] as string[])].sort();
}

describe("against a second implementation", () => {
  it.each(["winning-votes", "margins"])("schulze, by %s", (strength) => {
    fc.assert(
      fc.property(papers, (list) => {
        const settings = { "outcome.strength": strength };
        expect(winnersBy("schulze", list, settings)).toEqual(schulzeWinners(NAMES, list, strength === "margins"));
      }),
      { numRuns: 400 },
    );
  });

  it("plurality", () => {
    fc.assert(
      fc.property(papers, (list) => {
        expect(winnersBy("plurality", list)).toEqual(highest(NAMES, firstChoiceScore(list)));
      }),
      { numRuns: 300 },
    );
  });

  it("instant runoff: the one who wins however ties are broken wins, and otherwise one of those who can", () => {
    let unique = 0;
    fc.assert(
      fc.property(papers, (list) => {
        const able = runoffWinners(NAMES, list);
        const found = winnersBy("instant-runoff", list);
        if (able.length === 1) unique += 1;
        if (able.length === 1) expect(found).toEqual(able);
        for (const name of found) expect(able).toContain(name);
      }),
      { numRuns: 400 },
    );
    expect(unique).toBeGreaterThan(100);
  });

  it("reads what the literature writes", () => {
    expect(readBallots(["A > B = C * 3"])).toEqual([{ ranking: [["A"], ["B", "C"]], count: 3 }]);
  });
});
