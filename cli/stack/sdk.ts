// The SDK: what `package.json` exports, each module one file of ECMAScript without Node's built-ins, and its types.
import { spawn } from "node:child_process";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { projectRoot } from "./project.ts";

const SOURCES = {
  verify: "cli/sdk/verify.ts",
  "verify-full": "cli/sdk/verify-full.ts",
  policy: "cli/sdk/policy.ts",
  webhooks: "functions/sdk/webhooks.ts",
  testing: "cli/sdk/testing.ts",
  client: "cli/sdk/client.ts",
} as const;
export type SdkModule = keyof typeof SOURCES;

const place = join(projectRoot, "dist", "sdk");

/**
 * The small verifier has no evaluators, which throw where they are met, and of the refusals only the codes: their words are in the whole
 * verifier, which it loads from beside itself.
 */
const small: Plugin = {
  name: "small",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /\/verify-full\.ts$/ }, () => ({ path: "./verify-full.js", external: true }));
    onResolve({ filter: /\/(expression|attestation-schema)\.ts$/ }, ({ importer }) =>
      importer.includes("without-evaluators")
        ? null
        : { path: join(projectRoot, "cli", "sdk", "without-evaluators.ts") },
    );
    onLoad({ filter: /shared\/refusals\/[a-z]+\.ts$/ }, async ({ path }) => {
      const groups = Object.entries((await import(path)) as Record<string, Record<string, object>>);
      const codes = groups.map(([name, group]) => `export const ${name} = ${JSON.stringify(codesOf(group))};`);
      return { contents: codes.join("\n"), loader: "js" };
    });
  },
};

const codesOf = (group: Record<string, object>) => Object.fromEntries(Object.keys(group).map((code) => [code, 0]));

/** One module as its file holds it. */
async function bundleModule(name: SdkModule): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(projectRoot, SOURCES[name])],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    plugins: name === "verify" ? [small] : [],
  });
  return outputFiles[0]?.text ?? "";
}

export type SdkFile = { readonly module: SdkModule; readonly bytes: number; readonly gzipBytes: number };

/** Builds `dist/sdk`: the modules, and with `types` their declarations. */
export async function buildSdk({ types }: { readonly types: boolean }): Promise<readonly SdkFile[]> {
  await mkdir(place, { recursive: true });
  const names = Object.keys(SOURCES) as SdkModule[];
  const files = await Promise.all(
    names.map(async (module): Promise<SdkFile> => {
      const text = await bundleModule(module);
      await replace(join(place, `${module}.js`), text);
      return { module, bytes: Buffer.byteLength(text), gzipBytes: gzipSync(text, { level: 9 }).length };
    }),
  );
  if (types) await buildTypes();
  return files;
}

/** Written beside and renamed: somebody may be loading it. */
async function replace(path: string, text: string): Promise<void> {
  const half = `${path}.${process.pid}.part`;
  await writeFile(half, text);
  await rename(half, path);
}

async function buildTypes(): Promise<void> {
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const work = join(place, `types.${process.pid}.part`);
  const options = ["--noEmit", "false", "--emitDeclarationOnly", "--declaration", "--outDir", work];
  const child = spawn(process.execPath, [compiler, "-p", join(projectRoot, "cli", "sdk"), ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (output += part.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("exit", resolve));
  if (code !== 0) throw new Error(`the SDK's types do not build:\n${output}`);
  await rm(join(place, "types"), { recursive: true, force: true });
  await rename(work, join(place, "types"));
}
