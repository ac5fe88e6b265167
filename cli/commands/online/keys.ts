// `key list|create|withdraw`: the bearer keys of an agent's API. A key is made here and shown once; the agent is deployed with its digest alone.
import { sha256Hex } from "../../../shared/hash.ts";
import { fault } from "../../../shared/result.ts";
import { FIRST_KEY, isKeyName, SCOPES, type Scope } from "../../../shared/scopes.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf, askJson } from "../../agent-client.ts";
import { argument, instant, numberIn, readJsonFile, seconds, usage } from "../../files.ts";
import { PROGRAM } from "../../find.ts";
import { pathIn, replacePrivate } from "../../party/folder.ts";
import { newSecret } from "../../party/secret.ts";
import { type Answer, type Call, type Command, EXIT, Refused, YES, YES_INPUT } from "../../registry.ts";
import { nameTyped, shown } from "../../terminal.ts";
import { timeText } from "../../times.ts";

/** As it stands in the secret `API_KEYS`, a list of such. */
export type KeyEntry = {
  readonly id: string;
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  readonly until?: string;
  readonly perMinute?: number;
};
type ShownKey = {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly until: number | null;
  readonly withdrawnAtMs: number | null;
};
type Listed = { readonly keys: readonly ShownKey[]; readonly withdrawn: readonly string[] };

export const keyList: Command = {
  name: "key list",
  usage: `key list ${AGENT_USAGE}`,
  about: "the bearer keys of an agent's API by name, what each may do and until when, and what was withdrawn",
  flags: AGENT_FLAGS,
  input: AGENT_INPUT,
  example: "key list --as acme",
  run: async (call) => {
    const data = await askJson<Listed>(agentOf(call), "/v1/keys");
    const lines = data.keys.map(({ id, scopes, until, withdrawnAtMs }) => {
      const end = until === null ? "" : `   until ${timeText(until * 1_000)}${until < Date.now() ? ", ENDED" : ""}`;
      const gone = withdrawnAtMs === null ? "" : `   WITHDRAWN ${timeText(withdrawnAtMs * 1_000)}`;
      return `${shown(id).padEnd(16)} ${shown(scopes.join(", "))}${end}${gone}`;
    });
    const others = data.withdrawn.map((id) => `${shown(id).padEnd(16)} withdrawn`);
    return { exit: EXIT.yes, data, text: [...lines, ...others].join("\n") };
  },
};

export const keyCreate: Command = {
  name: "key create",
  usage: "key create NAME --scope SCOPE… [--until TIME | --for T] [--per-minute N] [--dir DIR]",
  about: "make a bearer key, shown this once, and the entry of API_KEYS by which an agent knows it; no agent is asked",
  flags: {
    scope: { type: "string", multiple: true },
    until: { type: "string" },
    for: { type: "string" },
    "per-minute": { type: "string" },
    dir: { type: "string" },
  },
  input: [
    `--scope       what it may do, once for each: ${SCOPES.join(", ")} (admin may do all)`,
    "--until       ISO 8601; --for a length of time such as 90d; without either it ends when it is withdrawn",
    "--per-minute  units of work that it may ask for in a minute",
    "--dir         a party's folder: the entry is put into its secrets.json, which the next deployment takes along",
  ],
  example: "key create ci --scope read --scope open --for 90d",
  run: async (call) => {
    const id = argument(call, 0, "NAME");
    if (!isKeyName(id) || id === FIRST_KEY)
      throw usage("NAME takes 1 to 64 letters, digits, dots, underscores and hyphens; API_KEY is the agent's first");
    const scopes = scopesOf(call);
    const end = untilOf(call);
    const key = newSecret();
    const entry: KeyEntry = {
      id,
      sha256: sha256Hex(new TextEncoder().encode(key)),
      scopes,
      ...(end === null ? {} : { until: end }),
      ...(call.flags["per-minute"] === undefined
        ? {}
        : { perMinute: numberIn(call, "per-minute", null, 1, 1_000_000) }),
    };
    const { dir } = call.flags;
    const file = typeof dir === "string" ? putInto(dir, entry) : null;
    const text = [
      `key    ${key}   (shown once)`,
      `entry  ${JSON.stringify(entry)}`,
      file === null
        ? "next   put the entry into the list that is the secret API_KEYS, and deploy"
        : `next   ${file} has it: deploy; then ${PROGRAM} key list`,
    ];
    return { exit: EXIT.yes, data: { key, entry, file }, text: text.join("\n") };
  },
};

