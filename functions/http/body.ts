// Request bodies: read with a limit that does not depend on what the sender declares, and only of the type that the route reads.

import { concatBytes } from "../../shared/bytes.ts";
import { fromJson } from "../../shared/cbor/json.ts";
import type { CborValue } from "../../shared/cbor/value.ts";
import { parseJson } from "../../shared/evidence/bundle.ts";
import { BODY_BYTES_MAX } from "../../shared/limits.ts";
import { fault, ok, type Result } from "../../shared/result.ts";

/** The raw bytes of a body, up to a limit. */
export async function readBytes(request: Request, limit = BODY_BYTES_MAX): Promise<Result<Uint8Array>> {
  const declared = Number(request.headers.get("content-length") ?? "0");
  if (declared > limit) return fault("BODY_TOO_LARGE", { limit });
  const parts: Uint8Array[] = [];
  let length = 0;
  if (request.body !== null) {
    for await (const part of request.body as unknown as AsyncIterable<Uint8Array>) {
      length += part.length;
      if (length > limit) return fault("BODY_TOO_LARGE", { limit });
      parts.push(part);
    }
  }
  return length < declared ? fault("BODY_TRUNCATED", { found: length, need: declared }) : ok(concatBytes(...parts));
}

/** The media type of a request without its parameters. */
export function mediaType(request: Request): string {
  return (request.headers.get("content-type") ?? "none").split(";")[0]?.trim().toLowerCase() ?? "none";
}

/** A JSON body as values of our profile. */
export async function readJson(request: Request): Promise<Result<CborValue>> {
  if (mediaType(request) !== "application/json")
    return fault("CONTENT_TYPE", { found: mediaType(request), need: "application/json" });
  const bytes = await readBytes(request);
  if (!bytes.ok) return bytes;
  const document = parseJson(bytes.value);
  if (document === undefined) return fault("BODY_INVALID", { path: "body", need: "JSON in UTF-8" });
  const value = fromJson(document);
  return value.ok ? value : fault("BODY_INVALID", value.fault.detail);
}
