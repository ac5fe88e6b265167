// Published test data that nobody here wrote. It lies beside the repository, is never committed, and may be absent:
// tests that need it skip themselves with `it.skipIf(vectorsDir === null)` and a name made by `needingVectors`.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "..", "..");
const place = resolve(repository, "..", "shared", "vectors");

/** The folder of published vectors, or null where it is absent. */
export const vectorsDir: string | null = existsSync(join(place, "MANIFEST.json")) ? place : null;

/** One JSON file of it, taken to be a `T`: read it inside a test that is skipped where the folder is absent. */
export function readVectors<T>(relative: string): T {
  if (vectorsDir === null) throw new Error("the published vectors are absent; guard this test with skipIf");
  return JSON.parse(readFileSync(join(vectorsDir, relative), "utf8")) as T;
}

/** The test's name; where the folder is absent it says why the test was skipped. */
export function needingVectors(name: string): string {
  return vectorsDir === null ? `${name} (skipped: no published vectors at ../shared/vectors)` : name;
}
