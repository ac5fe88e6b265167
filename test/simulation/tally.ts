// Many schedules, and what they come to.
import { type Request, replayCommand } from "./flags.ts";
import { runSchedule } from "./schedule.ts";

export type Found = { readonly seed: number; readonly invariant: string; readonly detail: string };
export type Tally = {
  readonly schedules: number;
  readonly outcomes: { readonly final: number; readonly abandoned: number; readonly expired: number };
  readonly violations: readonly Found[];
};

/** Violations told for one run; the first are enough, and a broken rule breaks thousands. */
const TOLD_MAX = 50;

export function runSeeds(request: Request, first: number, last: number): Tally {
  const outcomes = { final: 0, abandoned: 0, expired: 0 };
  const violations: Found[] = [];
  for (let seed = first; seed <= last; seed++) {
    const command = replayCommand(request, seed);
    try {
      const verdict = runSchedule(seed, request.settings);
      if (verdict.outcome !== "open") outcomes[verdict.outcome]++;
      for (const { invariant, detail } of verdict.violations)
        violations.push({ seed, invariant, detail: `${detail} [${verdict.strategy}]; ${command}` });
    } catch (error) {
      violations.push({ seed, invariant: "exception", detail: `${error}; ${command}` });
    }
  }
  return { schedules: last - first + 1, outcomes, violations };
}

export function together(tallies: readonly Tally[]): Tally {
  const outcomes = { final: 0, abandoned: 0, expired: 0 };
  for (const tally of tallies)
    for (const name of ["final", "abandoned", "expired"] as const) outcomes[name] += tally.outcomes[name];
  return {
    schedules: tallies.reduce((sum, { schedules }) => sum + schedules, 0),
    outcomes,
    violations: tallies
      .flatMap(({ violations }) => violations)
      .sort((a, b) => a.seed - b.seed)
      .slice(0, TOLD_MAX),
  };
}
