// Reading webhook headers strictly: one value, one spelling. What is not exactly as the scheme defines it is refused by name.
import { parseBase64, parseHex } from "../../shared/bytes.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { HeaderSource, SecretKey } from "./claim.ts";

/** SHA-256 and Ed25519 give these lengths; anything else cannot be a signature of the scheme. */
export const MAC_BYTES = 32;
export const ED25519_BYTES = 64;
/** A list of signatures serves rotation, which needs two or three; each one costs a verification. */
export const SIGNATURES_MAX = 8;
/** Longer ids than any sender uses, short enough to store with every delivery. */
export const ID_LENGTH_MAX = 256;
const encoder = new TextEncoder();

/** The signature header as it came; every scheme asks for it first. */
export function signatureHeader(headers: HeaderSource, header: string): Result<string> {
  const value = headers.get(header);
  return value === null || value === "" ? fault("HOOK_SIGNATURE_MISSING", { header }) : ok(value);
}

/** An id or event name: one printable word. A comma means that the header came twice. */
export function wordHeader(headers: HeaderSource, header: string): Result<string | null> {
  const value = headers.get(header);
  if (value === null || value === "") return ok(null);
  if (value.includes(",")) return malformed(header, "one value; it came twice");
  const fits = value.length <= ID_LENGTH_MAX && /^[\x21-\x7e]+$/.test(value);
  return fits ? ok(value) : malformed(header, `at most ${ID_LENGTH_MAX} printable characters`);
}

export function deliveryHeader(headers: HeaderSource, header: string): Result<string> {
  const word = wordHeader(headers, header);
  if (!word.ok) return word;
  return word.value === null ? fault("HOOK_DELIVERY_MISSING", { header }) : ok(word.value);
}

export function secondsHeader(headers: HeaderSource, header: string): Result<number> {
  return parseSeconds(headers.get(header) ?? "", header);
}

/** Whole seconds since 1970 in their one decimal spelling: the text is part of what was signed. */
export function parseSeconds(text: string, header: string): Result<number> {
  return /^(0|[1-9]\d{0,11})$/.test(text) ? ok(Number(text)) : malformed(header, "a time in whole seconds since 1970");
}

export type SignatureForm = { readonly prefix: string; readonly encoding: "hex" | "base64"; readonly bytes: number };

/** `<prefix><signature>`, once. */
export function parseSignature(value: string, header: string, form: SignatureForm): Result<Uint8Array> {
  const need = `${form.prefix}${SPELT[form.encoding](form.bytes)}`;
  if (value.includes(",")) return malformed(header, "one value; it came twice");
  if (!value.startsWith(form.prefix)) return malformed(header, need);
  const text = value.slice(form.prefix.length);
  const fits = (encoding: SignatureForm["encoding"]) => {
    const bytes = PARSE[encoding](text);
    return bytes?.length === form.bytes ? bytes : null;
  };
  const bytes = fits(form.encoding);
  if (bytes !== null) return ok(bytes);
  const other = form.encoding === "hex" ? "base64" : "hex";
  return malformed(header, fits(other) === null ? need : `${need}; this is ${other}`);
}

const SPELT = {
  hex: (bytes: number) => `<${2 * bytes} lower-case hex digits>`,
  base64: (bytes: number) => `<base64 of ${bytes} bytes>`,
} as const;
const PARSE = { hex: parseHex, base64: parseBase64 } as const;

export function malformed(header: string, need: string): ReturnType<typeof fault> {
  return fault("HOOK_HEADER_MALFORMED", { header, need });
}

/** A secret used as its text is, which is what all but Standard Webhooks do. */
export function textSecret(secret: string): Result<SecretKey> {
  return secret === ""
    ? fault("HOOK_SECRET_MALFORMED", { need: "a secret that is not empty" })
    : ok({ kind: "hmac", bytes: encoder.encode(secret) });
}
