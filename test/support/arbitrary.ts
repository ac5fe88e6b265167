// Arbitrary values of the CBOR profile for properties: every type, with the places where an encoding changes its length drawn often.
import fc from "fast-check";
import type { CborValue } from "../../shared/cbor/value.ts";
import { CBOR_UINT_KEY_MAX } from "../../shared/limits.ts";

const INT64_LOWEST = -(1n << 63n);
const UINT64_HIGHEST = (1n << 64n) - 1n;

/** Around every place where the head of an integer grows, where JavaScript's numbers end, and at both ends of the profile. */
export const BOUNDARIES: readonly bigint[] = [
  INT64_LOWEST,
  UINT64_HIGHEST,
  ...[0n, 24n, 1n << 8n, 1n << 16n, 1n << 31n, 1n << 32n, 1n << 53n, 1n << 63n].flatMap((edge) =>
    [-edge - 2n, -edge - 1n, -edge, -edge + 1n, edge - 1n, edge, edge + 1n].filter(
      (near) => near >= INT64_LOWEST && near <= UINT64_HIGHEST,
    ),
  ),
];

/** As the decoder answers it: a number where that is exact, a bigint beyond. */
export function asDecoded(wide: bigint): number | bigint {
  const narrow = Number(wide);
  return Number.isSafeInteger(narrow) ? narrow : wide;
}

export const integers: fc.Arbitrary<number | bigint> = fc
  .oneof(fc.constantFrom(...BOUNDARIES), fc.bigInt({ min: INT64_LOWEST, max: UINT64_HIGHEST }), fc.bigInt(-300n, 300n))
  .map(asDecoded);

/** Text that is well-formed and does not begin with a byte order mark, long ones included. */
export const texts: fc.Arbitrary<string> = fc
  .oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.string({ unit: "grapheme", minLength: 20, maxLength: 300 }))
  .filter((text) => text.isWellFormed() && !text.startsWith("\ufeff"));

export const byteStrings: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 300 });

/** Names that common decoders and objects treat in a way of their own. */
const AWKWARD = ["__proto__", "constructor", "toString", "length", "0", "1", "", "a".repeat(24)];
const keys: fc.Arbitrary<string | number> = fc.oneof(
  texts,
  fc.constantFrom(...AWKWARD),
  fc.integer({ min: 0, max: CBOR_UINT_KEY_MAX }),
);

export const values: fc.Arbitrary<CborValue> = fc
  .letrec<{ value: CborValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      integers,
      texts,
      byteStrings,
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 30 }),
      fc.array(fc.tuple(keys, tie("value")), { maxLength: 30 }).map((entries) => new Map(entries)),
    ),
  }))
  .value.filter((value) => depthOf(value) <= 16);

function depthOf(value: CborValue): number {
  if (Array.isArray(value)) return 1 + Math.max(0, ...(value as readonly CborValue[]).map(depthOf));
  return value instanceof Map ? 1 + Math.max(0, ...[...value.values()].map(depthOf)) : 0;
}
