// Why a signature does not fit, found by trying: the body as common software would have changed it, and the secret as people
// mistype it. Runs only after the refusal is certain and only words its reason; nothing here can accept a delivery. Anyone may send
// what is refused, so each try is made only when its turn comes, and bodies that are large or deep are not tried at all.
import { parseBase64, parseHex } from "../../shared/bytes.ts";
import { parseJson } from "../../shared/evidence/bundle.ts";

/** Re-serialising a large body eight times would make a refusal dearer than an acceptance. */
const TRIED_BODY_BYTES_MAX = 32_768;
/** Senders nest a dozen deep; writing what is deeper would end the stack. */
const TRIED_DEPTH_MAX = 64;

export type Attempt<T> = { readonly cause: string; readonly value: T };

const encoder = new TextEncoder();
const RESERIALISED = "the body was parsed and written again on its way";

/** The body as the sender may have signed it, each with what would then have happened to it. */
export function* bodyAttempts(body: Uint8Array): Generator<Attempt<Uint8Array>> {
  if (body.length > TRIED_BODY_BYTES_MAX) return;
  yield { cause: "the sender signed an empty body", value: new Uint8Array() };
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
  for (const { cause, value } of newlineAttempts(text)) yield { cause, value: encoder.encode(value) };
  const parsed = nesting(body) > TRIED_DEPTH_MAX ? undefined : parseJson(body);
  if (parsed === undefined) return;
  for (const { cause, value } of jsonAttempts(parsed, text)) yield { cause, value: encoder.encode(value) };
}

/** How deep brackets stand, those in strings counted too: at least as deep as the JSON is. */
function nesting(body: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  for (const byte of body) {
    if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return deepest;
}

function* newlineAttempts(text: string): Generator<Attempt<string>> {
  const cut = "the newline at the end of the body was cut off";
  const added = "a newline was added at the end of the body";
  yield { cause: cut, value: `${text}\n` };
  yield { cause: cut, value: `${text}\r\n` };
  if (text.endsWith("\n")) yield { cause: added, value: text.slice(0, -1) };
  if (text.endsWith("\r\n")) yield { cause: added, value: text.slice(0, -2) };
  if (text.includes("\r\n")) yield { cause: "line ends were changed to CR LF", value: text.replaceAll("\r\n", "\n") };
  else if (text.includes("\n")) yield { cause: "line ends were changed to LF", value: text.replaceAll("\n", "\r\n") };
  if (text.startsWith("\ufeff")) yield { cause: "a byte order mark was put before the body", value: text.slice(1) };
}

/** The ways in which the libraries in use write JSON. */
function* jsonAttempts(parsed: unknown, text: string): Generator<Attempt<string>> {
  for (const [signed, write] of FORMS) {
    const value = write(parsed);
    if (value !== text) yield { cause: `${RESERIALISED}; ${signed}`, value };
  }
}

const FORMS: readonly (readonly [signed: string, write: (value: unknown) => string])[] = [
  ["the sender signed compact JSON", compact],
  ["the sender signed JSON indented by 2", (value) => JSON.stringify(value, null, 2)],
  ["the sender signed JSON indented by 4", (value) => JSON.stringify(value, null, 4)],
  ["the sender signed JSON with spaces after colons and commas", spaced],
  ["the sender signed compact JSON with sorted keys", (value) => compact(sortKeys(value))],
  ["the sender signed spaced JSON with sorted keys", (value) => spaced(sortKeys(value))],
  ["the sender signed JSON with escaped slashes", (value) => compact(value).replaceAll("/", "\\/")],
  ["the sender signed JSON with non-ASCII characters escaped", (value) => escapeNonAscii(compact(value))],
  ["the sender signed spaced JSON with non-ASCII characters escaped", (value) => escapeNonAscii(spaced(value))],
];

function compact(value: unknown): string {
  return JSON.stringify(value);
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sortKeys(member)]));
}

/** `{"a": 1, "b": [1, 2]}`: Python's default. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}: ${spaced(member)}`)
    .join(", ")}}`;
}

function escapeNonAscii(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The secret's bytes as the sender may have used them. */
export function secretAttempts(secret: string): Attempt<Uint8Array>[] {
  const bare = secret.replace(/^[a-z]+_/, "");
  const attempts: Attempt<Uint8Array | null>[] = [
    ...textAttempts(secret, bare),
    { cause: "the sender uses the bytes that the secret spells in base64", value: parseBase64(bare) },
    { cause: "the sender uses the bytes that the secret spells in hex", value: parseHex(bare.toLowerCase()) },
  ];
  return attempts.flatMap(({ cause, value }) => (value === null || value.length === 0 ? [] : [{ cause, value }]));
}

function textAttempts(secret: string, bare: string): Attempt<Uint8Array>[] {
  const trimmed = secret.trim();
  const unquoted = trimmed.replace(/^(["'])(.*)\1$/, "$2");
  const forms: readonly (readonly [string, string])[] = [
    ["the sender uses the secret's text as it stands, without decoding it", secret],
    ["the sender uses the secret without its prefix", bare],
    ["the sender uses the secret with the prefix whsec_", `whsec_${bare}`],
    ["the secret here has white space round it", trimmed],
    ["the secret here has quotes round it", unquoted],
    ["the sender's secret ends in a newline", `${secret}\n`],
  ];
  return forms.map(([cause, text]) => ({ cause, value: encoder.encode(text) }));
}
