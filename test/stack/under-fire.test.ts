// Scenarios with a liar, a split or an old copy, on the real stack. Each checks itself; here its report and its evidence are checked.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DemoReport } from "../../cli/demo/run.ts";
import { demo, quorate } from "../support/cli.ts";

let keep: string;

beforeAll(() => {
  keep = mkdtempSync(join(tmpdir(), "quorate-fire-"));
});

afterAll(() => rmSync(keep, { recursive: true, force: true }));

/** Runs a scenario that must end with one certified outcome at all parties that run; answers its report. */
async function agreed(scenario: string, parties: number): Promise<DemoReport> {
  const { exit, report } = await demo(keep, "--scenario", scenario);
  expect([exit, report.status], JSON.stringify(report)).toEqual([0, "final"]);
  expect(report.agreement).toEqual({ same: parties, of: parties });
  expect(report.verified).toBe("passed");
  return report;
}

describe.concurrent("under fire", () => {
  it("byzantine-witness: one digest, and both halves of the lie in the evidence", async () => {
    const { bundle, trust } = await agreed("byzantine-witness", 3);
    const verified = await quorate("verify", bundle as string, "--trust", trust, "-o", "json");
    const { verdict, faults } = JSON.parse(verified.stdout);
    expect([verified.exit, verdict, faults.length]).toEqual([0, "passed", 1]);
    expect(faults[0]).toMatchObject({ authority: "dune", kinds: ["witness"] });
    const [first, second] = faults[0].statements as readonly [string, string];
    const frames = (JSON.parse(readFileSync(bundle as string, "utf8")) as { frames: readonly { id: string }[] }).frames;
    for (const id of [first, second]) expect(frames.map((frame) => frame.id)).toContain(id);
    const explained = await quorate("explain", bundle as string, first, "-o", "json");
    expect(JSON.parse(explained.stdout)).toMatchObject({ verdict: "admitted", kind: "witness", contradicts: second });
    expect((await quorate("explain", bundle as string, first)).stdout).toContain(`contradicts ${second}`);
    expect((await quorate("verify", bundle as string, "--trust", trust)).stdout).toContain("fault    dune");
  });

  it("partition-heal: no outcome in either half, one after it, and every statement accounted for", async () => {
    const { facts } = await agreed("partition-heal", 4);
    expect(
      facts.filter((fact) => /^what \w+ said is (in|out \(ROUND_CLOSED\)) for all 4, as 4 explain$/.test(fact)),
    ).toHaveLength(4);
  });

  it("stale-backup: nothing is signed twice, and nobody is accused", async () => {
    const { facts } = await agreed("stale-backup", 4);
    expect(facts).toContain("bolt refuses to attest again: MUTE");
    expect(facts.filter((fact) => fact.endsWith("passes and accuses nobody"))).toHaveLength(4);
  });

  it("late-bid: in for everyone or out for everyone, and the evidence says which", async () => {
    const { bundle, outcome, facts } = await agreed("late-bid", 3);
    const { frames, refused } = JSON.parse((await quorate("evidence", "show", bundle as string, "-o", "json")).stdout);
    const late = frames.find(
      (frame: { kind: string; by: string }) => frame.kind === "contribution" && frame.by === "dune/agent",
    );
    expect([late !== undefined, refused.length]).not.toEqual([false, 0]);
    const isIn = JSON.stringify(outcome?.value).includes("dune");
    expect(facts.some((fact) => fact.startsWith(`what dune said is ${isIn ? "in" : "out"}`))).toBe(true);
    const explained = await quorate("explain", bundle as string, late.id, "-o", "json");
    expect(JSON.parse(explained.stdout).verdict).toBe(isIn ? "admitted" : "not admitted");
  });
});
