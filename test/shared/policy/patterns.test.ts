// Every pattern that ships: a happy run, one that falls short, one under attack, and each of them again in other orders with duplicates.
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/cbor/json.ts";
import { PATTERNS } from "../../../shared/policy/catalogue.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { type Entry, trial } from "../../support/trials.ts";
import type { Run } from "./run.ts";
import { RUNS } from "./runs.ts";

type Arrangement = (round: readonly Entry[]) => readonly Entry[];

function read(text: string): readonly Entry[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const at = line.indexOf(":");
    return { party: line.slice(0, at), payload: JSON.parse(line.slice(at + 1)) as Json };
  });
}

function judge({ pattern, set = {}, parties, rounds }: Run, arrange: Arrangement) {
  const named = parties.split(" ").map((word) => {
    const [id, role] = word.split(":");
    return { id, role };
  });
  return trial(pattern, set, { parties: named, rounds: rounds.map((round) => arrange(read(round))) });
}

/** Another order of the same entries, with a third of them twice, for a number. */
function shuffled(seed: number): Arrangement {
  return (round) => {
    const twice = [...round, ...round.filter((_, index) => (index + seed) % 3 === 0)];
    const keyed = twice.map((entry, index) => [((index + 1) * 7_919 * (seed + 1)) % 104_729, entry] as const);
    return keyed.sort(([a], [b]) => a - b).map(([, entry]) => entry);
  };
}

/** All that must not depend on order: exclusions are told by place, so they do. */
function bytesOf(run: Run, arrange: Arrangement): string {
  const { excluded: _, ...rest } = judge(run, arrange);
  return JSON.stringify(rest);
}

describe("the patterns that ship", () => {
  it("are seventeen, each sound by itself", () => {
    expect(new Set(PATTERNS.map(({ id }) => id)).size).toBe(17);
    for (const pattern of PATTERNS) expect(pinPolicy(pattern), pattern.id).toMatchObject({ ok: true });
  });

  it("each have a happy run, one that falls short, and one under attack", () => {
    for (const { id } of PATTERNS) expect(RUNS.filter(({ pattern }) => pattern === id).length, id).toBeGreaterThan(2);
  });
});

describe.each(RUNS.map((run) => [`${run.pattern}: ${run.name}`, run] as const))("%s", (_title, run) => {
  it("ends as it must", () => {
    expect(judge(run, (round) => round)).toMatchObject(run.gives);
  });

  it("ends with the same bytes in other orders and with duplicates", () => {
    const first = bytesOf(run, (round) => round);
    for (let seed = 0; seed < 20; seed++) expect(bytesOf(run, shuffled(seed))).toBe(first);
  });
});
