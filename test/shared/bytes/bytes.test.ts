// Byte strings: an order, and texts of which each byte string has exactly one.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareBytes,
  concatBytes,
  equalBytes,
  parseBase64,
  parseHex,
  splitBytes,
  toBase64,
  toHex,
} from "../../../shared/bytes.ts";
import { ID_BYTES, idText, sha256 } from "../../../shared/hash.ts";

const bytes = fc.uint8Array({ maxLength: 100 });
const sign = (order: number) => (order < 0 ? -1 : order > 0 ? 1 : 0);

describe("comparison", () => {
  it("is the order that Node gives buffers, and zero for equal bytes only", () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(equalBytes(a, Uint8Array.from(a))).toBe(true);
      }),
    );
  });

  it("puts a beginning before the whole", () => {
    expect(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0);
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBe(false);
    expect(compareBytes(Uint8Array.of(0x80), Uint8Array.of(0x7f))).toBeGreaterThan(0);
  });
});

describe("joining and cutting", () => {
  it("joins pieces to what Node joins them to, in new memory", () => {
    fc.assert(
      fc.property(fc.array(bytes), (pieces) => {
        const whole = concatBytes(...pieces);
        expect(toHex(whole)).toBe(Buffer.concat(pieces).toString("hex"));
        whole.fill(0xff);
        expect(pieces.every((piece) => piece.buffer !== whole.buffer)).toBe(true);
      }),
    );
  });

  it("cuts into pieces that join to the whole", () => {
    fc.assert(
      fc.property(fc.nat(20), fc.integer({ min: 1, max: 9 }), (count, size) => {
        const whole = Uint8Array.from({ length: count * size }, (_, at) => at);
        const pieces = splitBytes(whole, size);
        expect(pieces.map((piece) => piece.length)).toEqual(Array(count).fill(size));
        expect(concatBytes(...pieces)).toEqual(whole);
      }),
    );
  });
});

describe("hexadecimal", () => {
  it("is read back, and is what Node writes", () => {
    fc.assert(
      fc.property(bytes, (some) => {
        expect(toHex(some)).toBe(Buffer.from(some).toString("hex"));
        expect(parseHex(toHex(some))).toEqual(some);
      }),
    );
  });

  it("has one spelling for one byte string: what is read is written the same", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0189abcdefABCDEF gx") }), (text) => {
        const parsed = parseHex(text);
        if (parsed !== null) expect(toHex(parsed)).toBe(text);
        else expect(text).not.toMatch(/^(?:[0-9a-f]{2})*$/);
      }),
    );
  });

  it.each(["0", "000", "0A", "AB", "0g", " 00", "00 ", "0x00", "-1", "00\n", "٠٠", "0\u0000"])("refuses %j", (text) => {
    expect(parseHex(text)).toBeNull();
  });
});

describe("base64", () => {
  it("is read back, and is what Node writes", () => {
    fc.assert(
      fc.property(bytes, (some) => {
        expect(toBase64(some)).toBe(Buffer.from(some).toString("base64"));
        expect(parseBase64(toBase64(some))).toEqual(some);
      }),
    );
  });

  it("has one spelling for one byte string: what is read is written the same", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."AQgwBCZabz019+/=-_ \n"), maxLength: 12 }), (text) => {
        const parsed = parseBase64(text);
        if (parsed !== null) expect(toBase64(parsed)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["no padding", "AA"],
    ["padding of three", "A==="],
    ["padding alone", "===="],
    ["padding in the middle", "AA==AAAA"],
    ["bits behind the last byte, of two", "AB=="],
    ["bits behind the last byte, of four", "AAB="],
    ["the URL alphabet", "-_-_"],
    ["a blank", "AAA A"],
    ["a line break at the end", "AAAA\n"],
    ["a line break inside", "AAAA\nAAAA"],
    ["a length of five", "AAAAA"],
    ["a character outside ASCII", "AAÄA"],
  ])("refuses %s", (_name, text) => {
    expect(parseBase64(text)).toBeNull();
  });

  it("reads nothing as nothing", () => {
    expect(parseBase64("")).toEqual(new Uint8Array());
  });
});

describe("SHA-256", () => {
  it("is Node's, at every length about the ends of its blocks, and keeps nothing of what was hashed before", () => {
    const long = Uint8Array.from({ length: 1_100 }, (_, at) => 255 - (at % 251));
    for (let length = long.length; length >= 0; length--) {
      const message = long.subarray(long.length - length);
      expect(toHex(sha256(message)), `${length} bytes`).toBe(createHash("sha256").update(message).digest("hex"));
    }
  });
});

describe("ids as text", () => {
  // All begin alike, so that each takes the place of the one before.
  const idEndingIn = (last: number) => Uint8Array.from({ length: ID_BYTES }, (_, at) => (at < 31 ? 7 : last));

  it("are spelt as their bytes, from any offset, whatever was spelt before", () => {
    const two = concatBytes(idEndingIn(1), Uint8Array.of(9), idEndingIn(2));
    for (const [from, last] of [
      [0, 1],
      [33, 2],
      [33, 2],
      [0, 1],
    ] as const)
      expect(idText(two, from)).toBe(toHex(idEndingIn(last)));
  });

  it("are not what a shorter one has left behind", () => {
    for (const short of [idEndingIn(5).subarray(0, 31), new Uint8Array(31), idEndingIn(5).subarray(0, 2)]) {
      expect(idText(idEndingIn(5))).toBe(toHex(idEndingIn(5)));
      expect(idText(short)).toBe(toHex(short));
      expect(idText(idEndingIn(5))).toBe(toHex(idEndingIn(5)));
    }
    expect(idText(new Uint8Array(ID_BYTES))).toBe("00".repeat(ID_BYTES));
  });
});
