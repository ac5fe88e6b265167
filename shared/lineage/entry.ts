// Lineage entries (SPEC §11): every effect leaves one, refusals included. Each is linked to the one before it by hash, so that an
// alteration, deletion, insertion or reordering is found at the exact entry.
import { toHex } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { sha256 } from "../hash.ts";
import type { Id } from "../observation/observation.ts";

export const ENTRY_KINDS = [
  "admission",
  "refusal",
  "attestation",
  "round-transition",
  "byzantine-event",
  "membership-change",
  "handoff",
  "outcome",
  "abandonment",
  "expiry",
  "hold",
  "alert",
  "re-evaluation",
  // Between meshes (SPEC §20.16).
  "agreement",
  "discovery",
  "crossing",
  "translation",
  "ordering",
  "divergence",
  "arbitration",
  "merge",
  "disconnection",
  // In a coalition (SPEC §15.14, §15.15).
  "coalition",
  "revocation",
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export type Entry = {
  readonly kind: EntryKind;
  /** The recording party's time, in microseconds; says nothing to others. */
  readonly at: number;
  /** The statements it is about, by id. */
  readonly about: readonly Id[];
  /** The organisation whose act it records; null for the passing of time. */
  readonly by: string | null;
  readonly detail: Readonly<Record<string, string | number>>;
};

export type LinkedEntry = Entry & { readonly index: number; readonly prev: Id; readonly hash: Id };

/** What the first entry follows. */
export const LINEAGE_START: Id = "0".repeat(64);

/** Links an entry to the one before it. */
export function linkEntry(entry: Entry, index: number, prev: Id): LinkedEntry {
  const bytes = encodeCanonical({
    index,
    prev,
    kind: entry.kind,
    at: entry.at,
    about: entry.about,
    by: entry.by,
    detail: { ...entry.detail },
  });
  return { ...entry, index, prev, hash: toHex(sha256(bytes)) };
}

/** The index of the first entry that does not follow from the one before it; null where all do. */
export function firstBrokenLink(entries: readonly LinkedEntry[]): number | null {
  let prev = LINEAGE_START;
  for (const [index, entry] of entries.entries()) {
    const linked = linkEntry(entry, index, prev);
    if (entry.index !== index || entry.prev !== prev || entry.hash !== linked.hash) return index;
    prev = entry.hash;
  }
  return null;
}
