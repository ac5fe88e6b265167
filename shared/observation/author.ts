// Making our own statements: draft -> signed frame (SPEC §3). Pure, since Ed25519 is deterministic and time is an input.
import { parseChain } from "../authority/chain.ts";
import { type DeviceLink, parseDeviceLink } from "../authority/continuity.ts";
import { toHex } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import type { Encodable } from "../cbor/value.ts";
import { type Signer, signStatement } from "../cose/sign1.ts";
import { idBytes, sha256 } from "../hash.ts";
import type { Place } from "../reference/place.ts";
import { invariant } from "../result.ts";
import { bodyFields } from "./body.ts";
import type { Body, Id, Interval, Lineage, Observation, Slot, VerifiedObservation } from "./observation.ts";
import { OBSERVATION_VERSION } from "./wire.ts";

export type Draft = {
  readonly ceremony: Id | null;
  readonly round: number | null;
  readonly slot: Slot;
  readonly at: Interval;
  readonly timeToLive: number;
  /** Null or absent for the identity's own. */
  readonly governanceClass?: string | null;
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
  /** Countersigned links of the device, oldest first; absent where the key alone says who it is. */
  readonly deviceLinks?: readonly Uint8Array[];
  readonly place: Place | null;
  readonly timeFrame: string;
  readonly governanceClass: string;
};

/** An author for an identity of our own; throws where its credentials do not parse, which is a configuration error. */
export function authorFor(identity: Identity): Author {
  const chain = parseChain(identity.credentials);
  invariant(chain.ok, "our own credentials parse");
  const device = presentedDevice(identity);
  return (draft) => {
    const payload = encodeCanonical(wireFields(identity, device, draft));
    const { frame, id } = signStatement(payload, "quorate/observation/1", identity.signer);
    const observation: Observation = {
      id: toHex(id),
      frame,
      key: toHex(identity.signer.key),
      chain: chain.value,
      otherPaths: [],
      version: OBSERVATION_VERSION,
      mesh: identity.mesh,
      ceremony: draft.ceremony,
      round: draft.round,
      slot: draft.slot,
      deviceHash: toHex(device.hash),
      deviceLinks: device.links,
      place: identity.place,
      timeFrame: identity.timeFrame,
      at: draft.at,
      timeToLive: draft.timeToLive,
      governanceClass: draft.governanceClass ?? identity.governanceClass,
      lineage: draft.lineage,
      critical: [],
      body: draft.body,
    };
    return observation as VerifiedObservation;
  };
}

type Device = { readonly hash: Uint8Array; readonly links: readonly DeviceLink[] };

/** The hash of the last link. Without links a key in software stands for its device: its continuity is that of the key (SPEC §5.8). */
function presentedDevice({ signer, deviceLinks = [] }: Identity): Device {
  const links = deviceLinks.map((frame) => {
    const link = parseDeviceLink(frame);
    invariant(link.ok, "our own device links parse");
    return link.value;
  });
  const last = links.at(-1);
  return { hash: last === undefined ? sha256(signer.key) : idBytes(last.hash), links };
}

function wireFields(identity: Identity, device: Device, draft: Draft): Encodable {
  const { lineage, slot } = draft;
  return {
    kind: draft.body.kind,
    version: OBSERVATION_VERSION,
    mesh: identity.mesh,
    ceremony: draft.ceremony === null ? null : idBytes(draft.ceremony),
    round: draft.round,
    slot: { seat: slot.seat, attempt: slot.attempt, item: slot.item },
    authority_credential: identity.credentials,
    device_hash:
      device.links.length === 0 ? device.hash : { hash: device.hash, links: device.links.map(({ frame }) => frame) },
    spatial_reference: identity.place === null ? null : { ...identity.place },
    temporal_reference: { frame: identity.timeFrame, at: draft.at },
    time_to_live: draft.timeToLive,
    governance_class: draft.governanceClass ?? identity.governanceClass,
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
