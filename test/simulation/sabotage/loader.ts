// Applies edits while modules are loaded. It must be called before anything that it edits is imported.
import { registerHooks } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Edit } from "./patches.ts";

const repository = join(import.meta.dirname, "..", "..", "..");

export function applyEdits(path: string, source: string, edits: readonly Edit[]): string {
  return edits
    .filter(({ file }) => file === path)
    .reduce((text, { find, put }) => {
      const parts = text.split(find);
      if (parts.length !== 2) throw new Error(`stale sabotage: ${path} has ${parts.length - 1} times: ${find}`);
      return parts.join(put);
    }, source);
}

/** Breaks the rules in every module that this thread loads from now on. */
export function editWhileLoading(edits: readonly Edit[]): void {
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      if (!url.startsWith("file:") || loaded.source === undefined || loaded.source === null) return loaded;
      const path = relative(repository, fileURLToPath(url)).replaceAll("\\", "/");
      if (!edits.some(({ file }) => file === path)) return loaded;
      const text = typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source);
      return { ...loaded, source: applyEdits(path, text, edits) };
    },
  });
}
