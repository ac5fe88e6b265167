// The verifier as one file: page, style and program together, for whoever has neither an agent nor a network. Its content security policy
// names the hash of each part and allows nothing else, so that even a page that was tampered with by a bundle could ask nobody.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { toBase64 } from "../../shared/bytes.ts";
import { sha256 } from "../../shared/hash.ts";
import { projectRoot } from "./project.ts";

const place = join(projectRoot, "functions", "console", "browser");

export async function verifierPage(): Promise<string> {
  const template = await readFile(join(place, "verify.html"), "utf8");
  const script = await program();
  const style = /<style>([\s\S]*?)<\/style>/.exec(template)?.[1] ?? "";
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return template.replace("{policy}", () => policy).replace("/* program */", () => script);
}

/** The console's own module, as text that may stand in a page: nothing in it ends the element. */
async function program(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(place, "verify.ts")],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
  });
  const text = outputFiles[0]?.text ?? "";
  if (/<\/script|<!--/i.test(text)) throw new Error("the verifier's program cannot stand inside a page");
  return text;
}

const hashOf = (text: string) => `sha256-${toBase64(sha256(new TextEncoder().encode(text)))}`;
