// All rising lines through a set of boxes: what two clocks' readings of the same events allow the one clock to be in terms of the other.
// A box is one event, read as an interval by each clock. The set of lines is a convex polygon over (rate, offset), so the extremes at
// any reading lie at its corners: bounds are exact, as narrow as the evidence allows, and the same whichever clock comes first.
import {
  add,
  ceilingOf,
  compareRatios,
  divide,
  floorOf,
  lesser,
  multiply,
  ONE,
  type Ratio,
  ratio,
  subtract,
  ZERO,
} from "../ratio.ts";

/** One event as two clocks read it, each as [earliest, latest]. */
export type Box = { readonly from: readonly [number, number]; readonly to: readonly [number, number] };

/** Readings of the other clock are offset + rate × reading. */
type Line = { readonly rate: Ratio; readonly offset: Ratio };

/** The corners of the polygon: the lines that reach highest, and those that reach lowest, between two rates. */
export type Lines = {
  readonly rates: readonly [Ratio, Ratio];
  readonly highest: readonly Line[];
  readonly lowest: readonly Line[];
};

/** Rates to look among; `most` null for any rate above `least`. */
export type Rates = { readonly least: Ratio; readonly most: Ratio | null };
export const RISING: Rates = { least: ZERO, most: null };

/** Null where no line passes through every box; "unbounded" where the boxes leave the rate open. */
export function linesThrough(boxes: readonly Box[], rates: Rates = RISING): Lines | "unbounded" | null {
  // The offset of a line of a given rate is at most top(rate) and at least bottom(rate); both are made of straight pieces.
  const top = lowerEnvelope(boxes.map(({ from, to }) => ({ slope: -BigInt(from[0]), at: BigInt(to[1]) })));
  const bottom = lowerEnvelope(boxes.map(({ from, to }) => ({ slope: BigInt(from[1]), at: -BigInt(to[0]) })));
  const gap = (rate: Ratio) => add(valueAt(top, rate), valueAt(bottom, rate));
  const bends = [...bendsOf(top), ...bendsOf(bottom)].filter((rate) => within(rate, rates)).sort(compareRatios);
  const last = rates.most ?? add(bends.at(-1) ?? rates.least, ONE);
  const found = zeroes([rates.least, ...bends, last], gap, rates.most === null);
  if (found === null || found === "unbounded") return found;
  const between = [found[0], ...bends.filter((rate) => isBetween(rate, found)), found[1]];
  return {
    rates: found,
    highest: between.map((rate) => ({ rate, offset: valueAt(top, rate) })),
    lowest: between.map((rate) => ({ rate, offset: subtract(ZERO, valueAt(bottom, rate)) })),
  };
}

/** The latest that the other clock can read when this one reads `at`; rounded outward. */
export function latestAt(lines: Lines, at: number): bigint {
  return lines.highest.map((line) => ceilingOf(readingOf(line, at))).reduce((a, b) => (a > b ? a : b));
}

/** The earliest. */
export function earliestAt(lines: Lines, at: number): bigint {
  return lines.lowest.map((line) => floorOf(readingOf(line, at))).reduce((a, b) => (a < b ? a : b));
}

/** Not reduced: it is rounded at once. */
function readingOf({ rate, offset }: Line, at: number): Ratio {
  return { num: offset.num * rate.den + rate.num * offset.den * BigInt(at), den: offset.den * rate.den };
}

/** A straight piece: at + slope × rate. */
type Piece = { readonly slope: bigint; readonly at: bigint };

/** The pieces that are lowest somewhere, steepest first, which is the order in which they are lowest as the rate grows. */
function lowerEnvelope(pieces: readonly Piece[]): readonly Piece[] {
  const sorted = [...pieces].sort((a, b) => sign(b.slope - a.slope) || sign(a.at - b.at));
  const kept: Piece[] = [];
  for (const piece of sorted) {
    if (kept.at(-1)?.slope === piece.slope) continue;
    while (kept.length > 1 && hidden(kept.at(-2) as Piece, kept.at(-1) as Piece, piece)) kept.pop();
    kept.push(piece);
  }
  return kept;
}

/** True where `middle` is nowhere below both of its neighbours. */
function hidden(before: Piece, middle: Piece, after: Piece): boolean {
  return (
    (after.at - before.at) * (before.slope - middle.slope) <= (middle.at - before.at) * (before.slope - after.slope)
  );
}

function bendsOf(envelope: readonly Piece[]): readonly Ratio[] {
  return envelope.slice(1).map((piece, index) => {
    const before = envelope[index] as Piece;
    return ratio(piece.at - before.at, before.slope - piece.slope);
  });
}

function valueAt(envelope: readonly Piece[], rate: Ratio): Ratio {
  return envelope.map(({ slope, at }) => add(ratio(at), multiply(ratio(slope), rate))).reduce(lesser);
}

/** Where a concave function made of straight pieces is not negative, given the rates at which it may bend. */
function zeroes(
  rates: readonly Ratio[],
  gap: (rate: Ratio) => Ratio,
  open: boolean,
): readonly [Ratio, Ratio] | "unbounded" | null {
  const gaps = rates.map(gap);
  const first = gaps.findIndex(({ num }) => num >= 0n);
  const rise = open ? subtract(gaps.at(-1) as Ratio, gaps.at(-2) as Ratio) : ZERO;
  if (open && rise.num > 0n) return "unbounded";
  if (first < 0) return null;
  const last = gaps.findLastIndex(({ num }) => num >= 0n);
  const from = first === 0 ? (rates[0] as Ratio) : crossing(rates, gaps, first - 1);
  if (last < rates.length - 1) return [from, crossing(rates, gaps, last)];
  if (!open) return [from, rates[last] as Ratio];
  // Beyond the last bend the function is one straight piece, which must fall for the rates to end.
  if (rise.num === 0n) return "unbounded";
  return [from, subtract(rates[last] as Ratio, divide(gaps[last] as Ratio, rise))];
}

/** Where the straight piece between two neighbouring rates is 0. */
function crossing(rates: readonly Ratio[], gaps: readonly Ratio[], index: number): Ratio {
  const [r0, r1, g0, g1] = [rates[index], rates[index + 1], gaps[index], gaps[index + 1]] as [
    Ratio,
    Ratio,
    Ratio,
    Ratio,
  ];
  return subtract(r0, divide(multiply(g0, subtract(r1, r0)), subtract(g1, g0)));
}

function within(rate: Ratio, { least, most }: Rates): boolean {
  return compareRatios(rate, least) > 0 && (most === null || compareRatios(rate, most) < 0);
}

function isBetween(rate: Ratio, [from, to]: readonly [Ratio, Ratio]): boolean {
  return compareRatios(rate, from) > 0 && compareRatios(rate, to) < 0;
}

function sign(value: bigint): number {
  return value < 0n ? -1 : value > 0n ? 1 : 0;
}
