// The list of scenarios: what each is told to be. They themselves run on the stack.
import { describe, expect, it } from "vitest";
import { SCENARIOS } from "../../cli/demo/scenarios.ts";
import { PARTY_NAMES } from "../../cli/stack/stack.ts";
import { run } from "../support/command.ts";

const PHASES = ["final", "abandoned", "expired"];

describe.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))("%s", (name, scenario) => {
  it("can be called by its name, says what happens, and can end as it must", () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(scenario.title.length).toBeGreaterThan(20);
    expect(scenario.least).toBeGreaterThanOrEqual(3);
    expect(scenario.parties).toBeGreaterThanOrEqual(scenario.least);
    expect(scenario.parties).toBeLessThanOrEqual(PARTY_NAMES.length);
    expect(scenario.closesIn).toBeLessThan(scenario.expiresIn);
    for (const phase of scenario.endsAs) expect(PHASES).toContain(phase);
  });
});

describe("demo --list", () => {
  it("names every scenario once, those of the working day among them", async () => {
    const { exit, data } = await run("demo", "--list");
    const names = (data as { readonly name: string }[]).map(({ name }) => name);
    expect([exit, new Set(names).size]).toEqual([0, SCENARIOS.length]);
    for (const name of [
      "reverse-auction",
      "freight",
      "incident",
      "mutual-aid",
      "patient-transfer",
      "airspace",
      "trial",
      "coalition",
    ])
      expect(names).toContain(name);
  });
});
