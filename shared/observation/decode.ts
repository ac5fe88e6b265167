// From a frame to an observation's structure (SPEC §3.1, §4 steps 1 to 3). Pure and synchronous; signatures are the door's business.
import type { ChainMemory } from "../authority/chain.ts";
import { type DeviceLink, parseDeviceLink } from "../authority/continuity.ts";
import { parsePaths } from "../authority/paths.ts";
import { toHex } from "../bytes.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { bytesUpTo, readAs, record } from "../cbor/read.ts";
import { type CborMap, isCborMap } from "../cbor/value.ts";
import { parseStatement, type Statement } from "../cose/sign1.ts";
import { idText } from "../hash.ts";
import { CONTENT_BYTES_MAX, FRAME_BYTES_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";
import { memberFault, membersIn, readPacked, unpackFrames } from "./batch.ts";
import { KINDS, readBody } from "./body.ts";
import { contributionIn } from "./content.ts";
import { inFields, named } from "./field-of.ts";
import { type BatchBody, type Body, JOIN, type Kind, type Observation } from "./observation.ts";
import { fieldsIn, NO_LINKS, OBSERVATION_VERSION, readFields, type Wire } from "./wire.ts";
import { withdrawalIn } from "./withdrawal.ts";

/** What reading a frame may take from its door: chains that were proved before, and the classes that it consents to receive. */
export type ReadingTerms = {
  readonly memory: ChainMemory | null;
  readonly consents: readonly string[] | null;
  /** Read as a member of a batch, which holds contributions only. */
  readonly batched?: boolean;
  /** What an earlier reading of the same batch made of its payload, which is then not read again. */
  readonly known?: BatchBody;
};
const NO_TERMS: ReadingTerms = { memory: null, consents: null };

/** An observation as its bytes say it, with what its signature is verified by; of a batch, the same of its members. */
export type Parsed = {
  readonly observation: Observation;
  readonly statement: Statement;
  readonly members: readonly Parsed[];
};

/** Reads a frame's structure; the first of size, canonical form and structure that fails is the refusal. */
export function parseObservation(frame: Uint8Array, terms: ReadingTerms = NO_TERMS): Result<Parsed> {
  const { memory, consents } = terms;
  if (frame.length === 0) return fault("FRAME_EMPTY");
  if (frame.length > FRAME_BYTES_MAX) return fault("FRAME_TOO_LARGE", { found: frame.length, limit: FRAME_BYTES_MAX });
  const statement = parseStatement(frame, "quorate/observation/1");
  if (!statement.ok) return named(statement, "envelope");
  const { payload } = statement.value.sign1;
  const wire = readFields(payload);
  if (!wire.ok) return wire;
  const { value, foreign } = wire.value;
  if (consents !== null && !consents.includes(value.governance_class)) {
    const detail = { class: value.governance_class, accepted: consents.join(", ") };
    return named(fault("CLASS_NOT_ACCEPTED", detail), "governance_class");
  }
  const members = terms.known === undefined ? openMembers(value, foreign, terms) : ok([]);
  if (!members.ok) return named(members, "payload");
  const body = terms.known === undefined ? readPayload(value, foreign, members.value) : ok(terms.known);
  if (!body.ok) return named(body, body.fault.code === "KIND_UNKNOWN" ? "kind" : "payload");
  const paths = parsePaths(value.authority_credential, value.temporal_reference.at, memory);
  if (!paths.ok) return named(paths, "authority_credential");
  const links = parseLinks(value.device_hash.links);
  if (!links.ok) return named(links, "device_hash");
  const observation: Observation = {
    id: toHex(statement.value.id),
    frame,
    key: idText(statement.value.key),
    chain: paths.value.chain,
    otherPaths: paths.value.otherPaths,
    version: value.version,
    mesh: value.mesh,
    ceremony: value.ceremony,
    round: value.round,
    slot: value.slot,
    deviceHash: value.device_hash.hash,
    deviceLinks: links.value,
    place: value.spatial_reference,
    timeFrame: value.temporal_reference.frame,
    at: value.temporal_reference.at,
    timeToLive: value.time_to_live,
    governanceClass: value.governance_class,
    lineage: value.lineage,
    critical: value.critical,
    body: body.value,
  };
  const consistent = checkPresence(observation);
  return consistent.ok
    ? ok({ observation, statement: statement.value, members: members.value })
    : inFields(consistent, fieldsIn(payload));
}

/** The members of a batch. Nobody's consent is asked for what an elector carries: its verdict is the same everywhere. */
function openMembers(
  { kind, critical, payload }: Wire,
  foreign: boolean,
  { memory, batched = false }: ReadingTerms,
): Result<readonly Parsed[]> {
  if (batched && (foreign || kind !== "contribution")) return fault("KIND_UNKNOWN", { kind });
  if (foreign || critical.length > 0 || kind !== "batch") return ok([]);
  const packed = readAs(payload.value, readPacked, "payload");
  if (!packed.ok) return packed;
  const frames = readAs(null, () => unpackFrames(packed.value, "payload"));
  if (!frames.ok) return frames;
  const members: Parsed[] = [];
  for (const [index, frame] of frames.value.entries()) {
    const member = parseObservation(frame, { memory, consents: null, batched: true });
    if (!member.ok) return memberFault(index, `readable, not ${member.fault.code}`);
    members.push(member.value);
  }
  return ok(members);
}

function parseLinks(frames: readonly Uint8Array[]): Result<readonly DeviceLink[]> {
  if (frames.length === 0) return ok(NO_LINKS);
  const links: DeviceLink[] = [];
  for (const frame of frames) {
    const link = parseDeviceLink(frame);
    if (!link.ok) return link;
    links.push(link.value);
  }
  return ok(links);
}

function readPayload(wire: Wire, foreign: boolean, members: readonly Parsed[]): Result<Body> {
  if (foreign) return ok({ kind: "unknown", extension: `version ${wire.version}` });
  // No extension exists yet, so every critical one is unknown: such a statement is kept and understood by nobody here.
  if (wire.critical.length > 0) return ok({ kind: "unknown", extension: wire.critical.join(", ") });
  if (!KINDS.includes(wire.kind as Kind)) return fault("KIND_UNKNOWN", { kind: wire.kind });
  const { value, bytes } = wire.payload;
  const kind = wire.kind as Kind;
  if (kind === "notice" && isCborMap(value) && value.has("withdrawal")) return readWithdrawalNotice(value);
  if (kind === "batch")
    return membersIn(
      value,
      members.map(({ observation }) => observation),
    );
  if (kind === "contribution") return readAs(value, contributionIn(bytes), "payload");
  return readAs(value, readBody(kind), "payload");
}

const readCarriedFrame = record<{ withdrawal: Uint8Array }>({ withdrawal: bytesUpTo(CONTENT_BYTES_MAX) });

/** The declaration as it was signed; the door verifies its signature and its chain. */
function readWithdrawalNotice(payload: CborMap): Result<Body> {
  const wire = readAs(payload, readCarriedFrame, "payload");
  if (!wire.ok) return wire;
  const { withdrawal: frame } = wire.value;
  const statement = parseStatement(frame, "quorate/observation/1");
  const decoded = statement.ok ? decodeCanonical(statement.value.sign1.payload) : statement;
  // Looked at before it is read: a notice within a notice would be read within that one, and so on.
  const isDeclaration = decoded.ok && isCborMap(decoded.value) && decoded.value.get("kind") === "declaration";
  if (!isDeclaration) return fault("FIELD_INVALID", { path: "payload.withdrawal", need: "a signed declaration" });
  const parsed = parseObservation(frame);
  const withdrawal = parsed.ok ? withdrawalIn(parsed.value.observation) : parsed;
  return withdrawal.ok ? ok({ kind: "notice", withdrawal: withdrawal.value }) : withdrawal;
}

/** Whoever asks for a call that it missed knows no roster yet, and whoever joins an open one has no seat in it. */
function maySpeakFromNoSeat(body: Body): boolean {
  return body.kind === "status" || (body.kind === "contribution" && body.content.get("choice") === JOIN);
}

/** Which fields may say "none" follows from the kind (SPEC §3.3). */
function checkPresence(observation: Observation): Result<true> {
  const { slot, at, body, lineage } = observation;
  // A call precedes its ceremony, and what is said to a mesh belongs to none.
  // A notice belongs to the ceremony into which it is carried, or to none.
  const carried = body.kind === "notice" && !("withdrawal" in body) && observation.ceremony === null;
  const outside = body.kind === "call" || body.kind === "fact" || body.kind === "declaration" || carried;
  const placed = checkCeremony(observation, outside);
  if (!placed.ok) return placed;
  const seatless = outside || (slot.seat === null && maySpeakFromNoSeat(body));
  if ((slot.seat === null) !== seatless)
    return fault("FIELD_INVALID", { path: "slot.seat", need: outside ? `null in a ${body.kind}` : "a number" });
  const voting = body.kind === "propose" || body.kind === "prevote" || body.kind === "precommit";
  if (body.kind !== "unknown" && (slot.attempt !== null) !== voting)
    return fault("FIELD_INVALID", { path: "slot.attempt", need: voting ? "a number" : "null" });
  if (body.kind !== "status" && body.kind !== "unknown" && lineage.sequence === null)
    return fault("FIELD_INVALID", { path: "lineage.sequence", need: "a number" });
  return at[0] <= at[1] ? ok(true) : fault("TIME_INVERTED", { path: "temporal_reference.at" });
}

function checkCeremony({ version, ceremony, round, body }: Observation, outside: boolean): Result<true> {
  // What nobody here understands keeps its place, so that its ceremony can be held; what has no ceremony has nothing to hold.
  if (body.kind === "unknown" && ceremony === null)
    return fault("FIELD_INVALID", {
      path: version === OBSERVATION_VERSION ? "critical" : "version",
      need: "understood, outside of a ceremony",
    });
  const need = (what: string) => (outside ? `null in a ${body.kind}` : what);
  if ((ceremony === null) !== outside) return fault("FIELD_INVALID", { path: "ceremony", need: need("an id") });
  return (round === null) === outside ? ok(true) : fault("FIELD_INVALID", { path: "round", need: need("a number") });
}
