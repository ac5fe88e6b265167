// What an agent costs: the bill follows from the measured counts and the prices, item by item.
import { describe, expect, it } from "vitest";
import { billFor, type MeasuredSize, usedBy } from "../../cli/ops/cost.ts";
import measured from "../../cli/ops/measured-costs.json" with { type: "json" };
import { withMeter } from "../bench/meter.ts";
import { run } from "../support/command.ts";

const size: MeasuredSize = {
  parties: 3,
  workerRequests: 10,
  objectRequests: 30,
  alarms: 10,
  rowsRead: 1_000,
  rowsWritten: 100,
  queueMessages: 20,
  activeMs: 500,
};

describe("a month's bill", () => {
  it("is the plan alone while everything is included, and grows with what is beyond", () => {
    expect(billFor(size, 1).usd).toBe(5);
    const { lines, usd } = billFor(size, 1_000_000);
    const usdOf = Object.fromEntries(lines.map(({ item, usd }) => [item, usd]));
    expect(usdOf["rows written"]).toBe(Math.round((100_000_000 + 129_600 - 50_000_000) / 10_000) / 100);
    expect(usdOf["queue operations"]).toBe(23.6);
    expect(usdOf["rows read"]).toBe(0);
    expect(usd).toBeCloseTo(5 + lines.reduce((sum, line) => sum + line.usd, 0), 5);
  });

  it("holds the link that never sleeps", () => {
    expect(usedBy(size, 0).duration).toBeCloseTo(331_776, 0);
  });

  it("is told for the sizes that were measured, and no other", async () => {
    const { exit, data } = await run("cost", "--ceremonies", "1000", "--parties", "3");
    expect(exit).toBe(0);
    expect(data).toMatchObject({ ceremonies: 1_000, perCeremony: { parties: 3 } });
    expect(measured.sizes.map(({ parties }) => parties)).toEqual([3, 5, 7]);
    for (const each of measured.sizes) for (const count of Object.values(each)) expect(count).toBeGreaterThan(0);
    expect((await run("cost", "--parties", "4")).exit).toBe(64);
    expect((await run("cost", "--ceremonies", "0")).exit).toBe(64);
  });
});

describe("the meter", () => {
  it("stands between every export of a bundle and the platform", () => {
    const text = withMeter("var a = 1;\nexport {\n  Link,\n  agent_default as default\n};\n");
    expect(text).toContain("const __x_Link = __metered(Link);");
    expect(text).toContain("const __x_default = __worker(agent_default);");
    expect(text).toContain("export { __x_Link as Link, __x_default as default };");
    expect(() => withMeter("var a = 1;")).toThrow();
  });
});
