// The encoder against two packages that nobody here wrote, and at every boundary of the profile.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../../shared/bytes.ts";
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { encodeCanonical, encodedLength } from "../../../shared/cbor/encode.ts";
import type { Encodable } from "../../../shared/cbor/value.ts";
import { asDecoded, BOUNDARIES, values } from "../../support/arbitrary.ts";
import { cbor2Encode, cborgEncode, encodable } from "../../support/oracles.ts";

const RUNS = { numRuns: 1_000 };
const hexOf = (value: Encodable) => toHex(encodeCanonical(value));

describe("the encoder", () => {
  it("writes the bytes that cborg writes under its RFC 8949 rules", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(hexOf(encodable(value))).toBe(toHex(cborgEncode(value)));
      }),
      RUNS,
    );
  });

  it("writes the bytes that cbor2 writes under its CDE rules", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(hexOf(encodable(value))).toBe(toHex(cbor2Encode(value)));
      }),
      RUNS,
    );
  });

  it("tells the length of every encoding without writing it", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(encodedLength(value)).toBe(encodeCanonical(encodable(value)).length);
      }),
      RUNS,
    );
    for (const edge of BOUNDARIES.map(asDecoded)) expect(encodedLength(edge)).toBe(encodeCanonical(edge).length);
    for (const length of [23, 24, 255, 256, 65_535, 65_536]) {
      for (const value of [new Uint8Array(length), "a".repeat(length), Array(length).fill(0)])
        expect(encodedLength(value)).toBe(encodeCanonical(value).length);
    }
  });

  it("is undone by the decoder", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(decodeCanonical(encodeCanonical(encodable(value)))).toEqual({ ok: true, value });
      }),
      RUNS,
    );
  });

  it("gives one map the same bytes in whatever order its entries were set", () => {
    const entries = fc.uniqueArray(fc.tuple(fc.oneof(fc.string(), fc.nat(255)), fc.nat()), {
      selector: ([key]) => key,
      comparator: "SameValueZero",
    });
    const shuffled = entries.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(hexOf(new Map(list))).toBe(hexOf(new Map(other)));
      }),
      RUNS,
    );
  });

  it("takes a plain object for the map of the same entries", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer(), { noNullPrototype: true }), (object) => {
        expect(hexOf(object)).toBe(hexOf(new Map(Object.entries(object))));
      }),
      RUNS,
    );
  });

  it.each([...new Set(BOUNDARIES)])("writes %d alike as number and as bigint, and reads it back", (wide) => {
    const value = asDecoded(wide);
    expect(hexOf(value)).toBe(hexOf(wide));
    expect(hexOf(wide)).toBe(toHex(cborgEncode(wide)));
    expect(decodeCanonical(encodeCanonical(wide))).toEqual({ ok: true, value });
  });

  it("knows no negative zero", () => {
    expect(hexOf(-0)).toBe("00");
  });
});

describe("what only a bug can hand to the encoder", () => {
  const OUTSIDE: readonly (readonly [string, unknown])[] = [
    ["a fraction", 1.5],
    ["not a number", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
    ["a number beyond the exact ones", 2 ** 53],
    ["an integer of 65 bits", 1n << 64n],
    ["a negative integer of 65 bits", -(1n << 63n) - 1n],
    ["text with a lone surrogate", "\ud800"],
    ["text after a byte order mark", "\ufefftext"],
    ["undefined", undefined],
    ["undefined inside a list", [1, undefined]],
    ["undefined inside an object", { field: undefined }],
    ["a key with a fraction", new Map([[1.5, 0]])],
    ["a negative key", new Map([[-1, 0]])],
    ["a key beyond the small ones", new Map([[256, 0]])],
  ];

  it.each(OUTSIDE)("throws on %s", (_name, value) => {
    expect(() => encodeCanonical(value as Encodable)).toThrow();
  });
});
