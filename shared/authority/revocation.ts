// A revocation: an issuer withdraws one credential from a stated time on (SPEC §5.4). It is an object with an id of its own; a
// re-issued credential has another id and is not touched by it. A revocation state says which revocations there were as of when.
import { toHex } from "../bytes.ts";
import { bytes, exactly, integer, list, misfit, oneOf, type Reader, record, text } from "../cbor/read.ts";
import { REVOCATION_CUT_MAX, REVOCATIONS_LISTED_MAX, TEXT_LENGTH_MAX } from "../limits.ts";

export type RevocationBody = {
  readonly kind: "revocation";
  readonly version: 1;
  readonly mesh: string;
  /** Id of the credential, in hexadecimal. */
  readonly credential: string;
  /** First instant, in microseconds of the mesh's frame, at which the credential no longer holds. */
  readonly from: number;
  /** When it was issued. */
  readonly at: number;
  /** The causal cut: the holder's last statements that still stand, with all that they build on. Ids in ascending order. */
  readonly cut: readonly string[];
  readonly reason: string;
};

/** What an authority says it has revoked, and as of when: its freshness is stated, never guessed. */
export type RevocationStateBody = {
  readonly kind: "revocation-state";
  readonly version: 1;
  readonly mesh: string;
  /** Grows by one with each state of this signer. */
  readonly sequence: number;
  /** The instant up to which the list is complete, and the one until which it may be relied on. */
  readonly as_of: number;
  readonly fresh_until: number;
  /** Ids of all revocations so far, in ascending order. */
  readonly revocations: readonly string[];
};

const instant = integer(0, Number.MAX_SAFE_INTEGER);
const readIdHex: Reader<string> = (value, path) => toHex(bytes(32)(value, path));

/** Ids in strictly ascending order: one set has one spelling. */
function ascending(most: number): Reader<readonly string[]> {
  const readIds = list(readIdHex, most);
  return (value, path) => {
    const ids = readIds(value, path);
    const sorted = ids.every((id, at) => at === 0 || (ids[at - 1] as string) < id);
    return sorted ? ids : misfit(path, "ids in ascending order, each once");
  };
}

export const readRevocation = record<RevocationBody>({
  kind: oneOf("revocation"),
  version: exactly(1),
  mesh: text(),
  credential: readIdHex,
  from: instant,
  at: instant,
  cut: ascending(REVOCATION_CUT_MAX),
  reason: text(TEXT_LENGTH_MAX, 0),
});

export const readRevocationState = record<RevocationStateBody>({
  kind: oneOf("revocation-state"),
  version: exactly(1),
  mesh: text(),
  sequence: instant,
  as_of: instant,
  fresh_until: instant,
  revocations: ascending(REVOCATIONS_LISTED_MAX),
});
