// Expressions: what they may say, what they answer, and that what they cannot judge is refused.
import { describe, expect, it } from "vitest";
import { fromJson, type Json } from "../../../shared/cbor/json.ts";
import { readAs } from "../../../shared/cbor/read.ts";
import type { CborValue } from "../../../shared/cbor/value.ts";
import { evaluate, readExpression } from "../../../shared/policy/expression.ts";

const reader = readExpression("content", "round");
const read = (expression: string) => readAs(expression, reader, "where");
const CONTENT: Json = {
  value: 7,
  huge: 9_007_199_254_740_991,
  choice: "approve",
  goods: ["salt", "tin"],
  report: { seal: "A-77", damaged: false, note: null },
  constructor: "nobody",
};

function answer(expression: string, content: Json = CONTENT) {
  expect(read(expression), expression).toMatchObject({ ok: true });
  const value = fromJson(content);
  const found = evaluate(expression, { content: value.ok ? value.value : null, round: 1 });
  return found.ok ? found.value : found.fault.code;
}

describe("an expression", () => {
  it.each([
    ["content.value > 6 && content.choice == 'approve'", true],
    ["content.value / 2 == 3 && content.value % 2 == 1", true],
    ["content.huge + 1 > content.huge", true],
    ["has(content.reason)", false],
    ["!has(content.reason) || size(content.reason) > 3", true],
    ["'salt' in content.goods && !('gold' in content.goods)", true],
    ["content.goods.all(good, size(good) < 5) && content.goods.exists_one(good, good == 'tin')", true],
    ["content.report.seal.matches('^[A-C]-[0-9]{2}$')", true],
    ["content.report.seal.startsWith('B') ? false : round == 1", true],
    ["content.report.note == null && content['choice'] in ['approve', 'reject']", true],
    ["content.constructor == 'nobody'", true],
    ["string(content.value) == '7' && int('7') == content.value", true],
  ] as const)("%s is %s", (expression, expected) => {
    expect(answer(expression)).toBe(expected);
  });

  it.each([
    ["content.missing == 1"],
    ["content.toString == 1"],
    ["content.value"],
    ["content.value / (content.value - 7) == 1"],
    ["content.huge * content.huge > 0"],
    ["content.value < 'a'"],
  ])("%s is refused, not taken for a yes or a no", (expression) => {
    expect(answer(expression)).toBe("EXPRESSION_FAILED");
  });

  it.each([
    ["content.value > 6.5", "double"],
    ["content.value ==", "CEL"],
    ["now() > 3", "now"],
    ["other == 1", "it speaks of other"],
    ["timestamp('2026-01-01T00:00:00Z') == null", "timestamp"],
    ["double(content.value) > 1", "double"],
    ["content.goods.map(g, g + g) == []", "map"],
    ["content.goods.filter(g, g == 'a') == []", "filter"],
    ["content.goods.all(a, content.goods.all(b, a == b))", "loops"],
    ["content.choice.matches(content.choice)", "written in it"],
    ["content.choice.matches('((a{60}){60}){60}')", "RE2"],
    ["content.choice.matches('(?=a)b')", "RE2"],
    [`${"round>1&&".repeat(50)}true`, "at most"],
    [`'${"a".repeat(2_000)}' == content.choice`, "1024"],
    ["{'a': 1}.a == 1", "comparisons"],
    ["google.protobuf.Int64Value{value: 1} == 1", "comparisons"],
  ])("%s may not be said", (expression, says) => {
    const refused = read(expression);
    expect(refused).toMatchObject({ ok: false, fault: { detail: { path: "where" } } });
    expect(JSON.stringify(refused)).toContain(says);
  });

  it("is not given more than it can look at in a moment", () => {
    const expression = "content.all(item, item == 1)";
    const items = (count: number): CborValue => Array.from({ length: count }, () => 1);
    expect(evaluate(expression, { content: items(1_000), round: 0 })).toEqual({ ok: true, value: true });
    expect(evaluate(expression, { content: items(1_100), round: 0 })).toMatchObject({
      ok: false,
      fault: { code: "EXPRESSION_FAILED" },
    });
  });

  it("ends soon, whatever a pattern is given", () => {
    const expression = "content.matches('^(a+)+$')";
    expect(read(expression).ok).toBe(true);
    expect(evaluate(expression, { content: `${"a".repeat(16_000)}b`, round: 0 })).toEqual({ ok: true, value: false });
  });
});
