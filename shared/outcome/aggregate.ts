// Aggregates (SPEC §6.4): one statistic over what the contributors measured, coordinate by coordinate, in exact arithmetic.
// Trimmed means and medians resist liars: with f of them among n > 2f values, the result lies within the range of the honest ones.
import type { AggregateOutcome, Policy } from "../policy/policy.ts";
import {
  abandoned,
  type Contribution,
  decided,
  nameOf,
  type Seat,
  seatsByIndex,
  type Verdict,
} from "./contribution.ts";
import { divide, fits, plainInteger, share } from "./exact.ts";
import { borneBy, type Measurement, measurementOf } from "./measurements.ts";

type Weighed = { readonly value: number; readonly weight: number };

const MILLION = 1_000_000;

export function decideAggregate(
  policy: Policy,
  rule: AggregateOutcome,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): Verdict {
  const byIndex = seatsByIndex(seats);
  const measured = contributions.flatMap((contribution) => {
    const seat = byIndex.get(contribution.seat);
    return seat === undefined ? [] : [{ seat, measurement: measurementOf(contribution.content) }];
  });
  const contributors = new Set(measured.map(({ seat }) => seat.index)).size;
  if (contributors < rule.minimum)
    return abandoned("TOO_FEW_CONTRIBUTORS", [
      `${contributors} of at least ${rule.minimum} contributors were admitted`,
      ...silentSeats(policy, seats, measured),
    ]);
  const shape = rule.statistic === "union" ? "any" : commonShape(measured.map(({ measurement }) => measurement));
  if (shape === null)
    return abandoned("SHAPES_DIFFER", ["as many contributors sent values of one length as of another"]);
  const isUsed = ({ measurement }: Measured) => shape === "any" || measurement.shape === shape;
  const used = measured.filter(isUsed);
  if (new Set(used.map(({ seat }) => seat.index)).size < rule.minimum)
    return abandoned("TOO_FEW_CONTRIBUTORS", [`fewer than ${rule.minimum} contributors sent values of one length`]);
  const odd = measured
    .filter((one) => !isUsed(one))
    .map(({ seat }) => `${nameOf(seat)} sent a value of another length, which does not count`);
  return conclude(rule, used, [...odd, ...silentSeats(policy, seats, measured)]);
}

type Measured = { readonly seat: Seat; readonly measurement: Measurement };

function silentSeats(policy: Policy, seats: readonly Seat[], measured: readonly Measured[]): readonly string[] {
  const heard = new Set(measured.map(({ seat }) => seat.index));
  return seats
    .filter((seat) => policy.roles.get(seat.role)?.contributes === true && !heard.has(seat.index))
    .map((seat) => `${nameOf(seat)} was silent`);
}

/** The shape that most contributors sent; null where two shapes have equally many. */
function commonShape(measurements: readonly Measurement[]): string | null {
  const counts = [...Map.groupBy(measurements, ({ shape }) => shape)].map(
    ([shape, some]) => [shape, some.length] as const,
  );
  const most = Math.max(...counts.map(([, count]) => count));
  const best = counts.filter(([, count]) => count === most);
  return best.length === 1 ? (best[0]?.[0] as string) : null;
}

function conclude(rule: AggregateOutcome, used: readonly Measured[], notes: readonly string[]): Verdict {
  const { statistic } = rule;
  if (statistic === "union") return concludeUnion(rule, used, notes);
  const [first] = used as readonly [Measured, ...Measured[]];
  const columns = first.measurement.values.map((_, at) =>
    used.map(({ seat, measurement }): Weighed => ({ value: measurement.values[at] as number, weight: seat.power })),
  );
  const results = columns.map((column) => STATISTICS[statistic](rule, column));
  if (!results.every(fits)) return abandoned("VALUE_OVERFLOW", ["the result is beyond 64 bits"]);
  const numbers = results.map(plainInteger);
  const value = first.measurement.shape === "value" ? { value: numbers[0] as number } : { vector: numbers };
  const cut = statistic === "trimmed-mean" ? share(used.length, { num: rule.trim, den: MILLION }) : 0;
  const trimmed = cut === 0 ? "" : `, without the ${cut} lowest and the ${cut} highest`;
  return decided({ ...value, ...borneBy(used) }, [`${statistic} of ${used.length} values${trimmed}`, ...notes]);
}

/** The numbers that at least `support` contributors name, in ascending order. */
function concludeUnion(rule: AggregateOutcome, used: readonly Measured[], notes: readonly string[]): Verdict {
  const named = new Map<number, Set<number>>();
  for (const { seat, measurement } of used)
    for (const value of measurement.values) named.set(value, (named.get(value) ?? new Set()).add(seat.index));
  const vector = [...named]
    .filter(([, seats]) => seats.size >= rule.support)
    .map(([value]) => value)
    .sort((a, b) => a - b);
  return decided({ vector, ...borneBy(used) }, [
    `union of ${used.length} sets, each value named by at least ${rule.support}`,
    ...notes,
  ]);
}

type Statistic = (rule: AggregateOutcome, column: readonly Weighed[]) => bigint;

const STATISTICS: { readonly [S in Exclude<AggregateOutcome["statistic"], "union">]: Statistic } = {
  sum: (_rule, column) => total(column),
  mean: ({ rounding }, column) => divide(total(column), BigInt(column.length), rounding),
  "weighted-mean": ({ rounding }, column) =>
    divide(
      column.reduce((sum, { value, weight }) => sum + BigInt(value) * BigInt(weight), 0n),
      weightOf(column),
      rounding,
    ),
  median: (rule, column) =>
    weightedMedian(
      rule,
      column.map(({ value }) => ({ value, weight: 1 })),
    ),
  "weighted-median": weightedMedian,
  "trimmed-mean": ({ rounding, trim }, column) => {
    const cut = share(column.length, { num: trim, den: MILLION });
    const kept = ascending(column).slice(cut, column.length - cut);
    return divide(total(kept), BigInt(kept.length), rounding);
  },
};

function total(column: readonly Weighed[]): bigint {
  return column.reduce((sum, { value }) => sum + BigInt(value), 0n);
}

function weightOf(column: readonly Weighed[]): bigint {
  return column.reduce((sum, { weight }) => sum + BigInt(weight), 0n);
}

function ascending(column: readonly Weighed[]): readonly Weighed[] {
  return [...column].sort((a, b) => a.value - b.value);
}

/** The value with half the weight on either side; where the halves part between two values, their mean by the rounding rule. */
function weightedMedian({ rounding }: AggregateOutcome, column: readonly Weighed[]): bigint {
  const sorted = ascending(column);
  const whole = weightOf(sorted);
  let below = 0n;
  for (const [at, { value, weight }] of sorted.entries()) {
    below += BigInt(weight);
    if (2n * below > whole) return BigInt(value);
    if (2n * below === whole) return divide(BigInt(value) + BigInt(sorted[at + 1]?.value ?? value), 2n, rounding);
  }
  return 0n; // no weight at all: a column is never empty, and a seat has power
}
