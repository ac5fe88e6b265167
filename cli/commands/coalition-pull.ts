// `coalition pull`: partners' statements from wherever they are served, into a pool of files. A source that is down, behind or wrong is
// shown, and takes nothing away: what was fetched once is enough to go on.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type OpenedPool, openPool } from "../../shared/coalition/open.ts";
import { fellBack, joinFiles, readSource } from "../../shared/coalition/source.ts";
import { openTrust, type TrustStatement } from "../../shared/evidence/trust-statement.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { STATEMENTS_BYTES_MAX } from "../../shared/limits.ts";
import { type FramesFile, NO_FRAMES, readFramesFile, writeFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { describeRefusal, type Refusal } from "../../shared/refusals.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import { reasonOf } from "../agent-client.ts";
import { argument, makeFolder, readJsonFile, required, usage, writeNamed } from "../files.ts";
import { poolFiles } from "../pool-folder.ts";
import { type Command, EXIT } from "../registry.ts";
import { readTrust } from "./evidence.ts";
import { unwrap } from "./unwrap.ts";

const WITHIN_MS = 10_000;

type Pulled = {
  readonly url: string;
  readonly state: "new" | "same" | "behind" | "refused" | "unreachable";
  readonly file: string;
  /** Statements that it has brought, now and before, and those that are new. */
  readonly held: number;
  readonly fresh: number;
  readonly heads: Readonly<Record<string, number>>;
  readonly refused: readonly (Refusal & { readonly id: string })[];
} & Partial<Refusal>;

export const coalitionPull: Command = {
  name: "coalition pull",
  usage: "coalition pull URL … --pool DIR --trust TRUST",
  about:
    "fetch partners' signed statements into a pool; exit 5 where one is refused or serves less than before, 9 where one is silent",
  flags: { pool: { type: "string" }, trust: { type: "string" } },
  input: ["URL  of a file as `coalition sign` writes it, at any static address; what it brought once is never dropped"],
  example: "coalition pull https://bolt.example/pact.json --pool pool --trust trust.json",
  run: async (call) => {
    argument(call, 0, "URL");
    const trust = readTrust(required(call, "trust"));
    const folder = makeFolder(required(call, "pool"));
    const bad = call.args.find((url) => !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol));
    if (bad !== undefined) throw usage(`URL is http://… or https://…, not ${bad}`);
    const sources: Pulled[] = [];
    for (const url of call.args) sources.push(await pull(url, folder, trust));
    const whole = await opened(poolFiles(folder).reduce(joinFiles, NO_FRAMES), trust);
    const refused = whole.refused.map(({ id, from, fault: why }) => ({ id, from, ...describeRefusal(why) }));
    const data = { pool: folder, heads: Object.fromEntries(whole.heads), sources, refused };
    const rows = sources.map(({ url, state, fresh, held, why }) =>
      [state.padEnd(12), url, ` ${fresh} new of ${held}`, why === undefined ? "" : `  ${why}`].join(""),
    );
    return {
      exit: exitOf(sources),
      data,
      text: [...rows, ...refused.map(({ id, why }) => `${id}  ${why}`)].join("\n"),
    };
  },
};

function exitOf(sources: readonly Pulled[]): number {
  if (sources.some(({ state, refused }) => state === "refused" || state === "behind" || refused.length > 0))
    return EXIT.no;
  return sources.some(({ state }) => state === "unreachable") ? EXIT.unreachable : EXIT.yes;
}

/** One source: what it serves through the door, beside what it served before. */
async function pull(url: string, folder: string, trust: TrustStatement): Promise<Pulled> {
  const file = join(folder, `${new URL(url).hostname}-${sha256Hex(new TextEncoder().encode(url)).slice(0, 12)}.json`);
  const before = existsSync(file) ? unwrap(readFramesFile(readJsonFile(file), file)) : NO_FRAMES;
  const kept = await opened(before, trust);
  const none = { url, file, held: before.frames.length, fresh: 0, heads: Object.fromEntries(kept.heads), refused: [] };
  const bytes = await fetchBytes(url);
  const served = bytes.ok ? readSource(bytes.value, url) : bytes;
  if (!served.ok) {
    const state = served.fault.code === "SOURCE_SILENT" ? "unreachable" : "refused";
    return { ...none, state, ...describeRefusal(served.fault) };
  }
  const now = await opened(joinFiles({ ...NO_FRAMES, statements: before.statements }, served.value), trust);
  const sound = {
    mesh: trust.mesh,
    frames: now.admitted.map(({ frame }) => frame),
    statements: served.value.statements,
  };
  const joined = joinFiles({ ...before, mesh: trust.mesh }, sound);
  writeNamed(file, `${JSON.stringify(writeFramesFile(joined))}\n`);
  const behind = fellBack(url, kept.heads, now.heads);
  const fresh = joined.frames.length - before.frames.length;
  return {
    url,
    file,
    state: behind !== null ? "behind" : fresh > 0 ? "new" : "same",
    held: joined.frames.length,
    fresh,
    heads: Object.fromEntries(now.heads),
    refused: now.refused.map(({ id, fault: why }) => ({ id, ...describeRefusal(why) })),
    ...(behind === null ? {} : describeRefusal(behind)),
  };
}

async function opened({ frames, statements }: FramesFile, trust: TrustStatement): Promise<OpenedPool> {
  return openPool(frames, trust.mesh, unwrap(await openTrust(trust, statements)));
}

/** The bytes at an address, read no further than its limit. */
async function fetchBytes(url: string): Promise<Result<Uint8Array>> {
  const silent = (reason: string): Result<Uint8Array> => fault("SOURCE_SILENT", { url, reason });
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(WITHIN_MS) });
    if (!response.ok) return silent(`it answers ${response.status}`);
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of response.body ?? []) {
      parts.push(part);
      length += part.length;
      if (length > STATEMENTS_BYTES_MAX) break;
    }
    return ok(new Uint8Array(Buffer.concat(parts)));
  } catch (error) {
    return silent(reasonOf(error as Error));
  }
}
