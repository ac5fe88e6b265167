// Exact arithmetic for outcomes: integers and ratios only, rounded once, at the end, by a rule that the policy names.
import type { Ratio, Rounding, Threshold } from "../policy/policy.ts";
import { invariant } from "../result.ts";

/** The quotient of two integers as an integer; `denominator` is positive. */
export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  invariant(denominator > 0n, "a divisor is positive");
  const towardsZero = numerator / denominator;
  const rest = numerator % denominator;
  if (rest === 0n) return towardsZero;
  const below = numerator < 0n ? towardsZero - 1n : towardsZero;
  if (rounding === "floor") return below;
  if (rounding === "ceiling") return below + 1n;
  if (rounding === "towards-zero") return towardsZero;
  const twice = 2n * (numerator - below * denominator);
  if (twice !== denominator) return twice < denominator ? below : below + 1n;
  if (rounding === "half-up") return below + 1n;
  return below % 2n === 0n ? below : below + 1n;
}

/** The least common multiple of positive integers: the scale on which all their fractions are whole. */
export function leastCommonMultiple(numbers: Iterable<number>): bigint {
  let multiple = 1n;
  for (const number of new Set(numbers)) {
    let [a, b] = [multiple, BigInt(number)];
    while (b !== 0n) [a, b] = [b, a % b];
    multiple = (multiple / a) * BigInt(number);
  }
  return multiple;
}

/** floor(total × num / den), exactly, for totals of any size. */
export function share(total: number, { num, den }: Ratio): number {
  return Number((BigInt(total) * BigInt(num)) / BigInt(den));
}

/** The least sum that reaches a threshold: a count as it stands, or the share of a total, rounded up and at least one. */
export function needed(threshold: Threshold, total: number): number {
  if (typeof threshold === "number") return threshold;
  const { num, den } = threshold;
  return Math.max(1, Number((BigInt(total) * BigInt(num) + BigInt(den) - 1n) / BigInt(den)));
}

/** What CBOR can carry (SPEC §1.1): sums beyond it are not decided, rather than decided wrongly. */
export function fits(value: bigint): boolean {
  return value >= -(1n << 63n) && value < 1n << 64n;
}

/** A number where that is exact. */
export function plainInteger(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
