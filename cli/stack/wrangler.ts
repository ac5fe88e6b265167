// Wrangler's own commands, run as a program: nothing that it prints reaches our stdout, it tells nobody of itself, and looks for no newer one.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { projectRoot } from "./project.ts";

/** Its banner is what asks the package registry for a newer version. */
const QUIET = {
  CI: "1",
  NO_COLOR: "1",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
};

export type Ran = { readonly code: number; readonly output: string };

export function wrangler(words: readonly string[]): Promise<Ran> {
  const program = join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin", "wrangler.js");
  const env = { ...process.env, ...QUIET };
  return new Promise((resolve, reject) => {
    const options = { cwd: projectRoot, env, stdio: ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"] };
    const child = spawn(process.execPath, [program, ...words], options);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (output += part.toString()));
    child.once("error", reject);
    child.once("exit", (code) => resolve({ code: code ?? 1, output }));
  });
}
