// Every code of the profile by the smallest bytes that earn it, with the offset of the offence; and bounds on what it costs.
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../../shared/bytes.ts";
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { CBOR_DEPTH_MAX, CBOR_ITEMS_MAX } from "../../../shared/limits.ts";
import { REFUSALS, type RefusalCode } from "../../../shared/refusals.ts";
import { fromHex } from "../../support/verdicts.ts";

const REFUSED: readonly (readonly [string, RefusalCode, number, string])[] = [
  ["nothing", "CBOR_TRUNCATED", 0, ""],
  ["a head without its argument", "CBOR_TRUNCATED", 0, "19ff"],
  ["text shorter than announced", "CBOR_TRUNCATED", 1, "6261"],
  ["a list with an item too few", "CBOR_TRUNCATED", 0, "8201"],
  ["a length of 2^64 - 1", "CBOR_TRUNCATED", 9, "5bffffffffffffffff00"],
  ["a list of 2^64 - 1 items", "CBOR_TRUNCATED", 0, "9bffffffffffffffff00"],
  ["a map of 2^63 entries", "CBOR_TRUNCATED", 0, "bb800000000000000000"],
  ["a second item", "CBOR_TRAILING", 1, "0000"],
  ["23 in two bytes", "CBOR_NOT_SHORTEST", 0, "1817"],
  ["255 in three bytes", "CBOR_NOT_SHORTEST", 0, "1900ff"],
  ["65,535 in five bytes", "CBOR_NOT_SHORTEST", 0, "1a0000ffff"],
  ["2^32 - 1 in nine bytes", "CBOR_NOT_SHORTEST", 0, "1b00000000ffffffff"],
  ["-24 in two bytes", "CBOR_NOT_SHORTEST", 0, "3817"],
  ["the length of a text in two bytes", "CBOR_NOT_SHORTEST", 0, "780161"],
  ["the length of a list in two bytes", "CBOR_NOT_SHORTEST", 1, "81980100"],
  ["the length of a map in two bytes", "CBOR_NOT_SHORTEST", 0, "b8010000"],
  ["a map key in two bytes", "CBOR_NOT_SHORTEST", 1, "a1180100"],
  ["a list of indefinite length", "CBOR_INDEFINITE", 0, "9fff"],
  ["text in pieces", "CBOR_INDEFINITE", 0, "7f6161ff"],
  ["a map of indefinite length, empty", "CBOR_INDEFINITE", 0, "bfff"],
  ["a stray break", "CBOR_INDEFINITE", 1, "81ff"],
  ["additional value 28", "CBOR_RESERVED", 0, "1c"],
  ["simple value head 30", "CBOR_RESERVED", 0, "fe"],
  ["a date", "CBOR_TAG", 0, "c11a514b67b0"],
  ["a big number of small value", "CBOR_TAG", 0, "c24101"],
  ["COSE's own tag", "CBOR_TAG", 0, "d280"],
  ["a half-precision zero", "CBOR_FLOAT", 0, "f90000"],
  ["a negative zero", "CBOR_FLOAT", 0, "f98000"],
  ["a double", "CBOR_FLOAT", 1, "81fb3ff199999999999a"],
  ["undefined", "CBOR_SIMPLE", 0, "f7"],
  ["simple value 16", "CBOR_SIMPLE", 0, "f0"],
  ["false in two bytes", "CBOR_SIMPLE", 0, "f814"],
  ["a negative key", "CBOR_KEY_TYPE", 1, "a12000"],
  ["a byte string as key", "CBOR_KEY_TYPE", 1, "a1416100"],
  ["a list as key", "CBOR_KEY_TYPE", 1, "a18000"],
  ["null as key", "CBOR_KEY_TYPE", 1, "a1f600"],
  ["256 as key", "CBOR_KEY_TYPE", 1, "a119010000"],
  ["keys in the older, length-first order", "CBOR_KEY_ORDER", 4, "a2616100182000"],
  ["text keys out of order", "CBOR_KEY_ORDER", 4, "a2616200616100"],
  ["a text key twice", "CBOR_DUPLICATE_KEY", 4, "a2616100616101"],
  ["an integer key twice", "CBOR_DUPLICATE_KEY", 3, "a201000101"],
  ["a key twice in an inner map", "CBOR_DUPLICATE_KEY", 4, "81a201000101"],
  ["a lone continuation byte", "CBOR_UTF8", 1, "6180"],
  ["an overlong slash", "CBOR_UTF8", 1, "62c0af"],
  ["a surrogate in UTF-8", "CBOR_UTF8", 1, "63eda080"],
  ["a code point above 10FFFF", "CBOR_UTF8", 1, "64f4908080"],
  ["a key that is not UTF-8", "CBOR_UTF8", 2, "a1618000"],
  ["text behind a byte order mark", "CBOR_BYTE_ORDER_MARK", 1, "66efbbbf424f4d"],
  ["a key behind a byte order mark", "CBOR_BYTE_ORDER_MARK", 2, "a163efbbbf00"],
  ["-2^63 - 1", "CBOR_INTEGER_RANGE", 0, "3b8000000000000000"],
];

