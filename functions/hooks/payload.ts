// Reading a verified payload. Only the fields that a source maps are looked at: whatever else the body holds, people with few
// rights at the sender may have written it, and it must not decide whether a signed delivery is taken.
import { parseJson } from "../../shared/evidence/bundle.ts";
import { fault, ok, type Result } from "../../shared/result.ts";

/** A JSON object as it came, nested as deep as it likes: nothing here walks all of it. */
export type Payload = { readonly [name: string]: unknown };

/** Code points of a payload's text that a title or subject carries. */
const TEXT_POINTS_MAX = 200;
const UNSHOWN = /[\p{Cc}\p{Zl}\p{Zp}\ufeff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

export function parsePayload(body: Uint8Array): Result<Payload> {
  const document = parseJson(body);
  return isObject(document)
    ? ok(document)
    : fault("BODY_INVALID", { path: "body", need: "a JSON object (application/json, not a form)" });
}

/** The text at a path of field names; null where there is none. */
export function textAt(payload: Payload, path: readonly string[]): string | null {
  let value: unknown = payload;
  for (const name of path) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof value === "string" && value.length > 0 ? value : null;
}

/**
 * Text as a call may carry it and a person may read it: cut between characters, well-formed, on one line, and without the marks that
 * turn the direction of writing.
 */
export function carriedText(text: string): string | null {
  const shown = text.toWellFormed().replace(UNSHOWN, " ").trim();
  // Twice as many units hold all the points that may stay; a half that the first cut leaves is past them.
  const cut = [...shown.slice(0, 2 * TEXT_POINTS_MAX)].slice(0, TEXT_POINTS_MAX).join("").trim();
  return cut === "" ? null : cut;
}

function isObject(value: unknown): value is Payload {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
