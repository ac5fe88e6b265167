// What is read straight from the bytes is what they decode to, and whatever is wrong with them is left for their decoding to say.
import { readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeInPlace } from "../../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { integer, list, nullable, type Reader, readAs, readDirect, record, text } from "../../../shared/cbor/read.ts";
import type { Encodable } from "../../../shared/cbor/value.ts";
import { parseSign1 } from "../../../shared/cose/sign1.ts";
import { parseBundle } from "../../../shared/evidence/bundle.ts";
import { CBOR_DEPTH_MAX, CBOR_ITEMS_MAX } from "../../../shared/limits.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import { readId } from "../../../shared/observation/id-list.ts";
import { isKind } from "../../../shared/observation/observation.ts";
import { readWire } from "../../../shared/observation/wire.ts";

const folder = new URL("../../fixtures/", import.meta.url);

/** Payloads of every kind of statement, those in batches too. */
const payloads = readdirSync(folder)
  .filter((name) => name.endsWith("ed.json"))
  .flatMap((name) => {
    const bundle = parseBundle(readFileSync(new URL(name, folder)));
    return bundle.ok ? bundle.value.frames.map(({ frame }) => frame) : [];
  })
  .flatMap((frame) => {
    const parsed = parseObservation(frame);
    if (!parsed.ok) throw new Error(parsed.fault.code);
    const { observation } = parsed.value;
    return isKind(observation, "batch") ? [frame, ...observation.body.members.map((member) => member.frame)] : [frame];
  })
  .flatMap((frame) => {
    const sign1 = parseSign1(frame);
    return sign1.ok ? [sign1.value.payload] : [];
  });

/** What its decoding makes of the same bytes; null where it refuses them. */
function inTwoSteps<T>(bytes: Uint8Array, reader: Reader<T>): T | null {
  const decoded = decodeInPlace(bytes);
  const read = decoded.ok ? readAs(decoded.value, reader) : decoded;
  return read.ok ? read.value : null;
}

function agree<T>(bytes: Uint8Array, reader: Reader<T>): boolean {
  const direct = readDirect(bytes, reader);
  return direct === null || isDeepStrictEqual(direct, inTwoSteps(bytes, reader));
}

describe("the fields of a statement", () => {
  it("are read directly, of nearly all that parties said, and alike", () => {
    const direct = payloads.filter((payload) => readDirect(payload, readWire) !== null);
    expect(payloads.length).toBeGreaterThan(300);
    expect(direct.length / payloads.length).toBeGreaterThan(0.9);
    expect(direct.filter((payload) => !agree(payload, readWire))).toEqual([]);
  });

  it("are never read directly where their decoding refuses them, whatever was altered", () => {
    const alter = fc.record({
      which: fc.nat(payloads.length - 1),
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      how: fc.constantFrom("set", "insert", "remove", "swap"),
      byte: fc.oneof(fc.nat(255), fc.constantFrom(0x18, 0x19, 0x60, 0x78, 0x80, 0xa0, 0xf6, 0xf7, 0xff)),
    });
    let refused = 0;
    fc.assert(
      fc.property(alter, ({ which, at, how, byte }) => {
        const bytes = [...(payloads[which] as Uint8Array)];
        const place = Math.floor(at * bytes.length);
        if (how === "set") bytes[place] = byte;
        else if (how === "insert") bytes.splice(place, 0, byte);
        else if (how === "remove") bytes.splice(place, 1);
        else bytes.splice(place, 2, ...bytes.slice(place, place + 2).reverse());
        const altered = Uint8Array.from(bytes);
        if (inTwoSteps(altered, readWire) === null) refused += 1;
        expect(agree(altered, readWire)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});

describe("readers of bytes", () => {
  const inner = record<{ a: number; bb: string | null }>({ a: integer(-5, 1_000), bb: nullable(text(3)) });
  const outer = record<{ id: string; some: readonly { a: number; bb: string | null }[]; z: number }>({
    z: integer(0, Number.MAX_SAFE_INTEGER),
    id: readId,
    some: list(inner, 2),
  });
  const number = fc.oneof(fc.integer({ min: -7, max: 1_002 }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }));
  const anyItem = fc.oneof(number, fc.string({ maxLength: 4 }), fc.constant(null), fc.boolean());
  const one = fc.record(
    { a: fc.oneof({ weight: 5, arbitrary: number }, anyItem), bb: anyItem, c: anyItem },
    { requiredKeys: [] },
  );
  const whole = fc.record(
    {
      id: fc.oneof(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array({ maxLength: 33 })),
      some: fc.array(fc.oneof({ weight: 3, arbitrary: fc.record({ a: fc.nat(9), bb: fc.constant("x") }) }, one), {
        maxLength: 3,
      }),
      z: fc.oneof(fc.nat(), number),
    },
    { requiredKeys: ["id", "some"] },
  );

  it("read what the two steps read, and nothing else", () => {
    let read = 0;
    fc.assert(
      fc.property(whole, (value) => {
        const bytes = encodeCanonical(value as Encodable);
        const direct = readDirect(bytes, outer);
        if (direct !== null) read += 1;
        expect(direct).toStrictEqual(inTwoSteps(bytes, outer));
      }),
      { numRuns: 2_000 },
    );
    expect(read).toBeGreaterThan(50);
  });

  it("count items, and how deep they stand, as decoding does", () => {
    const many = list(list(integer(0, 9), 100_000), 100_000);
    for (const length of [CBOR_ITEMS_MAX - 3, CBOR_ITEMS_MAX - 2, CBOR_ITEMS_MAX - 1, CBOR_ITEMS_MAX]) {
      const bytes = encodeCanonical([Array.from({ length }, () => 1)]);
      expect(readDirect(bytes, many) === null, `${length} items`).toBe(inTwoSteps(bytes, many) === null);
    }
    for (const odd of [0, 1]) {
      let reader: Reader<unknown> = integer(0, 9);
      let value: Encodable = 1;
      for (let depth = 1; depth <= 2 * CBOR_DEPTH_MAX; depth++) {
        const isList = depth % 2 === odd;
        reader = isList ? list(reader, 1) : record<{ a: unknown }>({ a: reader });
        value = isList ? [value] : { a: value };
        const bytes = encodeCanonical(value);
        expect(readDirect(bytes, reader) === null, `${depth} deep`).toBe(inTwoSteps(bytes, reader) === null);
      }
    }
  });
});
