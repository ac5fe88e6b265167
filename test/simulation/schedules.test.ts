// A fixed set of seeds for every size, and what else can be simulated. A violation names the command that replays it.
import { describe, expect, it } from "vitest";
import type { Request } from "./flags.ts";
import type { Settings } from "./plan.ts";
import { SIMULATED } from "./policy.ts";
import { runSchedule } from "./schedule.ts";
import { runSeeds } from "./tally.ts";

const USUAL: Settings = { parties: 4, faulty: 1, strategy: "all", pattern: "approval", loss: null };

function run(settings: Partial<Settings>, first: number, last: number) {
  const request: Request = { settings: { ...USUAL, ...settings }, seeds: { first, last }, sabotage: null, log: false };
  return runSeeds(request, first, last);
}

/** Each takes a second or two; a busy machine may take much longer. */
const PATIENCE = 90_000;

describe("simulated schedules", { timeout: PATIENCE }, () => {
  it.each([
    [3, 0, 200],
    [4, 1, 300],
    [5, 1, 120],
    [7, 2, 60],
    [10, 3, 30],
  ])("hold with %i parties of which %i are faulty, over %i seeds", (parties, faulty, count) => {
    const { violations, outcomes } = run({ parties, faulty }, 1, count);
    expect(violations).toEqual([]);
    expect(outcomes.final + outcomes.abandoned).toBeGreaterThan(0.9 * count);
  });

  it.each(SIMULATED)("hold for the pattern %s", (pattern) => {
    expect(run({ pattern }, 1_001, 1_040).violations).toEqual([]);
  });

  it.each([0, 0.3, 0.6])("hold when messages are lost at a rate of %d", (loss) => {
    expect(run({ loss }, 2_001, 2_050).violations).toEqual([]);
  });

  it("end with no outcome that contradicts another when more than f is faulty, and whoever can prove it expires", () => {
    const { violations, outcomes } = run({ strategy: "over-tolerance" }, 1, 150);
    expect(violations).toEqual([]);
    expect(outcomes.expired).toBeGreaterThan(30);
  });

  it("take the same course for the same seed", () => {
    for (let seed = 1; seed <= 20; seed++) expect(runSchedule(seed, USUAL).trace).toBe(runSchedule(seed, USUAL).trace);
  });
});
