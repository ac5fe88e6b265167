// The scenarios on the real stack: workerd, nats-server and the built bundle.
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { demo, quorate } from "../support/cli.ts";

describe.concurrent("the demo", () => {
  it.each([
    ["approval", 3, 3],
    ["approval", 7, 7],
    ["opener-lost", 3, 2],
    ["one-silent", 4, 3],
    ["two-clouds", 4, 4],
    ["air-gap", 3, 3],
    ["coalition", 3, 2],
  ])(
    "%s among %i ends with one outcome at all %i that run, and its evidence passes offline",
    async (scenario, parties, same) => {
      const keep = await mkdtemp(join(tmpdir(), "quorate-test-"));
      const { exit, report } = await demo(keep, "--scenario", scenario, "--parties", String(parties));
      expect([exit, report.status], JSON.stringify(report)).toEqual([0, "final"]);
      expect(report.agreement).toEqual({ same, of: same });
      expect(report.outcome?.value).toMatchObject({ choice: "approve" });
      // From a partner's revocation at an agent until what runs there goes by it.
      expect("enforcedMs" in report.timings).toBe(scenario === "coalition");
      expect(report.timings.enforcedMs ?? 0).toBeLessThanOrEqual(1_000);
      const verified = await quorate("verify", report.bundle as string, "--trust", report.trust, "-o", "json");
      expect([verified.exit, JSON.parse(verified.stdout).outcome.digest]).toEqual([0, report.outcome?.digest]);
      await rm(keep, { recursive: true });
    },
  );

  it("two-silent claims no outcome", async () => {
    const keep = await mkdtemp(join(tmpdir(), "quorate-test-"));
    const { exit, report } = await demo(keep, "--scenario", "two-silent");
    expect([exit, report.status, report.outcome]).toEqual([0, "expired", null]);
    await rm(keep, { recursive: true });
  });

  it("broker-lost finishes, and nothing is lost", async () => {
    const keep = await mkdtemp(join(tmpdir(), "quorate-test-"));
    const { exit, report } = await demo(keep, "--scenario", "broker-lost");
    expect([exit, report.status], JSON.stringify(report)).toEqual([0, "final"]);
    expect(report.agreement).toEqual({ same: 3, of: 3 });
    expect(JSON.parse(readFileSync(report.bundle as string, "utf8")).format).toBe("quorate-bundle/1");
    await rm(keep, { recursive: true });
  });
});
