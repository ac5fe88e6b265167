// A partner's file of signed statements at some address (SPEC §15.11): any mirror may hold it, nobody has to trust that mirror, and what
// it once served is never forgotten because it serves less now.
import { toBase64 } from "../bytes.ts";
import { parseJson } from "../evidence/bundle.ts";
import { AUTHORITY_STATEMENTS_MAX, FACTS_MAX, STATEMENTS_BYTES_MAX } from "../limits.ts";
import { type FramesFile, readFramesFile } from "../mesh/signed/frames-file.ts";
import { type Fault, fault, type Result } from "../result.ts";
import { compareText } from "../text.ts";
import type { Heads } from "./signed.ts";

/** The bytes of an address as a file of statements; what is too large, cut short or something else is refused whole. */
export function readSource(bytes: Uint8Array, url: string): Result<FramesFile> {
  if (bytes.length > STATEMENTS_BYTES_MAX) return fault("SOURCE_TOO_LARGE", { url, limit: STATEMENTS_BYTES_MAX });
  const document = parseJson(bytes);
  if (document === undefined) return fault("SOURCE_UNREADABLE", { url, need: "JSON in UTF-8, to its end" });
  const file = readFramesFile(document, "file of statements");
  return file.ok
    ? file
    : fault("SOURCE_UNREADABLE", { url, need: `${file.fault.detail.path || "the file"}: ${file.fault.detail.need}` });
}

/** Why a source is behind what it served before, of the first authority by name; null where it is not. */
export function fellBack(url: string, before: Heads, now: Heads): Fault | null {
  const behind = [...before]
    .filter(([authority, last]) => (now.get(authority) ?? 0) < last)
    .sort(([a], [b]) => compareText(a, b))[0];
  if (behind === undefined) return null;
  const [authority, last] = behind;
  return fault("SOURCE_ROLLED_BACK", { url, authority, last, found: now.get(authority) ?? 0 }).fault;
}

/** All that either file has, once each, in the order of the first and then of the second. */
export function joinFiles(kept: FramesFile, fetched: FramesFile): FramesFile {
  const joined = (a: readonly Uint8Array[], b: readonly Uint8Array[], most: number) =>
    [...new Map([...a, ...b].map((frame) => [toBase64(frame), frame])).values()].slice(0, most);
  return {
    mesh: kept.mesh ?? fetched.mesh,
    frames: joined(kept.frames, fetched.frames, FACTS_MAX),
    statements: joined(kept.statements, fetched.statements, AUTHORITY_STATEMENTS_MAX),
  };
}
