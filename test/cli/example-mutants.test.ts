// The documents that people write for trying rules, with any one value made strange: always an answer or a coded refusal that names the
// path, never a crash.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { run } from "../support/command.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
const example = (name: string) => JSON.parse(readFileSync(`cli/examples/${name}.json`, "utf8")) as Json;
const deep = Array.from({ length: 60 }).reduce<Json>((inner) => [inner], 1);
const STRANGE: readonly Json[] = [null, -1, 0.5, "x", "5 m", [], {}, { lat: 1 }, deep];

/** Every document that differs from this one in a single value. */
function* mutants(document: Json): Generator<Json> {
  yield* STRANGE;
  if (typeof document !== "object" || document === null) return;
  const copy = (key: string | number, value: Json): Json =>
    Array.isArray(document) ? document.with(Number(key), value) : { ...document, [key]: value };
  for (const key of Object.keys(document)) {
    const inner = Array.isArray(document) ? document[Number(key)] : document[key];
    for (const changed of mutants(inner as Json)) yield copy(key, changed);
  }
  if (!Array.isArray(document)) yield { ...document, surprise: 1 };
}

const CASES = [
  ["proximity", ["--profile", "proximity-profile", "--references", "proximity-references"], [0, 3, 5, 64]],
  ["time align", ["offsets"], [0, 3, 64]],
  ["time align", ["clocks"], [0, 3, 64]],
  [
    "admit",
    ["--policy", "admission-policy", "--observation", "admission-observation", "--context", "admission-context"],
    [0, 5, 8, 64],
  ],
  [
    "admit",
    ["--policy", "signed-policy", "--observation", "admission-observation", "--context", "signed-context"],
    [0, 5, 8, 64],
  ],
] as const;

describe("a document with one strange value", () => {
  it.each(CASES)("%s %j", { timeout: 60_000 }, async (command, words, exits) => {
    const documents = words.map((word) => (word.startsWith("--") ? word : example(word)));
    let refused = 0;
    for (const [index, document] of documents.entries()) {
      if (typeof document === "string") continue;
      for (const mutant of mutants(document)) {
        // What is no JSON object may be a word, or a file's name, to the runner.
        if (typeof mutant !== "object" || mutant === null) continue;
        const given = documents.with(index, mutant) as (string | object)[];
        const { exit, refusal } = await run(...command.split(" "), ...given);
        expect(exits, JSON.stringify(mutant)).toContain(exit);
        if (exit !== 64) continue;
        refused += 1;
        expect(refusal?.why, JSON.stringify(mutant)).not.toMatch(/^unknown|undefined|must be must/);
      }
    }
    expect(refused).toBeGreaterThan(50);
  });
});
