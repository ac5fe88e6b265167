// What the decoder passes is the one encoding of its value, and nothing that arrives makes it throw.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalBytes } from "../../../shared/bytes.ts";
import { decodeCanonical, decodeInPlace } from "../../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { isReadAlike } from "../../../shared/cbor/second-reading.ts";
import { REFUSALS } from "../../../shared/refusals.ts";
import { values } from "../../support/arbitrary.ts";
import { cbor2Decode, cborgDecode, comparable, encodable } from "../../support/oracles.ts";
import { fromHex } from "../../support/verdicts.ts";

/** Bytes that look like CBOR: heads of all kinds, mostly short, so that many of them are well-formed. */
const nearlyCbor = fc
  .array(fc.oneof(fc.constantFrom(0x00, 0x18, 0x20, 0x41, 0x61, 0x81, 0x82, 0xa1, 0xa2, 0xf6, 0x62), fc.nat(255)), {
    maxLength: 60,
  })
  .map((bytes) => Uint8Array.from(bytes));

describe("the decoder", () => {
  it("answers every byte string with a value or a listed code, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(nearlyCbor, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        const decoded = decodeCanonical(bytes);
        if (decoded.ok) expect(encodeCanonical(encodable(decoded.value))).toEqual(bytes);
        else expect(Object.keys(REFUSALS)).toContain(decoded.fault.code);
      }),
      { numRuns: 5_000 },
    );
  });

  it("passes nothing that another strict decoder reads as another value", () => {
    fc.assert(
      fc.property(nearlyCbor, (bytes) => {
        const decoded = decodeCanonical(bytes);
        if (!decoded.ok) return;
        expect(comparable(decoded.value)).toEqual(comparable(cborgDecode(bytes)));
        expect(comparable(decoded.value)).toEqual(comparable(cbor2Decode(bytes)));
        expect(isReadAlike(bytes)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it("reads every value of the profile as the packages do, whatever it has read before", () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encodeCanonical(encodable(value));
        const decoded = [decodeCanonical(bytes), decodeInPlace(bytes), decodeCanonical(bytes)];
        for (const each of decoded) expect(each).toEqual({ ok: true, value });
        expect(comparable(value)).toEqual(comparable(cborgDecode(bytes)));
        expect(isReadAlike(bytes)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps short texts apart that differ in one place, however many of them it has met", () => {
    const texts = Array.from({ length: 20_000 }, (_, index) => `lot-${index}`);
    for (const text of [...texts, ...texts]) {
      const decoded = decodeCanonical(encodeCanonical([text, new Map([[text, text]])]));
      expect(decoded.ok && decoded.value).toEqual([text, new Map([[text, text]])]);
    }
  });

  it("refuses every encoding with one bit flipped, or reads another value from it", () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encodeCanonical(encodable(value));
        for (let bit = 0; bit < 8 * Math.min(bytes.length, 64); bit++) {
          const flipped = bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
          const decoded = decodeCanonical(flipped);
          if (decoded.ok) expect(equalBytes(encodeCanonical(encodable(decoded.value)), bytes)).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("refuses every proper beginning of an encoding, and everything after its end", () => {
    fc.assert(
      fc.property(values, fc.uint8Array({ minLength: 1, maxLength: 4 }), (value, more) => {
        const bytes = encodeCanonical(encodable(value));
        for (let length = 0; length < Math.min(bytes.length, 80); length++)
          expect(decodeCanonical(bytes.slice(0, length))).toMatchObject({ fault: { code: "CBOR_TRUNCATED" } });
        expect(decodeCanonical(Uint8Array.of(...bytes, ...more))).toMatchObject({
          fault: { code: "CBOR_TRAILING", detail: { at: bytes.length } },
        });
      }),
      { numRuns: 200 },
    );
  });

  it("answers plain byte strings that share nothing with a Node Buffer it was given", () => {
    const bytes = Buffer.from(encodeCanonical([Uint8Array.of(1, 2, 3)]));
    const decoded = decodeCanonical(bytes);
    bytes.fill(0xff);
    expect(decoded).toEqual({ ok: true, value: [Uint8Array.of(1, 2, 3)] });
    expect(decoded.ok && (decoded.value as Uint8Array[])[0]?.constructor).toBe(Uint8Array);
  });

  it("leaves the array it is given as it was", () => {
    const bytes = encodeCanonical([1, "two"]);
    decodeCanonical(bytes);
    expect(Object.keys(bytes)).toEqual(["0", "1", "2", "3", "4", "5"]);
  });

  it("answers views of what it was given where they are asked for, and copies otherwise", () => {
    const bytes = encodeCanonical([Uint8Array.of(1, 2, 3)]);
    const [view, copy] = [decodeInPlace(bytes), decodeCanonical(bytes)];
    bytes.fill(0xff);
    expect(view).toEqual({ ok: true, value: [Uint8Array.of(0xff, 0xff, 0xff)] });
    expect(copy).toEqual({ ok: true, value: [Uint8Array.of(1, 2, 3)] });
  });
});

describe("the second reading", () => {
  it("says so where the bytes are not the one spelling of what the other decoder reads", () => {
    for (const hex of ["1817", "a201000101", "9fff"]) expect(isReadAlike(fromHex(hex)), hex).toBe(false);
  });
});
