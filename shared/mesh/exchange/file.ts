// An exchange file as it is carried (SPEC §22.2): the manifest, reviews of it, the statements, and the lists that the manifest covers.
import { parseBase64, toBase64 } from "../../bytes.ts";
import { fromJson } from "../../cbor/json.ts";
import { list, misfit, oneOf, type Reader, readAs, record, text } from "../../cbor/read.ts";
import { AUTHORITY_STATEMENTS_MAX, FACTS_MAX, FRAME_BYTES_MAX, REVIEWERS_MAX } from "../../limits.ts";
import { fault, type Result } from "../../result.ts";
import { fields, NO_ITEMS } from "../documents/fields.ts";

export const EXCHANGE_FORMAT = "quorate-exchange/1";

export type ExchangeFile = {
  readonly format: string;
  readonly manifest: Uint8Array;
  readonly reviews: readonly Uint8Array[];
  readonly frames: readonly Uint8Array[];
  readonly statements: readonly Uint8Array[];
  readonly denied: readonly { readonly id: string; readonly code: string }[];
  readonly prerequisites: readonly string[];
};

const readFrame: Reader<Uint8Array> = (value, path) =>
  parseBase64(text(2 * FRAME_BYTES_MAX)(value, path)) ?? misfit(path, "canonical base64");

const readFile = fields<ExchangeFile>(
  {
    format: oneOf(EXCHANGE_FORMAT),
    manifest: readFrame,
    reviews: list(readFrame, REVIEWERS_MAX),
    frames: list(readFrame, FACTS_MAX),
    statements: list(readFrame, AUTHORITY_STATEMENTS_MAX),
    denied: list(record({ id: text(), code: text() }), FACTS_MAX),
    prerequisites: list(text(), FACTS_MAX),
  },
  { reviews: NO_ITEMS, statements: NO_ITEMS, denied: NO_ITEMS, prerequisites: NO_ITEMS },
  null,
);

export function readExchangeFile(document: unknown): Result<ExchangeFile> {
  const value = fromJson(document);
  const read = value.ok ? readAs(value.value, readFile) : value;
  return read.ok ? read : fault("MESH_DOCUMENT_INVALID", { document: "exchange file", ...read.fault.detail });
}

export function writeExchangeFile(file: ExchangeFile) {
  const { manifest, reviews, frames, statements } = file;
  return {
    ...file,
    manifest: toBase64(manifest),
    reviews: reviews.map(toBase64),
    frames: frames.map(toBase64),
    statements: statements.map(toBase64),
  };
}
