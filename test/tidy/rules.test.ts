// Each tidy rule proved: it catches every bad sample, under its own name, and lets every look-alike pass.
import { describe, expect, it } from "vitest";
import { findings, RULES, rulesBroken } from "./rules.ts";
import { SAMPLES } from "./samples.ts";
import { toSource } from "./source.ts";

describe("tidy rules", () => {
  it("have bad and good samples each, and no sample is for a rule that is gone", () => {
    expect(Object.keys(SAMPLES).toSorted()).toEqual(RULES.map(({ name }) => name).toSorted());
    for (const { bad, good } of Object.values(SAMPLES)) expect(Math.min(bad.length, good.length)).toBeGreaterThan(0);
  });

  const bad = Object.entries(SAMPLES).flatMap(([rule, samples]) =>
    samples.bad.map(([path, text]) => ({ rule, path, text, line: text.split("\n")[0] })),
  );
  it.each(bad)("$rule catches $path: $line", ({ rule, path, text }) => {
    expect(rulesBroken(path, text)).toContain(rule);
  });

  const good = Object.entries(SAMPLES).flatMap(([rule, samples]) =>
    samples.good.map(([path, text]) => ({ rule, path, text, line: text.split("\n")[0] })),
  );
  it.each(good)("$rule passes $path: $line", ({ rule, path, text }) => {
    expect(rulesBroken(path, text)).not.toContain(rule);
  });

  it("name path, line, rule and reason", () => {
    const source = toSource("shared/a.ts", "// a header\n\nconst at = Date.now();\n");
    expect(findings([source])).toEqual(["shared/a.ts:3 pure-globals Date: time is an input"]);
  });

  it("refuse a file that does not parse, by name", () => {
    expect(() => toSource("shared/a.ts", "const = ;")).toThrow("shared/a.ts does not parse");
  });
});
