// What this checkout would deploy, as wrangler itself reads it; and the record of what was deployed last.
import { createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ENGINE_VERSION } from "../../shared/ceremony/record.ts";
import { BUNDLE_FORMAT } from "../../shared/evidence/bundle.ts";
import { TRUST_FORMAT } from "../../shared/evidence/trust-statement.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { readJsonFile, readText } from "../files.ts";
import { pathIn } from "../party/folder.ts";
import { buildBundle } from "../stack/bundle.ts";
import { projectRoot } from "../stack/project.ts";
import type { Described } from "./plan.ts";

export type Inputs = {
  /** The party's folder, of which its document and its secrets are deployed; null where none is given. */
  readonly party: string | null;
  /** The file of the NATS login; null where none is given. */
  readonly login: string | null;
};

/** What is used here of the configuration that wrangler reads. */
type Read = {
  readonly name?: string;
  readonly compatibility_date?: string;
  readonly durable_objects: { readonly bindings: readonly { readonly class_name: string }[] };
  readonly migrations: readonly { readonly tag: string; readonly new_sqlite_classes?: readonly string[] }[];
  readonly queues: { readonly consumers?: readonly { readonly queue: string; readonly dead_letter_queue?: string }[] };
  readonly triggers: { readonly crons?: readonly string[] };
};

const CONFIG = "wrangler.toml";
const digest = (text: string) => sha256Hex(new TextEncoder().encode(text));

/** Builds the script as it would be uploaded, without a network. */
export async function describeHere({
  party,
  login,
}: Inputs): Promise<{ readonly described: Described; readonly gzipBytes: number }> {
  // Read before anything is built: what cannot be read is told at once.
  const document = party === null ? null : digest(readText(pathIn(party, "party")));
  const values = secretFiles({ party, login }).flatMap(secretsIn);
  const config = readText(join(projectRoot, CONFIG));
  const { unstable_readConfig: readConfig } = await import("wrangler");
  const read = readConfig({ config: join(projectRoot, CONFIG) }) as Read;
  const { script, gzipBytes } = await buildBundle();
  const consumers = read.queues.consumers ?? [];
  const described: Described = {
    worker: read.name ?? "",
    compatibilityDate: read.compatibility_date ?? "",
    config: digest(config),
    script: digest(script),
    party: document,
    objects: read.durable_objects.bindings.map(({ class_name }) => class_name),
    migrations: read.migrations.map(({ tag, new_sqlite_classes = [] }) => ({ tag, classes: new_sqlite_classes })),
    queues: [...new Set(consumers.flatMap(({ queue, dead_letter_queue }) => [queue, dead_letter_queue ?? queue]))],
    crons: read.triggers.crons ?? [],
    secrets: values.map(([name]) => name).sort(),
    marks: marksOf(values),
    engine: ENGINE_VERSION,
    formats: [BUNDLE_FORMAT, TRUST_FORMAT],
  };
  return { described, gzipBytes };
}

/** The files whose fields become secrets of the Worker. */
export function secretFiles({ party, login }: Inputs): readonly string[] {
  return [...(party === null ? [] : [pathIn(party, "secrets")]), ...(login === null ? [] : [login])];
}

type Secret = readonly [name: string, value: string];

function secretsIn(path: string): readonly Secret[] {
  return Object.entries(readJsonFile(path) as object).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
}

/** Under the signing key, so that whoever finds the record can try no values against it; none where that key is not among them. */
function marksOf(values: readonly Secret[]): Described["marks"] {
  const [, key] = values.find(([name]) => name === "SIGNING_KEY") ?? [];
  if (key === undefined) return {};
  const mark = ([name, value]: Secret) => createHmac("sha256", `${key} deployed`).update(`${name}\n${value}`);
  return Object.fromEntries(values.map((secret) => [secret[0], mark(secret).digest("hex").slice(0, 16)]));
}

/** Where plans, and what was deployed last, are kept: names and digests, no secret. One checkout may deploy several parties. */
export const recordsOf = ({ party }: Inputs): string => party ?? join(projectRoot, ".quorate");

export const recordPath = (inputs: Inputs, worker: string): string =>
  join(recordsOf(inputs), `deployed-${worker}.json`);

export function lastApplied(inputs: Inputs, worker: string): Described | null {
  const path = recordPath(inputs, worker);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Described) : null;
}
