// `party expirations`: what ends before long of all that a party's folder holds, so that it is followed in time.
import { parseChain } from "../../shared/authority/chain.ts";
import { parseDeviceLink } from "../../shared/authority/continuity.ts";
import { parseBase64 } from "../../shared/bytes.ts";
import { DEVICE_EPOCHS_MISSED_MAX } from "../../shared/limits.ts";
import { argument, instant, namesIn, readJsonFile, seconds } from "../files.ts";
import { expiryOfCredentials } from "../nats/jwt.ts";
import type { PartyDocument } from "../party/document.ts";
import { pathIn } from "../party/folder.ts";
import { type Command, EXIT } from "../registry.ts";
import { shown } from "../terminal.ts";
import { timeText } from "../times.ts";
import { apiKeysIn } from "./online/keys.ts";
import { unwrap } from "./unwrap.ts";

/** `at` is when it ends, in microseconds since 1970. */
type Ending = { readonly what: string; readonly name: string; readonly at: number; readonly do: string };

const DAY_S = 86_400;
const WITHIN_S = 30 * DAY_S;
/** A device's link is renewed each day and lives for a week: it is pressing once half of that is over. */
const LINK_WITHIN_S = 4 * DAY_S;

export const partyExpirations: Command = {
  name: "party expirations",
  usage: "party expirations DIR [--within T] [--login FILE]… [--at TIME]",
  about:
    "what of a party's folder ends soon: credentials, the device's link, API keys and NATS logins (5 where something has ended)",
  flags: { within: { type: "string" }, login: { type: "string", multiple: true }, at: { type: "string" } },
  input: [
    "--within      how soon, 30d unless told otherwise; what ends later is shown and is no warning",
    "--login       the NATS login that the agent was deployed with, as party nats writes it; those in the folder are looked at in any case",
    "--at          as if it were then",
  ],
  example: "party expirations acme --within 30d --login hub/acme.login.json",
  run: async (call) => {
    const dir = argument(call, 0, "DIR");
    const now = instant(call, "at") ?? Date.now() * 1_000;
    const within = seconds(call, "within") ?? WITHIN_S;
    const given = (call.flags.login as readonly string[] | undefined) ?? [];
    const inside = namesIn(dir).filter((name) => /\.login(\.\d+)?\.json$/.test(name));
    const all = [...inFolder(dir), ...[...given, ...inside.map((name) => `${dir}/${name}`)].flatMap(inLogin)];
    const rows = all.sort((a, b) => a.at - b.at).map((ending) => ({ ...ending, state: stateOf(ending, now, within) }));
    for (const { what, name, at, state } of rows.filter((row) => row.state !== "later"))
      call.say(`! ${what} ${shown(name)} ${state === "ended" ? "ended" : "ends"} ${timeText(at)}`);
    const lines = rows.map(
      ({ what, name, at, state, do: remedy }) =>
        `${timeText(at)}  ${state.padEnd(6)} ${what} ${shown(name)}${state === "later" ? "" : `   do  ${remedy}`}`,
    );
    const named = rows.map(({ at, ...row }) => ({ ...row, at: dateOf(at) }));
    const data = { dir, endings: named, soon: rows.filter(({ state }) => state !== "later").length };
    const exit = rows.some(({ state }) => state === "ended") ? EXIT.no : EXIT.yes;
    return { exit, data, text: lines.join("\n") };
  },
};

function stateOf({ what, at }: Ending, now: number, within: number): "ended" | "soon" | "later" {
  const left = (at - now) / 1_000_000;
  const limit = what === LINK ? Math.min(within, LINK_WITHIN_S) : within;
  return left <= 0 ? "ended" : left <= limit ? "soon" : "later";
}

const dateOf = (micros: number) => `${new Date(micros / 1_000).toISOString().slice(0, 19)}Z`;
const LINK = "device link";

function inFolder(dir: string): readonly Ending[] {
  type Standing = { readonly mesh: string; readonly credentials: readonly string[] };
  const { meshes = [], ...document } = readJsonFile(pathIn(dir, "party")) as PartyDocument & {
    readonly meshes?: readonly Standing[];
  };
  const secrets = readJsonFile(pathIn(dir, "secrets")) as Readonly<Record<string, string>>;
  const keys = apiKeysIn(secrets).flatMap(({ id, until }) =>
    until === undefined ? [] : [{ what: "API key", name: id, at: Date.parse(until) * 1_000, do: "key create" }],
  );
  const standings = [document, ...meshes].flatMap(({ credentials }) => inChain(credentials, dir));
  return [...standings, ...linkIn(document, dir), ...keys];
}

function inChain(credentials: readonly string[], dir: string): readonly Ending[] {
  const frames = credentials.map((frame) => parseBase64(frame) ?? new Uint8Array());
  return unwrap(parseChain(frames)).map(({ grant, id }) => ({
    what: "credential",
    name: `${grant.subject} of ${grant.mesh} ${id.slice(0, 8)}`,
    at: grant.not_after,
    do: `party rotate ${dir}`,
  }));
}

/** The last link is good until more epochs have passed than may be missed. */
function linkIn({ deviceLinks = [] }: PartyDocument, dir: string): readonly Ending[] {
  const last = parseBase64(deviceLinks.at(-1) ?? "");
  if (deviceLinks.length === 0 || last === null) return [];
  const { epoch, schedule } = unwrap(parseDeviceLink(last)).body;
  const at = schedule.start + (epoch + 1 + DEVICE_EPOCHS_MISSED_MAX) * schedule.length;
  return [{ what: LINK, name: `epoch ${epoch}`, at, do: `party device ${dir}` }];
}

/** A password never ends. */
function inLogin(path: string): readonly Ending[] {
  const { NATS_CREDS } = readJsonFile(path) as { readonly NATS_CREDS?: string };
  const until = NATS_CREDS === undefined ? null : expiryOfCredentials(NATS_CREDS);
  return until === null ? [] : [{ what: "NATS login", name: path, at: until * 1_000_000, do: "party nats renew" }];
}
