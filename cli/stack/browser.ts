// Builds the console's browser modules, which the agent's bundle carries as text: wrangler runs this before it bundles the agent.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { projectRoot } from "./project.ts";

const NAMES = ["live", "sign", "verify"] as const;
const place = join(projectRoot, "functions", "console");

const built = await Promise.all(
  NAMES.map((name) =>
    build({
      entryPoints: [join(place, "browser", `${name}.ts`)],
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      target: "es2022",
      legalComments: "none",
    }),
  ),
);
const modules = Object.fromEntries(NAMES.map((name, index) => [name, built[index]?.outputFiles[0]?.text]));
mkdirSync(join(place, "built"), { recursive: true });
// Written beside and renamed: another build may be reading it.
const half = join(place, "built", `modules.${process.pid}.part`);
writeFileSync(half, JSON.stringify(modules));
renameSync(half, join(place, "built", "modules.json"));
