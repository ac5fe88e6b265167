// What a source's expressions see of a delivery: the fields that they name, as values that any expression can bear.
import { describe, expect, it } from "vitest";
import { pathsIn } from "../../../shared/policy/expression.ts";
import { type Delivered, holds, mapped } from "../../../shared/source/mapping.ts";

const delivered = (payload: unknown): Delivered => ({
  payload,
  event: "e",
  delivery: "d",
  digest: "sha256:00",
  source: "s",
});
const value = (expression: string, payload: unknown) => {
  const result = mapped(expression, delivered(payload));
  return result.ok ? result.value : result.fault.code;
};
const deep = (levels: number): unknown => Array.from({ length: levels }).reduce<unknown>((inner) => ({ a: inner }), 1);

describe("the fields that an expression names", () => {
  it.each([
    ["payload.a.b + payload.c", [["a", "b"], ["c"]]],
    ['payload["x-y"].z', [["x-y", "z"]]],
    ["payload.items[0].n", [["items"]]],
    ["payload.items.exists(item, item.n == payload.n)", [["items"], ["n"]]],
    [
      "has(payload.a.b) ? payload.a.b : event",
      [
        ["a", "b"],
        ["a", "b"],
      ],
    ],
    ["event", []],
    ["size(payload)", [[]]],
  ])("of %s", (expression, paths) => {
    expect([...pathsIn(expression, "payload")].sort()).toEqual([...paths].sort());
  });

  it("alone are given to it, however large and wild the rest is", () => {
    const noise = Array.from({ length: 50_000 }, (_, n) => ({ n, f: 0.5 }));
    expect(value("payload.a.b", { a: { b: "x", c: noise }, noise })).toBe("x");
    expect(value("size(payload.noise)", { noise })).toBe("EXPRESSION_FAILED");
    expect(value("payload.a", JSON.parse('{"__proto__":{"a":1},"constructor":{"a":2}}'))).toBe("EXPRESSION_FAILED");
    expect(value("payload.__proto__.a", JSON.parse('{"__proto__":{"a":7}}'))).toBe(7);
    expect(value("payload.constructor", {})).toBe("EXPRESSION_FAILED");
  });

  it("are cut where they nest too deep, and never end the stack", () => {
    expect(value(`payload${".a".repeat(10)}`, deep(10))).toBe(1);
    expect(value("has(payload.a.a)", deep(100_000))).toBe(true);
    expect(value(`payload${".a".repeat(30)}`, deep(30))).toBe("EXPRESSION_FAILED");
  });
});

describe("what an expression gives", () => {
  it("is text, a whole number, or yes or no", () => {
    expect(value('payload.a + "/" + event', { a: "x" })).toBe("x/e");
    expect(value("payload.n * 2", { n: 21 })).toBe(42);
    expect(value("payload.n > 2 && delivery == 'd'", { n: 21 })).toBe(true);
    for (const other of ["[1]", "payload", "null", "9223372036854775807"])
      expect(value(other, {})).toBe("EXPRESSION_FAILED");
  });

  it("of numbers that are not whole is their text, and never a float", () => {
    expect(value("payload.n", { n: 1.5 })).toBe("1.5");
    expect(value("payload.n", { n: 1e300 })).toBe("1e+300");
    expect(value("payload.n", { n: -0 })).toBe(0);
    expect(value("payload.n + 1", { n: 1.5 })).toBe("EXPRESSION_FAILED");
  });

  it("of text is well-formed", () => {
    expect(value("payload.t", { t: "a\ud800b" })).toBe("a\ufffdb");
    expect(holds("payload.t == 'x'", delivered({ t: "x" }))).toEqual({ ok: true, value: true });
    expect(holds("payload.t", delivered({ t: "x" }))).toMatchObject({ ok: false });
  });
});
