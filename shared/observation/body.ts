// The payload of each kind of observation, to and from the wire (SPEC §3.2).
import { isStatement, parseAuthorityStatement } from "../authority/statement.ts";
import { parseHex, splitBytes, toHex } from "../bytes.ts";
import {
  anything,
  boolean,
  bytes,
  bytesUpTo,
  integer,
  join,
  list,
  map,
  misfit,
  nullable,
  oneOf,
  type Reader,
  record,
  recordWith,
  text,
} from "../cbor/read.ts";
import { type CborValue, type Encodable, isCborMap } from "../cbor/value.ts";
import { idBytes } from "../hash.ts";
import {
  CONTENT_BYTES_MAX,
  LABELS_MAX,
  LINEAGE_REFERENCES_MAX,
  POWER_MAX,
  PREFIXES_MAX,
  SEATS_MAX,
  TEXT_LENGTH_MAX,
  WANTS_MAX,
} from "../limits.ts";
import { batchFields } from "./batch.ts";
import { idSet, ids, readId, readPage, readWitness, witnessFields } from "./id-list.ts";
import { readLabels } from "./labels.ts";
import type {
  Body,
  Call,
  DeclarationBody,
  DisputeBody,
  FactBody,
  Id,
  Kind,
  NamedSeat,
  NoticeBody,
  OutcomeBody,
  PrecommitBody,
  PrevoteBody,
  ProposeBody,
  StatusBody,
} from "./observation.ts";
import { readUnder, type Under, underFields } from "./under.ts";

/** Bytes of an id kept in a status: enough that an accidental clash within a ceremony does not happen. */
export const PREFIX_BYTES = 8;
const POLICY_BYTES_MAX = 32_768;
const MICROS_MAX = Number.MAX_SAFE_INTEGER;

export const readAttempt = integer(0, 1_000_000);

const readSeat = record<NamedSeat>({ authority: text(), role: text(), root: readId, power: integer(1, POWER_MAX) });

type CallWire = {
  title: string;
  policy: Uint8Array;
  policy_hash: Id;
  subject: CborValue;
  seats: readonly NamedSeat[];
  opens_at: number;
  closes_at: number;
  expires_at: number;
  nonce: Uint8Array;
};

const CALL_FIELDS = {
  title: text(TEXT_LENGTH_MAX),
  policy: bytesUpTo(POLICY_BYTES_MAX),
  policy_hash: readId,
  subject: anything,
  seats: list(readSeat, SEATS_MAX, 1),
  opens_at: integer(0, MICROS_MAX),
  closes_at: integer(0, MICROS_MAX),
  expires_at: integer(0, MICROS_MAX),
  nonce: bytes(16),
} as const;
const readCallWire = record<CallWire>(CALL_FIELDS);
const readCallUnder = record<CallWire & { under: Under }>({ ...CALL_FIELDS, under: readUnder });

const readCall: Reader<Call> = (value, path) => {
  const wire: CallWire & { under?: Under } =
    isCborMap(value) && value.has("under") ? readCallUnder(value, path) : readCallWire(value, path);
  return {
    kind: "call",
    title: wire.title,
    policy: wire.policy,
    policyHash: wire.policy_hash,
    subject: wire.subject,
    seats: wire.seats,
    opensAt: wire.opens_at,
    closesAt: wire.closes_at,
    expiresAt: wire.expires_at,
    nonce: wire.nonce,
    ...(wire.under === undefined ? {} : { under: wire.under }),
  };
};

const readPrefixes: Reader<readonly string[]> = (value, path) => {
  const joined = bytesUpTo(PREFIX_BYTES * PREFIXES_MAX)(value, path);
  if (joined.length % PREFIX_BYTES !== 0) misfit(path, `a multiple of ${PREFIX_BYTES} bytes`);
  return splitBytes(joined, PREFIX_BYTES).map(toHex);
};

const readPropose = record<{ root: Id; justification: readonly Id[]; valid_attempt: number; polka: readonly Id[] }>({
  root: readId,
  justification: idSet(LINEAGE_REFERENCES_MAX),
  valid_attempt: integer(-1, 1_000_000),
  polka: idSet(LINEAGE_REFERENCES_MAX),
});
const readPrevote = record<{ root: Id | null; valid_attempt: number }>({
  root: nullable(readId),
  valid_attempt: integer(-1, 1_000_000),
});
const readPrecommit = record<Omit<PrecommitBody, "kind">>({ root: nullable(readId) });
const readStatus = record<Omit<StatusBody, "kind">>({
  attempt: integer(-1, 1_000_000),
  contributions: readPrefixes,
  messages: readPrefixes,
  wants: list(readId, WANTS_MAX),
  decided: boolean,
});
const readOutcome = record<Omit<OutcomeBody, "kind">>({ digest: readId, status: oneOf("decided", "abandoned") });
const readDispute = record<Omit<DisputeBody, "kind">>({
  act: oneOf("dispute", "response", "ruling"),
  digest: readId,
  about: idSet(LINEAGE_REFERENCES_MAX),
  reason: text(TEXT_LENGTH_MAX),
  ruling: nullable(text(TEXT_LENGTH_MAX)),
});
const readFact = recordWith<Omit<FactBody, "kind" | "labels">, Required<Pick<FactBody, "labels">>>(
  { subject: text(TEXT_LENGTH_MAX), value: anything },
  { labels: (value, path) => readLabels(list(text(), LABELS_MAX, 1)(value, path) as CborValue, path) },
);
const readNoticeWire = record<{ revocation: Uint8Array }>({ revocation: bytesUpTo(CONTENT_BYTES_MAX) });
const readDeclaration = record<Omit<DeclarationBody, "kind">>({ type: text(), content: map(64) });

