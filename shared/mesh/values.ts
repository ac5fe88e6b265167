// When two facts say the same: exact equality of their canonical bytes, or of their numbers within a declared tolerance.
import { compareBytes } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import type { CborValue, Encodable } from "../cbor/value.ts";
import { compareRatios, type Ratio, ratio, subtract } from "../ratio.ts";
import { asQuantity, asRatio } from "./translate.ts";

/** `tolerance` is the difference up to which two numbers, or two amounts of one unit, count as one. */
export function sameValue(a: CborValue, b: CborValue, tolerance: number): boolean {
  const [one, other] = [asQuantity(a), asQuantity(b)];
  if (one !== null && other !== null) return one.unit === other.unit && within(one.amount, other.amount, tolerance);
  const [first, second] = [asRatio(a), asRatio(b)];
  if (first !== null && second !== null) return within(first, second, tolerance);
  return compareBytes(encodeCanonical(a as Encodable), encodeCanonical(b as Encodable)) === 0;
}

function within(a: Ratio, b: Ratio, tolerance: number): boolean {
  const difference = subtract(a, b);
  const size = difference.num < 0n ? { ...difference, num: -difference.num } : difference;
  return compareRatios(size, ratio(tolerance)) <= 0;
}
