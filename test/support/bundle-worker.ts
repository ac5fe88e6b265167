// Bundles a test's Worker with the bundler that `wrangler deploy` uses, so that the tests run what a deployment would.
import { createRequire } from "node:module";

type Bundle = { outputFiles: { text: string }[] };
type Bundler = { build(options: Record<string, unknown>): Promise<Bundle> };

/** `contents` is the entry, such as `export { A, worker as default } from "./a-worker.ts";`, as if it lay in `resolveDir`. */
export async function bundleWorker(contents: string, resolveDir: string): Promise<string> {
  const fromWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler/package.json"));
  const built = await (fromWrangler("esbuild") as Bundler).build({
    stdin: { contents, resolveDir },
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["module", "main"],
    target: "es2024",
    external: ["cloudflare:*", "node:*", "crypto"],
    write: false,
    logLevel: "warning",
  });
  const text = built.outputFiles[0]?.text;
  if (text === undefined) throw new Error("the bundler wrote nothing");
  return text;
}
