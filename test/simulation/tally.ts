// Many schedules, and what they come to.
import { type Request, replayCommand } from "./flags.ts";
import { runSchedule } from "./schedule.ts";

export type Found = {
  readonly seed: number;
  readonly invariant: string;
  readonly detail: string;
  /** The command that runs this seed again. */
  readonly replay: string;
};
export type Tally = {
  readonly schedules: number;
  readonly outcomes: { readonly final: number; readonly abandoned: number; readonly expired: number };
  /** Seeds that broke something. */
  readonly failed: number;
  /** The first of what they broke. */
  readonly violations: readonly Found[];
};

/** Violations told for one run; the first are enough, and a broken rule breaks thousands. */
const TOLD_MAX = 50;

export function runSeeds(request: Request, first: number, last: number): Tally {
  const outcomes = { final: 0, abandoned: 0, expired: 0 };
  const violations: Found[] = [];
  let failed = 0;
  const log = request.log ? (line: string) => void process.stderr.write(`${line}\n`) : null;
  for (let seed = first; seed <= last; seed++) {
    const before = violations.length;
    const found = (invariant: string, detail: string) =>
      violations.push({ seed, invariant, detail, replay: replayCommand(request, seed) });
    try {
      const verdict = runSchedule(seed, request.settings, log);
      if (verdict.outcome !== "open") outcomes[verdict.outcome]++;
      for (const { invariant, detail } of verdict.violations) found(invariant, `${detail} (${verdict.strategy})`);
    } catch (error) {
      found("exception", String(error));
    }
    if (violations.length > before) failed++;
  }
  return { schedules: last - first + 1, outcomes, failed, violations: violations.slice(0, TOLD_MAX) };
}

export function together(tallies: readonly Tally[]): Tally {
  const sum = (pick: (tally: Tally) => number) => tallies.reduce((total, tally) => total + pick(tally), 0);
  return {
    schedules: sum(({ schedules }) => schedules),
    outcomes: {
      final: sum(({ outcomes }) => outcomes.final),
      abandoned: sum(({ outcomes }) => outcomes.abandoned),
      expired: sum(({ outcomes }) => outcomes.expired),
    },
    failed: sum(({ failed }) => failed),
    violations: tallies
      .flatMap(({ violations }) => violations)
      .sort((a, b) => a.seed - b.seed)
      .slice(0, TOLD_MAX),
  };
}
