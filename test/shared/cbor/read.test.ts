// Readers: a value becomes one of our types whole, or the path of the first field that does not fit is said.
import { describe, expect, it } from "vitest";
import {
  anything,
  boolean,
  bytes,
  bytesUpTo,
  exactly,
  integer,
  list,
  map,
  nullable,
  oneOf,
  type Reader,
  readAs,
  record,
  recordWith,
  text,
  textMap,
} from "../../../shared/cbor/read.ts";
import type { CborValue } from "../../../shared/cbor/value.ts";
import type { RefusalCode } from "../../../shared/refusals.ts";

const point = record<{ x: number; y: number }>({ x: integer(0, 9), y: integer(0, 9) });
const shape = record<{ name: string; corners: readonly { x: number; y: number }[] }>({
  name: text(5),
  corners: list(point, 3, 1),
});
const at = (x: CborValue, y: CborValue) =>
  new Map([
    ["x", x],
    ["y", y],
  ]);
const fields = (entries: Readonly<Record<string, CborValue>>) => new Map(Object.entries(entries));

describe("a record", () => {
  it("is read whole, with its lists and inner records", () => {
    const value = fields({ name: "line", corners: [at(0, 1), at(2, 3)] });
    const corners = [
      { x: 0, y: 1 },
      { x: 2, y: 3 },
    ];
    expect(readAs(value, shape)).toEqual({ ok: true, value: { name: "line", corners } });
  });

  const MISFITS: readonly (readonly [string, CborValue, RefusalCode, string])[] = [
    ["not a map", [], "FIELD_INVALID", ""],
    ["a field missing", fields({ name: "line" }), "FIELD_MISSING", "corners"],
    ["a field too many", fields({ name: "line", corners: [at(0, 0)], size: 1 }), "FIELD_UNKNOWN", "size"],
    ["an integer key", new Map<string | number, CborValue>([[1, 2]]), "FIELD_UNKNOWN", "1"],
    ["a field of another type", fields({ name: 1, corners: [at(0, 0)] }), "FIELD_INVALID", "name"],
    ["an empty list", fields({ name: "line", corners: [] }), "FIELD_INVALID", "corners"],
    ["an inner field missing", fields({ name: "a", corners: [fields({ x: 1 })] }), "FIELD_MISSING", "corners[0].y"],
    [
      "an inner field out of range",
      fields({ name: "a", corners: [at(0, 0), at(0, 10)] }),
      "FIELD_INVALID",
      "corners[1].y",
    ],
    ["an unknown field beside one that does not fit", fields({ name: 1, size: 1 }), "FIELD_UNKNOWN", "size"],
    ["one that does not fit before a missing one", fields({ name: 1 }), "FIELD_INVALID", "name"],
    ["names that objects inherit", fields({ constructor: 1, toString: 2 }), "FIELD_UNKNOWN", "constructor"],
  ];

  it.each(MISFITS)("with %s is refused by path", (_name, value, code, path) => {
    expect(readAs(value, shape)).toMatchObject({ ok: false, fault: { code, detail: { path } } });
  });

  it("says a field too many before a field missing, so that a misspelt name is told by its spelling", () => {
    expect(readAs(fields({ nmae: "line", corners: [] }), shape)).toMatchObject({
      fault: { code: "FIELD_UNKNOWN", detail: { path: "nmae" } },
    });
  });

  it("puts the document's name before every path", () => {
    expect(readAs(at(0, null), point, "point")).toMatchObject({ fault: { detail: { path: "point.y" } } });
  });
});

describe("readers of one value", () => {
  const CASES: readonly (readonly [string, Reader<unknown>, readonly CborValue[], readonly CborValue[]])[] = [
    ["integer", integer(-1, 5), [-1, 0, 5], [-2, 6, 1n, "1", null, true]],
    ["text", text(3), ["a", "abc", "ab\u{0}"], ["", "abcd", 1, null, new Uint8Array(1)]],
    ["text that may be empty", text(3, 0), ["", "abc"], ["abcd"]],
    ["one of", oneOf("a", "b"), ["a", "b"], ["", "c", 1, null]],
    ["exactly", exactly(1), [1], [0, 2, "1", true, 1n]],
    ["boolean", boolean, [true, false], [0, 1, null, "true"]],
    ["bytes", bytes(2), [new Uint8Array(2)], [new Uint8Array(1), new Uint8Array(3), "ab", [0, 0]]],
    ["bytes up to", bytesUpTo(2), [new Uint8Array(), new Uint8Array(2)], [new Uint8Array(3), "ab"]],
    ["nullable", nullable(integer(0, 1)), [null, 0, 1], [2, "", false]],
    ["list", list(integer(0, 1), 2), [[], [0, 1]], [[0, 0, 0], [2], 0, new Map()]],
    ["map", map(1), [new Map(), new Map([["a", 1]])], [at(0, 0), [], null]],
    ["text map", textMap(integer(0, 1), 1), [new Map([["a", 1]])], [new Map([[1, 1]]), new Map([["a", 2]]), at(0, 0)]],
    ["anything", anything, [null, 0, "", [], new Map()], []],
  ];

  it.each(CASES)("%s takes what it says and refuses the rest", (_name, reader, good, bad) => {
    for (const value of good) expect(readAs(value, reader)).toEqual({ ok: true, value });
    for (const value of bad) expect(readAs(value, reader)).toMatchObject({ fault: { code: "FIELD_INVALID" } });
  });

  it("lets an error that is no misfit through, since that is a bug", () => {
    const broken = () => {
      throw new Error("bug");
    };
    expect(() => readAs(null, broken)).toThrow("bug");
  });
});

describe("a record with fields that may be left out", () => {
  const sized = recordWith<{ name: string }, { size: number; at: readonly { x: number; y: number }[] }>(
    { name: text(5) },
    { size: integer(0, 9), at: list(point, 3) },
  );

  it("has those that were given, and no others", () => {
    expect(readAs(fields({ name: "a" }), sized)).toStrictEqual({ ok: true, value: { name: "a" } });
    expect(readAs(fields({ size: 1, name: "a" }), sized)).toStrictEqual({ ok: true, value: { name: "a", size: 1 } });
  });

  it.each([
    ["unknown, and as many as there may be", fields({ name: "a", at: [], sise: 1 }), "FIELD_UNKNOWN", "sise"],
    ["missing beside optional ones", fields({ size: 1, at: [] }), "FIELD_MISSING", "name"],
    ["optional, and given wrongly", fields({ name: "a", size: 10 }), "FIELD_INVALID", "size"],
  ])("refuses a field that is %s", (_, value, code, path) => {
    const read = readAs(value, sized);
    expect([read.ok, !read.ok && read.fault.code, !read.ok && read.fault.detail.path]).toEqual([false, code, path]);
  });

  it("says where a field stands, wherever the same record was read before", () => {
    const read = (root: string) => readAs(fields({ name: "a", at: [at(0, 0), at(0, 10)] }), sized, root);
    const paths = ["", "one", "", "two", "two"].map((root) => {
      const misread = read(root);
      return misread.ok ? null : misread.fault.detail.path;
    });
    expect(paths).toEqual(["at[1].y", "one.at[1].y", "at[1].y", "two.at[1].y", "two.at[1].y"]);
  });
});
