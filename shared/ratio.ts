// Exact rationals on bigints: what units, clock rates and shares are computed in, since decisions use no floats.
import { invariant } from "./result.ts";

/** Reduced, with a positive denominator: one number has one form. */
export type Ratio = { readonly num: bigint; readonly den: bigint };

export const ZERO: Ratio = { num: 0n, den: 1n };
export const ONE: Ratio = { num: 1n, den: 1n };

/** num / den, reduced; throws where den is 0. */
export function ratio(num: bigint | number, den: bigint | number = 1n): Ratio {
  const above = BigInt(num);
  const below = BigInt(den);
  invariant(below !== 0n, "a ratio's denominator is not 0");
  const divisor = greatestCommonDivisor(above, below);
  const sign = below < 0n ? -1n : 1n;
  return { num: (sign * above) / divisor, den: (sign * below) / divisor };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [high, low] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (low !== 0n) [high, low] = [low, high % low];
  return high;
}

export function add(a: Ratio, b: Ratio): Ratio {
  return ratio(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function subtract(a: Ratio, b: Ratio): Ratio {
  return ratio(a.num * b.den - b.num * a.den, a.den * b.den);
}

export function multiply(a: Ratio, b: Ratio): Ratio {
  return ratio(a.num * b.num, a.den * b.den);
}

export function divide(a: Ratio, b: Ratio): Ratio {
  return ratio(a.num * b.den, a.den * b.num);
}

/** Below 0, 0 or above 0 as a is less than, equal to or greater than b. */
export function compareRatios(a: Ratio, b: Ratio): number {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function lesser(a: Ratio, b: Ratio): Ratio {
  return compareRatios(a, b) <= 0 ? a : b;
}

export function greater(a: Ratio, b: Ratio): Ratio {
  return compareRatios(a, b) >= 0 ? a : b;
}

/** The largest integer that is not above it. */
export function floorOf({ num, den }: Ratio): bigint {
  const quotient = num / den;
  return num < 0n && num % den !== 0n ? quotient - 1n : quotient;
}

/** The smallest integer that is not below it. */
export function ceilingOf({ num, den }: Ratio): bigint {
  return -floorOf({ num: -num, den });
}
