// Exact geometry on whole millimetres (SPEC §16.2). Everything is a bigint: products of geocentric coordinates pass 53 bits, and a
// rounded square would put a party on the wrong side of a limit at one engine only. Lengths are compared squared.
import type { Vector } from "./place.ts";

export type Big = readonly [bigint, bigint, bigint];

/** An exact fraction; the denominator is positive. */
export type Fraction = { readonly num: bigint; readonly den: bigint };

export function big([x, y, z]: Vector): Big {
  return [BigInt(x), BigInt(y), BigInt(z)];
}

export function minus(a: Big, b: Big): Big {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function dot(a: Big, b: Big): bigint {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Big, b: Big): Big {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function squaredDistance(a: Vector, b: Vector): bigint {
  const apart = minus(big(a), big(b));
  return dot(apart, apart);
}

/** Whether a distance, known squared and give or take `slack`, lies within `limit`; the limit itself is within. */
export type Reach = "within" | "beyond" | "straddles";

export function reach(squared: bigint, slack: number, limit: number): Reach {
  const [most, error] = [BigInt(limit), BigInt(slack)];
  if (most >= error && squared <= (most - error) * (most - error)) return "within";
  return squared > (most + error) * (most + error) ? "beyond" : "straddles";
}

/** Compares a fraction with the square of a whole number. */
export function compareToSquare({ num, den }: Fraction, root: number): -1 | 0 | 1 {
  const other = BigInt(root) * BigInt(root) * den;
  return num < other ? -1 : num > other ? 1 : 0;
}

/** The whole part of a square root: for showing distances to people, never for deciding. */
export function wholeRoot(square: bigint): bigint {
  if (square < 2n) return square;
  let guess = 1n << BigInt((square.toString(2).length + 1) >> 1);
  for (let next = (guess + square / guess) >> 1n; next < guess; next = (guess + square / guess) >> 1n) guess = next;
  return guess;
}
