// The agent's bundle, as `wrangler deploy` would upload it: what the local stack runs is what is deployed.
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { projectRoot } from "./project.ts";
import { wrangler } from "./wrangler.ts";

export type AgentBundle = { readonly script: string; readonly bytes: number; readonly gzipBytes: number };

/** Builds `dist/agent.js`. What wrangler prints stays out of our output; it is shown only where the build fails. */
export async function buildBundle(): Promise<AgentBundle> {
  const dist = join(projectRoot, "dist");
  await mkdir(dist, { recursive: true });
  // Built beside and renamed: another build, or an agent that starts, may be reading dist/agent.js.
  const work = await mkdtemp(join(dist, "build-"));
  try {
    const { code, output } = await wrangler(["deploy", "--dry-run", "--outdir", work]);
    if (code !== 0) throw new Error(`the bundle does not build:\n${output}`);
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