describe("the profile", () => {
  it.each(REFUSED)("refuses %s with %s at byte %i", (_name, code, at, hex) => {
    expect(decodeCanonical(fromHex(hex))).toEqual({ ok: false, fault: { code, detail: { at } } });
  });

  it("has a row for every code of its own", () => {
    const tested = new Set<string>([...REFUSED.map(([, code]) => code), "CBOR_TOO_DEEP", "CBOR_TOO_MANY_ITEMS"]);
    expect(Object.keys(REFUSALS).filter((code) => code.startsWith("CBOR_") && !tested.has(code))).toEqual([]);
  });

  it.each([
    ["a mark inside a text", "6461efbbbf"],
    ["a text of two bytes of the mark's three", "62c3af"],
    ["an empty text", "60"],
    ["text that is not normalised", "6465cc8161"],
    ["the same number as text and as integer key", "a201006131f5"],
    ["-2^63", "3b7fffffffffffffff"],
    ["2^64 - 1", "1bffffffffffffffff"],
  ])("passes %s", (_name, hex) => {
    expect(decodeCanonical(fromHex(hex)).ok).toBe(true);
  });

  it("passes nesting up to the limit and refuses one more, whatever nests", () => {
    const nested = (depth: number, head: number[]) => Uint8Array.from([...Array(depth).fill(head).flat(), 0]);
    for (const head of [[0x81], [0xa1, 0x00]]) {
      expect(decodeCanonical(nested(CBOR_DEPTH_MAX, head)).ok).toBe(true);
      expect(decodeCanonical(nested(CBOR_DEPTH_MAX + 1, head))).toEqual({
        ok: false,
        fault: { code: "CBOR_TOO_DEEP", detail: { at: CBOR_DEPTH_MAX * head.length } },
      });
      expect(decodeCanonical(nested(60_000, head))).toMatchObject({ fault: { code: "CBOR_TOO_DEEP" } });
    }
  });

  it("passes items up to the limit and refuses one more, keys included", () => {
    const list = (items: number) => encodeCanonical(Array(items).fill(0));
    expect(decodeCanonical(list(CBOR_ITEMS_MAX - 1)).ok).toBe(true);
    expect(decodeCanonical(list(CBOR_ITEMS_MAX))).toMatchObject({ fault: { code: "CBOR_TOO_MANY_ITEMS" } });
    const map = (entries: number) =>
      encodeCanonical(new Map(Array.from({ length: entries }, (_, index) => [String(index), 0])));
    expect(decodeCanonical(map(CBOR_ITEMS_MAX / 2 - 1)).ok).toBe(true);
    expect(decodeCanonical(map(CBOR_ITEMS_MAX / 2))).toMatchObject({ fault: { code: "CBOR_TOO_MANY_ITEMS" } });
  });

  it("stops at the first offence, however much follows it", () => {
    const bytes = concatBytes(fromHex("82f7"), new Uint8Array(1_000_000).fill(0xff));
    expect(decodeCanonical(bytes)).toEqual({ ok: false, fault: { code: "CBOR_SIMPLE", detail: { at: 1 } } });
  });
});
