// The scenarios on the real stack: workerd, nats-server and the built bundle.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const main = new URL("../../cli/main.ts", import.meta.url).pathname;

async function quorate(...words: readonly string[]): Promise<{ readonly exit: number; readonly stdout: string }> {
  try {
    return { exit: 0, stdout: (await run(process.execPath, [main, ...words], { maxBuffer: 1 << 26 })).stdout };
  } catch (error) {
    const failed = error as { code?: number; stdout?: string; stderr?: string };
    return { exit: failed.code ?? -1, stdout: `${failed.stdout ?? ""}${failed.stdout ? "" : failed.stderr}` };
  }
}

async function demo(keep: string, ...words: readonly string[]) {
  const { exit, stdout } = await quorate("demo", "-o", "json", "--keep", keep, ...words);
  return { exit, report: JSON.parse(stdout) };
}

describe("the demo", () => {
  it.each([
    ["approval", 3, 3],
    ["approval", 7, 7],
    ["opener-lost", 3, 2],
    ["one-silent", 4, 3],
  ])(
    "%s among %i ends with one outcome at all %i that run, and its evidence passes offline",
    async (scenario, parties, same) => {
      const keep = await mkdtemp(join(tmpdir(), "quorate-test-"));
      const { exit, report } = await demo(keep, "--scenario", scenario, "--parties", String(parties));
      expect([exit, report.status], JSON.stringify(report)).toEqual([0, "final"]);
      expect(report.agreement).toEqual({ same, of: same });
      expect(report.outcome.value.choice).toBe("approve");
      const verified = await quorate("verify", report.bundle, "--trust", report.trust, "-o", "json");
      expect([verified.exit, JSON.parse(verified.stdout).outcome.digest]).toEqual([0, report.outcome.digest]);
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
    expect(JSON.parse(readFileSync(report.bundle, "utf8")).format).toBe("quorate-bundle/1");
    await rm(keep, { recursive: true });
  });
});
