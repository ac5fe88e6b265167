// A folder that a test may fill, and that is gone afterwards.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Beside the system's own temporary files, or within `place`. */
export function scratchFolder(name: string, place = tmpdir()): { readonly dir: string; readonly remove: () => void } {
  mkdirSync(place, { recursive: true });
  const dir = mkdtempSync(join(place, `quorate-${name}-`));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }) };
}
