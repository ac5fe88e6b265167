// Making our own statements: draft -> signed frame (SPEC §3). Pure, since Ed25519 is deterministic and time is an input.
import { parseChain } from "../authority/chain.ts";
import { toHex } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import type { Encodable } from "../cbor/value.ts";
import { type Signer, signStatement } from "../cose/sign1.ts";
import { sha256 } from "../hash.ts";
import type { Place } from "../reference/place.ts";
import { invariant } from "../result.ts";
import { bodyFields, idBytes } from "./body.ts";
import { OBSERVATION_VERSION } from "./decode.ts";
import type { Body, Id, Interval, Lineage, Observation, Slot, VerifiedObservation } from "./observation.ts";

export type Draft = {
  readonly ceremony: Id | null;
  readonly round: number | null;
  readonly slot: Slot;
  readonly at: Interval;
  readonly timeToLive: number;
  readonly lineage: Lineage;
  readonly body: Exclude<Body, { kind: "unknown" }>;
};

/** Signs drafts under one identity. The simulator has another one, whose signatures are symbolic. */
export type Author = (draft: Draft) => VerifiedObservation;

export type Identity = {
  readonly mesh: string;
  readonly signer: Signer;
  /** Credential frames, root's grant first. */
  readonly credentials: readonly Uint8Array[];
  readonly place: Place | null;
  readonly timeFrame: string;
  readonly governanceClass: string;
};

/** An author for an identity of our own; throws where its credentials do not parse, which is a configuration error. */
export function authorFor(identity: Identity): Author {
  const chain = parseChain(identity.credentials);
  invariant(chain.ok, "our own credentials parse");
  // A software-held key has no hardware state to hash: its continuity is that of the key (SPEC §4.9).
  const deviceHash = sha256(identity.signer.key);
  return (draft) => {
    const payload = encodeCanonical(wireFields(identity, deviceHash, draft));
    const { frame, id } = signStatement(payload, "quorate/observation/1", identity.signer);
    const observation: Observation = {
      id: toHex(id),
      frame,
      key: toHex(identity.signer.key),
      chain: chain.value,
      version: OBSERVATION_VERSION,
      mesh: identity.mesh,
      ceremony: draft.ceremony,
      round: draft.round,
      slot: draft.slot,
      deviceHash: toHex(deviceHash),
      place: identity.place,
      timeFrame: identity.timeFrame,
      at: draft.at,
      timeToLive: draft.timeToLive,
      governanceClass: identity.governanceClass,
      lineage: draft.lineage,
      critical: [],
      body: draft.body,
    };
    return observation as VerifiedObservation;
  };
}

function wireFields(identity: Identity, deviceHash: Uint8Array, draft: Draft): Encodable {
  const { lineage, slot } = draft;
  return {
    kind: draft.body.kind,
    version: OBSERVATION_VERSION,
    mesh: identity.mesh,
    ceremony: draft.ceremony === null ? null : idBytes(draft.ceremony),
    round: draft.round,
    slot: { seat: slot.seat, attempt: slot.attempt, item: slot.item },
    authority_credential: identity.credentials,
    device_hash: deviceHash,
    spatial_reference: identity.place === null ? null : { ...identity.place },
    temporal_reference: { frame: identity.timeFrame, at: draft.at },
    time_to_live: draft.timeToLive,
    governance_class: identity.governanceClass,
    payload: bodyFields(draft.body),
    lineage: {
      sequence: lineage.sequence,
      prev: lineage.prev === null ? null : idBytes(lineage.prev),
      parents: lineage.parents.map(idBytes),
      sources: lineage.sources.map(idBytes),
      derivation: lineage.derivation === null ? null : { ...lineage.derivation },
    },
    critical: [],
  };
}
