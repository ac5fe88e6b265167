// Key rotation (SPEC §5.7). A root statement or a grant commits to the hash of the key that will follow it; a rotation reveals that
// key, is signed by it and commits to the next. Whoever steals the key in use can therefore not choose its successor.
import { toHex } from "../bytes.ts";
import { bytes, exactly, integer, nullable, oneOf, record, text } from "../cbor/read.ts";
import { sha256Hex } from "../hash.ts";

/** The beginning of a root's history, signed by its first key. */
export type RootBody = {
  readonly kind: "root";
  readonly version: 1;
  readonly mesh: string;
  readonly authority: string;
  readonly next: Uint8Array | null;
  /** When the key holds, in microseconds of the mesh's frame, both ends included. */
  readonly not_before: number;
  readonly not_after: number;
};

/** Puts a committed key in place of the one before it. */
export type RotationBody = {
  readonly kind: "rotation";
  readonly version: 1;
  readonly mesh: string;
  /** Id of the root statement, grant or rotation that committed to this key. */
  readonly succeeds: Uint8Array;
  readonly key: Uint8Array;
  readonly next: Uint8Array | null;
  readonly not_before: number;
  readonly not_after: number;
  /** First instant at which the key before this one no longer holds: later than `not_before` where the two overlap. */
  readonly retires: number;
};

const instant = integer(0, Number.MAX_SAFE_INTEGER);

export const readRoot = record<RootBody>({
  kind: oneOf("root"),
  version: exactly(1),
  mesh: text(),
  authority: text(),
  next: nullable(bytes(32)),
  not_before: instant,
  not_after: instant,
});

export const readRotation = record<RotationBody>({
  kind: oneOf("rotation"),
  version: exactly(1),
  mesh: text(),
  succeeds: bytes(32),
  key: bytes(32),
  next: nullable(bytes(32)),
  not_before: instant,
  not_after: instant,
  retires: instant,
});

/** What a key is committed to by, before anyone sees it. */
function commitmentTo(key: Uint8Array): string {
  return sha256Hex(key);
}

/** A rotation as its place in a chain or a root's history needs it; ids and keys but `key` and `next` in hexadecimal. */
export type Succession = { readonly succeeds: string; readonly key: Uint8Array; readonly signer: string };

/** What keeps a rotation from following the statement `id` that committed to `next`; null where nothing does. */
export function successionFlaw(
  { succeeds, key, signer }: Succession,
  before: { readonly id: string; readonly next: Uint8Array | null },
): string | null {
  if (succeeds !== before.id) return "it follows another statement";
  if (before.next === null) return "no key was committed to";
  if (toHex(before.next) !== commitmentTo(key)) return "its key is not the one that was committed to";
  return toHex(key) === signer ? null : "it is not signed by the key that it brings in";
}
