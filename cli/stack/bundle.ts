// The agent's bundle, as `wrangler deploy` would upload it: what the local stack runs is what is deployed.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { projectRoot } from "./project.ts";

export type AgentBundle = { readonly script: string; readonly bytes: number; readonly gzipBytes: number };

/** Builds `dist/agent.js`. What wrangler prints stays out of our output; it is shown only where the build fails. */
export async function buildBundle(): Promise<AgentBundle> {
  const wrangler = join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin", "wrangler.js");
  const dist = join(projectRoot, "dist");
  await mkdir(dist, { recursive: true });
  // Built beside and renamed: another build, or an agent that starts, may be reading dist/agent.js.
  const work = await mkdtemp(join(dist, "build-"));
  try {
    await run(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", work]);
    const script = await readFile(join(work, "agent.js"), "utf8");
    await rename(join(work, "agent.js"), join(dist, "agent.js"));
    return measured(script);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function measured(script: string): AgentBundle {
  return { script, bytes: Buffer.byteLength(script), gzipBytes: gzipSync(script).length };
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" };
    const child = spawn(command, args, { cwd: projectRoot, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (output += part.toString()));
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`the bundle does not build:\n${output}`))));
  });
}
