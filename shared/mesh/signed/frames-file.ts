// A file of signed statements, as agents write and read them: observations, and beside them what is known of authority (SPEC §20.12).
import { parseBase64, toBase64 } from "../../bytes.ts";
import { fromJson } from "../../cbor/json.ts";
import { list, misfit, nullable, oneOf, type Reader, readAs, text } from "../../cbor/read.ts";
import { AUTHORITY_STATEMENTS_MAX, FACTS_MAX, FRAME_BYTES_MAX } from "../../limits.ts";
import { fault, ok, type Result } from "../../result.ts";
import { fields, NO_ITEMS } from "../documents/fields.ts";

export const FRAMES_FORMAT = "quorate-frames/1";

export type FramesFile = {
  readonly frames: readonly Uint8Array[];
  /** Roots' histories, rotations, taxonomies, revocations and their states. */
  readonly statements: readonly Uint8Array[];
  /** The mesh whose history it holds; null where it holds other things, or where only one can be meant. */
  readonly mesh: string | null;
};

export const NO_FRAMES: FramesFile = { frames: [], statements: [], mesh: null };

const readFrame: Reader<Uint8Array> = (value, path) => {
  const bytes = parseBase64(text(2 * FRAME_BYTES_MAX)(value, path));
  return bytes ?? misfit(path, "canonical base64");
};

const readFile = fields<FramesFile & { readonly format: string }>(
  {
    format: oneOf(FRAMES_FORMAT),
    frames: list(readFrame, FACTS_MAX),
    statements: list(readFrame, AUTHORITY_STATEMENTS_MAX),
    mesh: nullable(text()),
  },
  { statements: NO_ITEMS, mesh: null },
  null,
);

/** True for a document that says it is such a file; a plain one says nothing of the kind. */
export function isFramesFile(document: unknown): boolean {
  return typeof document === "object" && document !== null && "format" in document && document.format === FRAMES_FORMAT;
}

export function readFramesFile(document: unknown, name: string): Result<FramesFile> {
  const value = fromJson(document);
  const read = value.ok ? readAs(value.value, readFile) : value;
  if (!read.ok) return fault("MESH_DOCUMENT_INVALID", { document: name, ...read.fault.detail });
  const { frames, statements, mesh } = read.value;
  return ok({ frames, statements, mesh });
}

export function writeFramesFile({ frames, statements, mesh }: FramesFile) {
  return { format: FRAMES_FORMAT, mesh, frames: frames.map(toBase64), statements: statements.map(toBase64) };
}