function scopesOf({ flags: { scope } }: Call): readonly Scope[] {
  const given = Array.isArray(scope) ? (scope as readonly string[]) : [];
  if (given.length === 0 || !given.every((each) => (SCOPES as readonly string[]).includes(each)))
    throw usage(`--scope takes ${SCOPES.join(", ")}, once for each that the key is to have`);
  return SCOPES.filter((each) => given.includes(each));
}

function untilOf(call: Call): string | null {
  const at = instant(call, "until");
  const lasting = seconds(call, "for");
  if (at !== null && lasting !== null) throw usage("either --until or --for, not both");
  const ms = at === null ? (lasting === null ? null : Date.now() + lasting * 1_000) : at / 1_000;
  if (ms !== null && ms <= Date.now()) throw usage("the key would have ended already");
  return ms === null ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Into the list of a party's folder; a name stands for one key. */
function putInto(dir: string, entry: KeyEntry): string {
  const path = pathIn(dir, "secrets");
  const secrets = readJsonFile(path) as Readonly<Record<string, string>>;
  const entries = apiKeysIn(secrets);
  if (entries.some(({ id }) => id === entry.id)) throw usage(`${path} has a key ${entry.id} already`);
  replacePrivate(path, { ...secrets, API_KEYS: JSON.stringify([...entries, entry]) });
  return path;
}

export function apiKeysIn({ API_KEYS = "[]" }: Readonly<Record<string, string>>): readonly KeyEntry[] {
  const entries = readJsonFile("API_KEYS of secrets.json", API_KEYS);
  if (Array.isArray(entries)) return entries as readonly KeyEntry[];
  throw usage("API_KEYS of secrets.json is not a list");
}

export const keyWithdraw: Command = {
  name: "key withdraw",
  usage: `key withdraw NAME [--dry-run] [--yes] ${AGENT_USAGE}`,
  about: "withdraw a bearer key, or a person (access:EMAIL), within seconds and for good",
  flags: { "dry-run": { type: "boolean" }, ...YES, ...AGENT_FLAGS },
  input: [
    "NAME          as key list shows it, or access:EMAIL of somebody whom the identity provider lets through",
    "--dry-run     tells what would be withdrawn, and withdraws nothing",
    YES_INPUT,
    ...AGENT_INPUT,
  ],
  example: "key withdraw ci --yes --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const id = argument(call, 0, "NAME");
    if (call.flags["dry-run"] === true) return withdrawal(id, await askJson<Listed>(agent, "/v1/keys"));
    const effect = `${shown(id)} will be withdrawn for good, with its sessions and streams: the name is never taken again.`;
    if (!(await nameTyped(call, effect, id)))
      return { exit: EXIT.stopped, data: { withdrawn: false, id }, text: "nothing was withdrawn" };
    type Withdrawn = { readonly id: string; readonly atMs: number };
    const data = await askJson<Withdrawn>(agent, `/v1/keys/${encodeURIComponent(id)}`, { method: "DELETE" });
    const text = `${shown(data.id)} is withdrawn since ${timeText(data.atMs * 1_000)}; a name that was withdrawn is never taken again`;
    return { exit: EXIT.yes, data: { withdrawn: true, ...data }, text };
  },
};

/** Of a person nothing is listed before it is withdrawn. */
function withdrawal(id: string, { keys, withdrawn }: Listed): Answer {
  const key = keys.find((one) => one.id === id);
  const isPerson = id.startsWith("access:");
  if (id === FIRST_KEY || (key === undefined && !isPerson))
    throw new Refused(
      fault("QUERY_INVALID", { path: "NAME", need: `a key of key list but ${FIRST_KEY}, or access:EMAIL` }).fault,
    );
  const isGone = withdrawn.includes(id) || typeof key?.withdrawnAtMs === "number";
  const what = key === undefined ? "a person" : `a key for ${key.scopes.join(", ")}`;
  const text = isGone
    ? `${shown(id)} is withdrawn already`
    : `${shown(id)} (${shown(what)}) would be withdrawn for good, with its sessions and streams`;
  return { exit: EXIT.yes, data: { dryRun: true, id, scopes: key?.scopes ?? null, isWithdrawn: isGone }, text };
}
