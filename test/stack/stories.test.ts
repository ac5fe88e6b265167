// A scenario of organisations at work, on the real stack; the others run the same way.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { demo, quorate } from "../support/cli.ts";

it("airspace: custody stays until the next sector accepts, and the evidence of both attempts says so", async () => {
  const keep = await mkdtemp(join(tmpdir(), "quorate-test-"));
  const { exit, report } = await demo(keep, "--scenario", "airspace");
  expect([exit, report.status], JSON.stringify(report)).toEqual([0, "final"]);
  expect(report.agreement).toEqual({ same: 3, of: 3 });
  expect(report.outcome?.value).toMatchObject({ custodian: "bolt", complete: true });
  expect(report.facts).toContain("without an acceptance the handoff is abandoned");
  const asked = await quorate("dossier", "custodian", report.bundle as string, "--trust", report.trust, "-o", "json");
  expect([asked.exit, JSON.parse(asked.stdout).custodian]).toEqual([0, "bolt"]);
  await rm(keep, { recursive: true });
});
