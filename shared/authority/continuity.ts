// Device continuity (SPEC §5.8): a device is known by a chain of hashes, not by a fixed name. Each hash follows from the one before it,
// the device's state and a nonce of the epoch, and is countersigned by whoever credentials the device. Not issuing the next link is
// a revocation; two successors of one hash are evidence of a clone.
import { toHex } from "../bytes.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { bytes, exactly, integer, nullable, oneOf, readAs, record, text } from "../cbor/read.ts";
import { parseStatement, type Signer, signStatement } from "../cose/sign1.ts";
import { sha256 } from "../hash.ts";
import { DEVICE_EPOCHS_MISSED_MAX } from "../limits.ts";
import { ok, type Result } from "../result.ts";

/** Epochs in microseconds of the mesh's frame: epoch n begins at start + n × length. */
export type Schedule = { readonly start: number; readonly length: number };

export type DeviceLinkBody = {
  readonly kind: "continuity";
  readonly version: 1;
  readonly mesh: string;
  /** The device's signing key. */
  readonly device: Uint8Array;
  readonly epoch: number;
  readonly schedule: Schedule;
  /** The hash before this one; null at an enrolment. */
  readonly prev: Uint8Array | null;
  /** Digest of the device's state, and the nonce that its authority gave for the epoch. */
  readonly state: Uint8Array;
  readonly nonce: Uint8Array;
  /** Where the device keeps its key and state. */
  readonly holder: "software" | "hardware";
};

/** A countersigned link; `hash` is what the device presents in its epoch, `signer` its authority's key, both in hexadecimal. */
export type DeviceLink = {
  readonly id: string;
  readonly frame: Uint8Array;
  readonly signer: string;
  readonly hash: string;
  readonly body: DeviceLinkBody;
};

const readLink = record<DeviceLinkBody>({
  kind: oneOf("continuity"),
  version: exactly(1),
  mesh: text(),
  device: bytes(32),
  epoch: integer(0, Number.MAX_SAFE_INTEGER),
  schedule: record<Schedule>({
    start: integer(0, Number.MAX_SAFE_INTEGER),
    length: integer(1, Number.MAX_SAFE_INTEGER),
  }),
  prev: nullable(bytes(32)),
  state: bytes(32),
  nonce: bytes(16),
  holder: oneOf("software", "hardware"),
});

/** The successor of `prev` for a state and an epoch's nonce. */
export function deviceHash(prev: Uint8Array | null, state: Uint8Array, nonce: Uint8Array): Uint8Array {
  return sha256(encodeCanonical(["quorate/device/1", prev, state, nonce]));
}

/** Reads a link; its countersignature is verified at the door. */
export function parseDeviceLink(frame: Uint8Array): Result<DeviceLink> {
  const statement = parseStatement(frame, "quorate/continuity/1");
  if (!statement.ok) return statement;
  const decoded = decodeCanonical(statement.value.sign1.payload);
  if (!decoded.ok) return decoded;
  const body = readAs(decoded.value, readLink, "continuity");
  if (!body.ok) return body;
  const { prev, state, nonce } = body.value;
  const hash = toHex(deviceHash(prev, state, nonce));
  return ok({ id: toHex(statement.value.id), frame, signer: toHex(statement.value.key), hash, body: body.value });
}

/** Countersigns the next link of a device. */
export function issueDeviceLink(body: Omit<DeviceLinkBody, "kind" | "version">, authority: Signer): Uint8Array {
  const fields = { kind: "continuity", version: 1, ...body, schedule: { ...body.schedule } } as const;
  return signStatement(encodeCanonical(fields), "quorate/continuity/1", authority).frame;
}

/** What a device presents: its hash, and the links that lead to it from its enrolment, oldest first. */
export type Presented = { readonly hash: string; readonly links: readonly DeviceLink[] };

export type Continuity = {
  readonly verdict: "continuous" | "broken" | "unverifiable-gap";
  /** The last hash that the walk from the enrolment verified; null where none was. */
  readonly lastVerified: string | null;
  readonly holder: "software" | "hardware" | null;
  readonly reason: string | null;
};

/** By whom links may be countersigned, for which keys, and when the device speaks. */
export type ContinuityTerms = {
  readonly authorities: readonly string[];
  readonly devices: readonly string[];
  readonly at: readonly [number, number];
};

