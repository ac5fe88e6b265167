// Repeated fields of a JSON text, which parsers pass over.
import { describe, expect, it } from "vitest";
import { repeatedFields } from "../../../shared/cbor/json-keys.ts";

const CASES: readonly (readonly [text: string, paths: readonly string[]])[] = [
  ['{"a":1,"b":2}', []],
  ['{"a":1,"a":2,"a":3}', ["a", "a"]],
  ['{"a":{"b":1},"c":{"b":1}}', []],
  ['{"a":[{"b":1,"b":2},{"b":1}]}', ["a[0].b"]],
  ['[[0,{"x":1,"y":[],"x":{}}]]', ["[0][1].x"]],
  ['{"a":"{\\"b\\":1,\\"b\\":2}"}', []],
  ['{"\\u0061":1,"a":2}', ["a"]],
  ['{"a":"a","b":["a","a"]}', []],
  ['"a"', []],
];

describe("fields that a text has twice", () => {
  it.each(CASES)("%s", (text, paths) => {
    expect(repeatedFields(text)).toEqual(paths);
  });
});
