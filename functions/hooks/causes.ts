// Why a signature does not fit, found by trying: the body as common software would have changed it, and the secret as people
// mistype it. Runs only after the refusal is certain and only words its reason; nothing here can accept a delivery.
import { parseBase64, parseHex } from "../../shared/bytes.ts";

/** Re-serialising a large body eight times would make a refusal dearer than an acceptance. */
export const TRIED_BODY_BYTES_MAX = 65_536;

export type Attempt<T> = { readonly cause: string; readonly value: T };

const encoder = new TextEncoder();
const RESERIALISED = "the body was parsed and written again on its way";

/** The body as the sender may have signed it, each with what would then have happened to it. */
export function bodyAttempts(body: Uint8Array): Attempt<Uint8Array>[] {
  if (body.length > TRIED_BODY_BYTES_MAX) return [];
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
  const attempts = [...jsonAttempts(text), ...newlineAttempts(text)];
  const bytes = attempts.map(({ cause, value }) => ({ cause, value: encoder.encode(value) }));
  return [...bytes, { cause: "the sender signed an empty body", value: new Uint8Array() }];
}

function newlineAttempts(text: string): Attempt<string>[] {
  const added = "a newline was added at the end of the body";
  const attempts: Attempt<string>[] = [
    { cause: "the newline at the end of the body was cut off", value: `${text}\n` },
    { cause: "the newline at the end of the body was cut off", value: `${text}\r\n` },
  ];
  if (text.endsWith("\n")) attempts.push({ cause: added, value: text.slice(0, -1) });
  if (text.endsWith("\r\n")) attempts.push({ cause: added, value: text.slice(0, -2) });
  if (text.includes("\r\n"))
    attempts.push({ cause: "line ends were changed to CR LF", value: text.replaceAll("\r\n", "\n") });
  else if (text.includes("\n"))
    attempts.push({ cause: "line ends were changed to LF", value: text.replaceAll("\n", "\r\n") });
  if (text.startsWith("\ufeff"))
    attempts.push({ cause: "a byte order mark was put before the body", value: text.slice(1) });
  return attempts;
}

/** The ways in which the libraries in use write JSON. */
function jsonAttempts(text: string): Attempt<string>[] {
  const parsed = parseJson(text);
  if (parsed === null) return [];
  const compact = JSON.stringify(parsed.value);
  const sorted = sortKeys(parsed.value);
  const forms = [
    ["the sender signed compact JSON", compact],
    ["the sender signed JSON indented by 2", JSON.stringify(parsed.value, null, 2)],
    ["the sender signed JSON indented by 4", JSON.stringify(parsed.value, null, 4)],
    ["the sender signed JSON with spaces after colons and commas", spaced(parsed.value)],
    ["the sender signed compact JSON with sorted keys", JSON.stringify(sorted)],
    ["the sender signed spaced JSON with sorted keys", spaced(sorted)],
    ["the sender signed JSON with escaped slashes", compact.replaceAll("/", "\\/")],
    ["the sender signed JSON with non-ASCII characters escaped", escapeNonAscii(compact)],
    ["the sender signed spaced JSON with non-ASCII characters escaped", escapeNonAscii(spaced(parsed.value))],
  ] as const;
  return forms
    .filter(([, form]) => form !== text)
    .map(([signed, value]) => ({ cause: `${RESERIALISED}; ${signed}`, value }));
}

function parseJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
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
