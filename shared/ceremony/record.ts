// The terminal record and its digest (SPEC §7.3): what everyone who holds the same closed sets computes, byte for byte.
// It names its judge (policy and engine) and holds nothing that differs between honest parties, such as which certificate they saw.
import { toHex } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import type { CborValue, Encodable } from "../cbor/value.ts";
import { idBytes, sha256 } from "../hash.ts";
import type { Id, NamedSeat } from "../observation/observation.ts";
import type { Exclusion } from "../outcome/contribution.ts";

/** Version of the rules that compute records; a verifier with another one says so instead of answering. */
export const ENGINE_VERSION = 1;

export type TerminalRecord = {
  readonly engine: number;
  readonly mesh: string;
  readonly ceremony: Id;
  readonly policy: Id;
  readonly status: "decided" | "abandoned";
  readonly value: CborValue;
  readonly cause: string | null;
  /** Roots of the closed sets, by round. */
  readonly roots: readonly Id[];
  readonly excluded: readonly Exclusion[];
  /** Who was in, in the order of the seats; null where no round of joins has closed. */
  readonly roster: readonly NamedSeat[] | null;
  readonly explanation: readonly string[];
};

/** SHA-256 over the canonical record. */
export function recordDigest(record: TerminalRecord): Id {
  const seats = record.roster?.map(({ authority, role, root, power }) => [authority, role, idBytes(root), power]);
  const fields: Encodable = {
    engine: record.engine,
    mesh: record.mesh,
    ceremony: idBytes(record.ceremony),
    policy: idBytes(record.policy),
    status: record.status,
    value: record.value,
    cause: record.cause,
    roots: record.roots.map(idBytes),
    excluded: record.excluded.map(({ id, code }) => [idBytes(id), code]),
    ...(seats === undefined ? {} : { roster: seats }),
    explanation: record.explanation,
  };
  return toHex(sha256(encodeCanonical(fields)));
}
