// The command as scripts run it: one JSON document, stable exit codes, coded refusals.
import { describe, expect, it } from "vitest";
import { quorate } from "../support/cli.ts";

async function simulate(...words: readonly string[]) {
  const { exit, stdout } = await quorate("simulate", "-o", "json", ...words);
  return { exit, document: JSON.parse(stdout) };
}

describe("quorate simulate", { timeout: 60_000 }, () => {
  it("counts schedules, outcomes and violations", async () => {
    const { exit, document } = await simulate(
      "--parties",
      "4",
      "--faulty",
      "1",
      "--seeds",
      "1..40",
      "--strategy",
      "all",
    );
    const { final, abandoned, expired } = document.outcomes;
    expect(exit).toBe(0);
    expect(document).toMatchObject({ schedules: 40, violations: [] });
    expect(final + abandoned + expired).toBe(40);
    expect(document.perSecond).toBeGreaterThan(0);
  });

  it("ends with 5 and the command that replays each violation where a rule is broken", async () => {
    const { exit, document } = await simulate("--seeds", "1..30", "--sabotage", "fast-path-at-q");
    const [{ seed, invariant, detail, replay }] = document.violations;
    expect(exit).toBe(5);
    expect([typeof seed, typeof invariant, typeof detail]).toEqual(["number", "string", "string"]);
    const words = replay.split(" -- ")[1].split(" ").slice(1);
    const again = await simulate(...words);
    expect(again.exit).toBe(5);
    expect(again.document.violations[0]).toEqual(document.violations[0]);
  });

  it("lists what can be broken", async () => {
    const { exit, document } = await simulate("--sabotage", "list");
    expect(exit).toBe(0);
    expect(document.sabotages.length).toBeGreaterThan(11);
    for (const { name, breaks } of document.sabotages)
      expect([name, breaks].every((text) => text.length > 3)).toBe(true);
  });

  it("refuses flags that make no sense with a coded usage error", async () => {
    const { exit, document } = await simulate("--parties", "4", "--faulty", "2");
    expect(exit).toBe(64);
    expect(document).toMatchObject({ code: "USAGE", why: expect.stringContaining("--faulty"), do: expect.any(String) });
  });
});
