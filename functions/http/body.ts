// Request bodies: read with a limit that does not depend on what the sender declares, and only of the type that the route reads.
import { concatBytes } from "../../shared/bytes.ts";
import { fromJson } from "../../shared/cbor/json.ts";
import { type Reader, readAs } from "../../shared/cbor/read.ts";
import type { CborValue } from "../../shared/cbor/value.ts";
import { parseJson } from "../../shared/evidence/bundle.ts";
import { BODY_BYTES_MAX } from "../../shared/limits.ts";
import { fault, ok, type Result } from "../../shared/result.ts";

/** Time for all of a body: a quarter of a megabyte at 26 kB a second. Whoever sends more slowly would hold the connection for nothing. */
const BODY_WITHIN_MS = 10_000;

/** Asked for at once: without a size a platform gives a few kilobytes at a time, and each is a turn of the event loop. */
const PART_BYTES = 65_536;

/** The raw bytes of a body, of a request or of an answer, up to a limit and within a time. */
export async function readBytes(
  request: Request | Response,
  limit = BODY_BYTES_MAX,
  withinMs = BODY_WITHIN_MS,
): Promise<Result<Uint8Array>> {
  const declared = Number(request.headers.get("content-length") ?? "0");
  if (declared > limit) return fault("BODY_TOO_LARGE", { limit });
  const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader({ mode: "byob" });
  if (reader === undefined) return ended(new Uint8Array(), declared);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), withinMs);
  });
  try {
    const bytes = await collect(reader, limit, late);
    if (bytes === null) return fault("BODY_SLOW", { seconds: withinMs / 1_000 });
    return bytes.length > limit ? fault("BODY_TOO_LARGE", { limit }) : ended(bytes, declared);
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => undefined);
  }
}

/** All bytes, or those up to the first part that passes the limit; null when the time is over. */
async function collect(
  reader: ReadableStreamBYOBReader,
  limit: number,
  late: Promise<null>,
): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  for (let length = 0; length <= limit; ) {
    const read = await Promise.race([reader.read(new Uint8Array(PART_BYTES)), late]);
    if (read === null) return null;
    if (read.done) break;
    parts.push(read.value);
    length += read.value.length;
  }
  return concatBytes(...parts);
}

function ended(bytes: Uint8Array, declared: number): Result<Uint8Array> {
  return bytes.length < declared ? fault("BODY_TRUNCATED", { found: bytes.length, need: declared }) : ok(bytes);
}

/** The media type of a request without its parameters. */
export function mediaType(request: Request): string {
  return (request.headers.get("content-type") ?? "none").split(";")[0]?.trim().toLowerCase() ?? "none";
}

/** A JSON body as values of our profile. */
export async function readJson(request: Request, limit = BODY_BYTES_MAX): Promise<Result<CborValue>> {
  if (mediaType(request) !== "application/json")
    return fault("CONTENT_TYPE", { found: mediaType(request), need: "application/json" });
  const bytes = await readBytes(request, limit);
  if (!bytes.ok) return bytes;
  const document = parseJson(bytes.value);
  if (document === undefined) return fault("BODY_INVALID", { path: "body", need: "JSON in UTF-8" });
  const value = fromJson(document);
  return value.ok ? value : fault("BODY_INVALID", value.fault.detail);
}

/** A JSON body as one of our types. */
export async function readBody<T>(request: Request, reader: Reader<T>, limit = BODY_BYTES_MAX): Promise<Result<T>> {
  const value = await readJson(request, limit);
  if (!value.ok) return value;
  const body = readAs(value.value, reader);
  return body.ok ? body : fault("BODY_INVALID", body.fault.detail);
}
