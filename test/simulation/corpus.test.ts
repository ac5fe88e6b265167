// Faults that the simulator once found, each with the seed that shows it: it holds now, and is violated again where the fix is undone.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Settings } from "./plan.ts";
import type { Edit } from "./sabotage/patches.ts";
import { startThread } from "./thread.ts";

type Past = Settings & { readonly was: string; readonly seed: number; readonly undo: readonly Edit[] };

const folder = join(import.meta.dirname, "corpus");
const corpus = readdirSync(folder).map((name): Past => JSON.parse(readFileSync(join(folder, name), "utf8")));

async function replay({ was: _, seed, undo, ...settings }: Past, edits: readonly Edit[]) {
  const request = { settings, seeds: { first: seed, last: seed }, sabotage: null, log: false };
  const thread = startThread(request, edits);
  const { violations } = await thread.run(seed, seed);
  await thread.stop();
  return { violations, undo };
}

describe("a fault of the past", { timeout: 60_000 }, () => {
  it.each(corpus.map((past) => [past.was, past] as const))("stays away: %s", async (_was, past) => {
    expect((await replay(past, [])).violations).toEqual([]);
    expect((await replay(past, past.undo)).violations.length).toBeGreaterThan(0);
  });
});
