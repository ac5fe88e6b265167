// Blocks: what is packed comes out again, whatever it is; and what no packer made is refused, never guessed at or written past its end.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../shared/bytes.ts";
import { pack, unpack } from "../../shared/lz4.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const text = (value: string) => new TextEncoder().encode(value);
/** Bytes that repeat themselves, at any distance. */
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 60 })), { maxLength: 12 })
  .map((parts) => concatBytes(...parts.flatMap(([part, times]) => Array.from({ length: times }, () => part))));

describe("an LZ4 block", () => {
  it("unpacks to what was packed, and to nothing else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), repetitive), (input) => {
        const block = pack(input);
        expect(unpack(block, input.length)).toEqual(input);
        expect(unpack(block, input.length + 1)).toBeNull();
        if (input.length > 0) expect(unpack(block, input.length - 1)).toBeNull();
        if (block.length > 1) expect(unpack(block.subarray(0, block.length - 1), input.length)).toBeNull();
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("is small where its bytes repeat, and never much larger", () => {
    expect(pack(text("the same again. ".repeat(100))).length).toBeLessThan(50);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (input) => {
        expect(pack(input).length).toBeLessThanOrEqual(input.length + Math.ceil(input.length / 255) + 16);
      }),
      { numRuns: 50, seed: 2 },
    );
  });

  it.each([
    ["nothing at all", bytes(), 0],
    ["a match before the beginning", bytes(0x10, 7, 2, 0, 0x00), 5],
    ["a match at no distance", bytes(0x10, 7, 0, 0, 0x00), 5],
    ["literals that are not there", bytes(0x50, 1, 2), 5],
    ["a length without an end", bytes(0xf0, 255, 255), 600],
    ["half an offset", bytes(0x10, 7, 1), 5],
    ["a match behind the last literals", bytes(0x11, 7), 1],
  ])("is refused where it holds %s", (_, block, size) => {
    expect(unpack(block, size)).toBeNull();
  });

  it("copies matches that overlap themselves", () => {
    // One literal, a match of 8 at distance 1, and five literals.
    expect(unpack(bytes(0x14, 97, 1, 0, 0x50, 98, 98, 98, 98, 98), 14)).toEqual(text("aaaaaaaaabbbbb"));
  });
});
