// The manifest of an exchange file (SPEC §22.2): a gateway's declaration of exactly what the file holds, numbered, so that neither an
// edit on the way nor a lost file goes unnoticed.
import { boolean, integer, nullable, type Reader, text } from "../../cbor/read.ts";
import type { CborMap, CborValue } from "../../cbor/value.ts";
import { rootOfSet } from "../../closing/root.ts";
import { sha256Hex } from "../../hash.ts";
import { FACTS_MAX, REVIEWERS_MAX } from "../../limits.ts";
import { sortedTexts } from "../../text.ts";
import { fields } from "../documents/fields.ts";

export type Manifest = {
  readonly to: string;
  /** Grows by one with each file of this gateway for that mesh. */
  readonly sequence: number;
  readonly count: number;
  /** Roots over the sorted ids of what the file holds, of what was denied, and of what the receiver must hold. */
  readonly root: string;
  readonly denied: string;
  readonly prerequisites: string;
  /** Root over the hashes of the statements about authority; null in a manifest from before it named them, whose file has none. */
  readonly authority: string | null;
  readonly reviewers: number;
  readonly oneWay: boolean;
};

export const readManifest: Reader<Manifest> = fields<Manifest>(
  {
    to: text(),
    sequence: integer(1, Number.MAX_SAFE_INTEGER),
    count: integer(0, FACTS_MAX),
    root: text(),
    denied: text(),
    prerequisites: text(),
    authority: nullable(text()),
    reviewers: integer(0, REVIEWERS_MAX),
    oneWay: boolean,
  },
  { authority: null },
  null,
);

export function contentMap(fields: object): CborMap {
  return new Map<string, CborValue>(Object.entries(fields));
}

export function rootOfIds(ids: readonly string[]): string {
  return rootOfSet(sortedTexts(new Set(ids)));
}

export function rootOfStatements(statements: readonly Uint8Array[]): string {
  return rootOfIds(statements.map(sha256Hex));
}

/** What the receiver signs and sends back: what became of the file. */
export type Receipt = {
  readonly manifest: string;
  readonly sequence: number;
  readonly admitted: string;
  readonly admittedCount: number;
  readonly held: number;
  readonly refused: number;
  /** Digest of the reconciliation it came of. */
  readonly record: string;
  /** Digest of the effective policy under which it was taken in; null where none was in force. */
  readonly policy: string | null;
};

const readCount = integer(0, FACTS_MAX);
export const readReceipt: Reader<Receipt> = fields<Receipt>(
  {
    manifest: text(),
    sequence: integer(1, Number.MAX_SAFE_INTEGER),
    admitted: text(),
    admittedCount: readCount,
    held: readCount,
    refused: readCount,
    record: text(),
    policy: nullable(text()),
  },
  { policy: null },
  null,
);