/** Of a batch and of a contribution the bytes are looked at too. */
type ByValue = Exclude<Kind, "batch" | "contribution">;
const READERS: { readonly [K in ByValue]: Reader<Extract<Body, { kind: K }>> } = {
  call: readCall,
  witness: readWitness,
  page: (value, path) => ({ kind: "page", ...readPage(value, path) }),
  propose: (value, path): ProposeBody => {
    const wire = readPropose(value, path);
    return {
      kind: "propose",
      root: wire.root,
      justification: wire.justification,
      validAttempt: wire.valid_attempt,
      polka: wire.polka,
    };
  },
  prevote: (value, path): PrevoteBody => {
    const wire = readPrevote(value, path);
    return { kind: "prevote", root: wire.root, validAttempt: wire.valid_attempt };
  },
  precommit: (value, path) => ({ kind: "precommit", ...readPrecommit(value, path) }),
  status: (value, path) => ({ kind: "status", ...readStatus(value, path) }),
  outcome: (value, path) => ({ kind: "outcome", ...readOutcome(value, path) }),
  dispute: (value, path) => ({ kind: "dispute", ...readDispute(value, path) }),
  fact: (value, path) => ({ kind: "fact", ...readFact(value, path) }),
  declaration: (value, path) => ({ kind: "declaration", ...readDeclaration(value, path) }),
  notice: (value, path) => readNotice(value, path),
};

/** The frame as its issuer signed it; the door verifies the signature. */
const readNotice: Reader<NoticeBody> = (value, path) => {
  const { revocation } = readNoticeWire(value, path);
  const parsed = parseAuthorityStatement(revocation);
  const statement = parsed.ok ? parsed.value.signed : null;
  if (statement === null || !isStatement(statement, "revocation"))
    return misfit(join(path, "revocation"), "a signed revocation");
  return { kind: "notice", revocation: statement };
};

export const KINDS = [...Object.keys(READERS), "batch", "contribution"] as readonly Kind[];

export function readBody(kind: ByValue): Reader<Body> {
  return READERS[kind];
}

const idOrNull = (id: Id | null) => (id === null ? null : idBytes(id));
const joined = (prefixes: readonly string[]) => parseHex(prefixes.join("")) as Uint8Array;

/** The payload map of a body of our own making. */
export function bodyFields(body: Exclude<Body, { kind: "unknown" }>): Encodable {
  switch (body.kind) {
    case "call":
      return {
        title: body.title,
        policy: body.policy,
        policy_hash: idBytes(body.policyHash),
        subject: body.subject,
        seats: body.seats.map((seat) => ({ ...seat, root: idBytes(seat.root) })),
        opens_at: body.opensAt,
        closes_at: body.closesAt,
        expires_at: body.expiresAt,
        nonce: body.nonce,
        ...(body.under === undefined ? {} : { under: underFields(body.under) }),
      };
    case "contribution":
      return { role: body.role, content: body.content };
    case "witness":
      return witnessFields(body);
    case "page":
      return { ids: ids(body.ids) };
    case "propose":
      return {
        root: idBytes(body.root),
        justification: ids(body.justification),
        valid_attempt: body.validAttempt,
        polka: ids(body.polka),
      };
    case "prevote":
      return { root: idOrNull(body.root), valid_attempt: body.validAttempt };
    case "precommit":
      return { root: idOrNull(body.root) };
    case "status": {
      const { kind: _, ...status } = body;
      return {
        ...status,
        contributions: joined(body.contributions),
        messages: joined(body.messages),
        wants: ids(body.wants),
      };
    }
    case "outcome":
      return { digest: idBytes(body.digest), status: body.status };
    case "batch":
      return batchFields(body);
    case "notice":
      return "withdrawal" in body ? { withdrawal: body.withdrawal.frame } : { revocation: body.revocation.frame };
    case "dispute": {
      const { kind: _, ...dispute } = body;
      return { ...dispute, digest: idBytes(body.digest), about: ids(body.about) };
    }
    case "fact": {
      const { kind: _, ...fact } = body;
      return fact;
    }
    case "declaration":
      return { type: body.type, content: body.content };
  }
}
