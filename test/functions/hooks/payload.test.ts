// Text of a payload that people with few rights wrote: it is read where a source maps it, cut as people count, and shown on one line.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { carriedText, parsePayload, textAt } from "../../../functions/hooks/payload.ts";
import { fromJson } from "../../../shared/cbor/json.ts";
import { utf8 } from "./senders.ts";

describe("a payload", () => {
  it("is any JSON object, whatever stands in the fields that nobody reads", () => {
    const odd = [
      '{"a":"\\ud83d"}',
      '{"a":"\\ufeffFix"}',
      `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
      '{"a":1e999}',
    ];
    for (const text of odd) expect(parsePayload(utf8(text)).ok).toBe(true);
    for (const text of ["", "[]", "null", "7", "payload=%7B%7D", "{", '{"a":1}x'])
      expect(parsePayload(utf8(text))).toMatchObject({ ok: false, fault: { code: "BODY_INVALID" } });
    expect(parsePayload(Uint8Array.of(0x7b, 0xff, 0x7d)).ok).toBe(false);
  });

  it("is read by its own fields only", () => {
    const payload = JSON.parse('{"a":{"b":"c","n":1,"l":["x"],"e":""},"__proto__":{"z":"y"}}');
    expect(textAt(payload, ["a", "b"])).toBe("c");
    for (const path of ["a", "a.n", "a.l", "a.l.0", "a.e", "a.b.length", "z", "constructor.name", "a.b.c"])
      expect(textAt(payload, path.split("."))).toBeNull();
    expect(textAt(payload, ["__proto__", "z"])).toBe("y");
  });
});

describe("text that a call carries", () => {
  it("is cut at 200 characters, never through one", () => {
    expect(carriedText("e".repeat(300))).toBe("e".repeat(200));
    expect(carriedText(`${"e".repeat(199)}😀😀`)).toBe(`${"e".repeat(199)}😀`);
    expect(carriedText("😀".repeat(201))).toBe("😀".repeat(200));
    expect(carriedText(`a${"😀".repeat(201)}`)).toBe(`a${"😀".repeat(199)}`);
  });

  it("keeps to its line and to its direction", () => {
    expect(carriedText("\ufeffFix")).toBe("Fix");
    expect(carriedText("\ud83d")).toBe("\ufffd");
    expect(carriedText("prod\n\tevil\u2028x\u0000")).toBe("prod evil x");
    expect(carriedText("pay \u202eevil\u202c now")).toBe("pay  evil  now");
    for (const nothing of ["\ufeff", " \u0000\n", "\u202e"]) expect(carriedText(nothing)).toBeNull();
  });

  it("can always be signed, whatever it came from", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 450 }), (text) => {
        const carried = carriedText(text);
        expect(carried === null || fromJson(carried).ok).toBe(true);
        expect([...(carried ?? "")].length).toBeLessThanOrEqual(200);
      }),
      { numRuns: 100 },
    );
  });
});
