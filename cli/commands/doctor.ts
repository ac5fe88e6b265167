// `doctor`: whether this machine and this checkout have what the other commands need, each with what to do where not.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import project from "../../package.json" with { type: "json" };
import { type Command, EXIT } from "../registry.ts";
import { findNatsServer } from "../stack/nats-binary.ts";
import { projectRoot } from "../stack/project.ts";

type Finding = {
  readonly check: string;
  /** `weak`: it works, but not as it should in production. */
  readonly state: "ok" | "weak" | "missing";
  readonly found: string;
  readonly do: string | null;
};

/** Types are stripped by Node itself since then. */
const NODE_LEAST = [22, 18] as const;
/** Earlier servers can be crashed through a WebSocket frame. */
const NATS_SOUND = ["2.11.16", "2.12.7", "2.14.0"] as const;

export const doctor: Command = {
  name: "doctor",
  usage: "doctor",
  about: "whether this machine has what the other commands need (5 where something is missing)",
  flags: {},
  input: ["looks at programs and files only: it opens no socket and fetches nothing"],
  example: "doctor",
  run: async () => {
    const checks = [nodeHere(), wranglerHere(), await natsHere(), chromiumHere(), folderHere(), secretsHere()];
    const marks = { ok: "✓", weak: "!", missing: "✗" } as const;
    const rows = checks.flatMap(({ check, state, found, do: remedy }) => [
      `${marks[state]} ${check.padEnd(14)} ${found}`,
      ...(remedy === null ? [] : [`  do             ${remedy}`]),
    ]);
    const ok = checks.every(({ state }) => state !== "missing");
    return { exit: ok ? EXIT.yes : EXIT.no, data: { ok, checks }, text: rows.join("\n") };
  },
};

function nodeHere(): Finding {
  const found = process.versions.node;
  const [major = 0, minor = 0] = found.split(".").map(Number);
  const ok = major > NODE_LEAST[0] || (major === NODE_LEAST[0] && minor >= NODE_LEAST[1]);
  const remedy = "run it through npm (npm run -s quorate -- …), which has a Node of its own here";
  return { check: "node", state: ok ? "ok" : "missing", found, do: ok ? null : remedy };
}

function wranglerHere(): Finding {
  try {
    const path = createRequire(import.meta.url).resolve("wrangler/package.json");
    const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
    const need = project.devDependencies.wrangler;
    return version === need
      ? { check: "wrangler", state: "ok", found: version, do: null }
      : { check: "wrangler", state: "weak", found: version, do: `npm ci brings the version that is tested: ${need}` };
  } catch {
    return { check: "wrangler", state: "missing", found: "not installed", do: "npm ci" };
  }
}

/** Looks where the stack looks, and fetches nothing. */
async function natsHere(): Promise<Finding> {
  const nothing = { check: "nats-server", state: "missing", found: "not found", do: "install nats-server" } as const;
  const binary = await findNatsServer({ fetch: false }).catch(() => null);
  if (binary === null) return nothing;
  const said = spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout ?? "";
  const found = /v?(\d+\.\d+\.\d+)/.exec(said)?.[1] ?? "of unknown version";
  const sound = NATS_SOUND.some((least) => sameLine(found, least)) || isNewer(found, NATS_SOUND[2]);
  const remedy = `for local use only: in production run ${NATS_SOUND.join(", ")} or newer`;
  return { check: "nats-server", state: sound ? "ok" : "weak", found, do: sound ? null : remedy };
}

const numbers = (version: string) => version.split(".").map(Number);

/** Of the same minor version, and not older. */
function sameLine(found: string, least: string): boolean {
  const [a, b] = [numbers(found), numbers(least)];
  return a[0] === b[0] && a[1] === b[1] && (a[2] ?? 0) >= (b[2] ?? 0);
}

function isNewer(found: string, than: string): boolean {
  const [a, b] = [numbers(found), numbers(than)];
  const at = a.findIndex((part, index) => part !== b[index]);
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0);
}

function chromiumHere(): Finding {
  const path = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
  return existsSync(path)
    ? { check: "chromium", state: "ok", found: path, do: null }
    : { check: "chromium", state: "weak", found: "not found", do: "install chromium for the tests of pages" };
}

function folderHere(): Finding {
  try {
    accessSync(projectRoot, constants.W_OK);
    return { check: "folder", state: "ok", found: "can be written", do: null };
  } catch {
    const remedy = "the stack keeps its state below the checkout: make it writable";
    return { check: "folder", state: "missing", found: "cannot be written", do: remedy };
  }
}

/** Secrets of local development are for their owner's eyes. */
function secretsHere(): Finding {
  const path = join(projectRoot, ".dev.vars");
  if (!existsSync(path)) return { check: ".dev.vars", state: "ok", found: "none here", do: null };
  const shared = (statSync(path).mode & 0o077) !== 0;
  return shared
    ? { check: ".dev.vars", state: "weak", found: "others may read it", do: "chmod 600 .dev.vars" }
    : { check: ".dev.vars", state: "ok", found: "its owner's alone", do: null };
}
