// Every rule that is broken on purpose is found, by four parties of which one is faulty, within 2,000 seeds.
import { describe, expect, it } from "vitest";
import { readFlags } from "./flags.ts";
import { applyEdits } from "./sabotage/loader.ts";
import { SABOTAGES } from "./sabotage/patches.ts";
import type { Tally } from "./tally.ts";
import { startThread } from "./thread.ts";

/** Where each was found last: tried first, so that it does not take 2,000 seeds to find it again. */
const FOUND_AT: Readonly<Record<string, number>> = {
  "no-lock": 161,
  "equivocator-twice": 735,
  "no-mute": 92,
  "mute-in-silence": 318,
  "no-third-witness": 551,
  "signs-after-expiry": 188,
  "contributions-dropped": 75,
  "late-reports": 1256,
  "polka-of-many": 57,
};
const SEEDS_MAX = 2_000;
const STEP = 25;

async function find(sabotage: string): Promise<Tally["violations"]> {
  const request = readFlags(["--parties", "4", "--faulty", "1", "--sabotage", sabotage]);
  if (typeof request === "string") throw new Error(request);
  const thread = startThread(request);
  try {
    const hint = FOUND_AT[sabotage] ?? 1;
    for (const first of [hint, ...Array.from({ length: SEEDS_MAX / STEP }, (_, step) => 1 + step * STEP)]) {
      const { violations } = await thread.run(first, first + STEP - 1);
      if (violations.length > 0) return violations;
    }
    return [];
  } finally {
    await thread.stop();
  }
}

describe("a rule broken on purpose", { timeout: 90_000 }, () => {
  it.each(SABOTAGES.map(({ name, breaks }) => [name, breaks]))("is found: %s (%s)", async (name) => {
    const [first] = await find(name);
    expect(first?.seed).toBeLessThanOrEqual(SEEDS_MAX);
    expect(first?.replay).toContain(`--sabotage ${name}`);
  });

  it("stops the run when its edit no longer fits the source", () => {
    const edit = { file: "a.ts", find: "gone", put: "" };
    expect(() => applyEdits("a.ts", "kept", [edit])).toThrow(/stale sabotage/);
    expect(applyEdits("b.ts", "kept", [edit])).toBe("kept");
  });
});