/** Walks from the enrolment to the presented hash. Signatures are taken as verified. */
export function continuityOf({ hash, links }: Presented, terms: ContinuityTerms): Continuity {
  let last: DeviceLink | null = null;
  let holder: Continuity["holder"] = null;
  const stop = (verdict: Continuity["verdict"], reason: string | null): Continuity => ({
    verdict,
    lastVerified: last?.hash ?? null,
    holder,
    reason,
  });
  for (const link of links) {
    const broken = flawOf(link, last, terms);
    if (broken !== null) return stop("broken", broken);
    const gap = gapBefore(link, last);
    if (gap !== null) return stop("unverifiable-gap", gap);
    // One link in software makes the chain no better than software.
    holder = holder === "software" ? holder : link.body.holder;
    last = link;
  }
  if (last === null || last.hash !== hash) return stop("unverifiable-gap", "no link leads to the presented hash");
  const { epoch, schedule } = last.body;
  if (epochAt(schedule, terms.at[0]) < epoch) return stop("broken", "the hash is presented before its epoch");
  const missed = epochAt(schedule, terms.at[1]) - epoch;
  return missed > DEVICE_EPOCHS_MISSED_MAX
    ? stop("unverifiable-gap", `${missed} epochs have passed since the last link`)
    : stop("continuous", null);
}

function epochAt({ start, length }: Schedule, at: number): number {
  return Math.floor((at - start) / length);
}

/** What makes a link wrong in itself, or behind the one before it. */
function flawOf({ signer, body }: DeviceLink, last: DeviceLink | null, terms: ContinuityTerms): string | null {
  if (!terms.devices.includes(toHex(body.device))) return "a link is for another device";
  if (!terms.authorities.includes(signer)) return "a link is countersigned by nobody who credentials the device";
  if (last === null) return null;
  const { schedule, epoch } = last.body;
  if (body.schedule.start !== schedule.start || body.schedule.length !== schedule.length)
    return "the schedule of epochs changes";
  return body.epoch > epoch ? null : `epoch ${body.epoch} follows epoch ${epoch}`;
}

function gapBefore({ body }: DeviceLink, last: DeviceLink | null): string | null {
  const prev = body.prev === null ? null : toHex(body.prev);
  if (last === null) return prev === null ? null : "the links do not begin with an enrolment";
  if (prev !== last.hash) return `the link before epoch ${body.epoch} is missing`;
  const missed = body.epoch - last.body.epoch - 1;
  return missed > DEVICE_EPOCHS_MISSED_MAX ? `${missed} epochs were missed` : null;
}

/** Two things that one device cannot both have done, by the observations that show it. */
export type Fork = { readonly device: string; readonly after: string; readonly about: readonly [string, string] };

/** What an observation shows of the device that signed it. */
export type Presentation = {
  readonly id: string;
  readonly key: string;
  readonly ceremony: string | null;
  readonly sequence: number | null;
  readonly links: readonly DeviceLink[];
};

/** Each chain of links once, by the lowest id that shows it: a device says much under one. */
function chainsShown(presented: readonly Presentation[]): Iterable<Presentation> {
  const chains = new Map<string, Presentation>();
  for (const presentation of presented) {
    if (presentation.links.length === 0) continue;
    const name = nameOfLinks(presentation.links);
    const known = chains.get(name);
    if (known === undefined || presentation.id < known.id) chains.set(name, presentation);
  }
  return chains.values();
}

const names = new WeakMap<readonly DeviceLink[], string>();

function nameOfLinks(links: readonly DeviceLink[]): string {
  const name = names.get(links) ?? links.map(({ hash, body }) => `${toHex(body.device)} ${body.epoch} ${hash}`).join();
  names.set(links, name);
  return name;
}

/**
 * Forks among observations: two successors of one hash, or two statements at one place of a device's own sequence. The same whatever
 * order they are given in; each names the lowest ids that show it.
 */
export function deviceForks(presented: readonly Presentation[]): readonly Fork[] {
  const seen = new Map<string, { device: string; after: string; first: Map<string, string> }>();
  const note = (device: string, after: string, deed: string, id: string) => {
    const known = seen.get(`${device}/${after}`) ?? { device, after, first: new Map<string, string>() };
    const before = known.first.get(deed);
    if (before === undefined || id < before) known.first.set(deed, id);
    seen.set(`${device}/${after}`, known);
  };
  for (const { id, key, ceremony, sequence } of presented) {
    // A call precedes its ceremony, and one device may make many.
    if (ceremony !== null && sequence !== null) note(key, `sequence ${sequence} of ${ceremony}`, id, id);
  }
  for (const { id, links } of chainsShown(presented)) {
    for (const { hash, body } of links) {
      // Enrolments compete where they are for one epoch: a later one is how a lost device comes back.
      const after = body.prev === null ? `enrolment ${body.epoch}` : `hash ${toHex(body.prev)}`;
      note(toHex(body.device), after, hash, id);
    }
  }
  const forks: Fork[] = [];
  for (const { device, after, first } of seen.values()) {
    const [one, two] = [...first.values()].sort();
    if (first.size > 1 && one !== undefined && two !== undefined) forks.push({ device, after, about: [one, two] });
  }
  const order = ({ device, after }: Fork) => `${device}/${after}`;
  return forks.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}
