// JSON is a view: what people write becomes a value of the profile or is refused by path, and nothing ever signs JSON.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { fromJson, toJson } from "../../../shared/cbor/json.ts";
import { CBOR_DEPTH_MAX } from "../../../shared/limits.ts";
import { values } from "../../support/arbitrary.ts";
import { encodable } from "../../support/oracles.ts";

const nested = (depth: number) => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`) as unknown;

describe("JSON as people write it", () => {
  it("becomes a value whose view is the same JSON", () => {
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.maxSafeInteger(),
        fc.string({ unit: "grapheme" }).filter((text) => !text.startsWith("\ufeff")),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("value")),
        fc.dictionary(fc.string({ unit: "grapheme-ascii" }), tie("value"), { noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(json, (value) => {
        const read = fromJson(value);
        if (read.ok) expect(JSON.parse(JSON.stringify(toJson(read.value)))).toEqual(JSON.parse(JSON.stringify(value)));
        else expect(read.fault.code).toBe("FIELD_INVALID");
      }),
    );
  });

  it("reads every value that JSON.parse can make, or refuses it, and never throws", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20 }), (text) => {
        const read = fromJson(JSON.parse(text));
        if (read.ok) expect(decodeCanonical(encodeCanonical(encodable(read.value))).ok).toBe(true);
        else expect(read.fault.code).toBe("FIELD_INVALID");
      }),
    );
  });

  it.each([
    ["a fraction", { a: { b: [0, 1.5] } }, "a.b[1]"],
    ["a number beyond the exact ones", { a: 2 ** 53 }, "a"],
    ["a lone surrogate", ["\ud800"], "[0]"],
    ["text behind a byte order mark", { a: "\ufeffb" }, "a"],
    ["a name that is not well-formed", { a: { "\udc00": 1 } }, "a"],
    ["undefined, which JSON cannot say", { a: undefined }, "a"],
    ["a function, which JSON cannot say", { a: () => 1 }, "a"],
    ["a bigint, which JSON cannot say", { a: 1n }, "a"],
  ])("refuses %s by path", (_name, value, path) => {
    expect(fromJson(value)).toMatchObject({ ok: false, fault: { code: "FIELD_INVALID", detail: { path } } });
  });

  it("reads a negative zero as zero", () => {
    expect(fromJson(JSON.parse("[-0]"))).toEqual({ ok: true, value: [0] });
  });

  it("keeps names that objects treat in a way of their own", () => {
    const read = fromJson(JSON.parse('{"__proto__":{"a":1},"constructor":2}'));
    expect(read).toEqual({
      ok: true,
      value: new Map<string, unknown>([
        ["__proto__", new Map([["a", 1]])],
        ["constructor", 2],
      ]),
    });
    expect(read.ok && JSON.stringify(toJson(read.value))).toBe('{"__proto__":{"a":1},"constructor":2}');
  });

  it("reads nesting up to the limit of the profile, and refuses more before it exhausts the stack", () => {
    expect(fromJson(nested(CBOR_DEPTH_MAX)).ok).toBe(true);
    for (const depth of [CBOR_DEPTH_MAX + 1, 100_000])
      expect(fromJson(nested(depth))).toMatchObject({ ok: false, fault: { code: "FIELD_INVALID" } });
  });
});

describe("a value as people see it", () => {
  it("shows byte strings as hexadecimal and integers beyond the exact ones as text", () => {
    const value = new Map<string | number, Uint8Array | bigint>([
      ["hash", Uint8Array.of(0, 255)],
      [7, 2n ** 63n],
    ]);
    expect(toJson(value)).toEqual({ hash: "00ff", "7": "9223372036854775808" });
  });

  it("can be shown whatever it is", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(typeof JSON.stringify(toJson(value))).toBe("string");
      }),
    );
  });
});
