// Reading policies, from CBOR or JSON, through the same readers; and pinning them by hash (SPEC §6.1).
import { readAdmissionRule } from "../admission/rule.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { fromJson, type Json } from "../cbor/json.ts";
import {
  boolean,
  described,
  exactly,
  integer,
  join,
  list,
  misfit,
  nullable,
  oneOf,
  type Reader,
  readAllAs,
  record,
  recordWith,
  schemaOf,
  text,
  textMap,
  withDefaults,
} from "../cbor/read.ts";
import { type CborValue, type Encodable, isCborMap } from "../cbor/value.ts";
import { sha256Hex } from "../hash.ts";
import {
  CBOR_DEPTH_MAX,
  HOLDERS_MAX,
  INTERVAL_MICROS_MIN,
  PAUSE_MICROS_MIN,
  ROUNDS_MAX,
  SEATS_MAX,
  SHARDS_MAX,
  TEXT_LENGTH_MAX,
} from "../limits.ts";
import { readMembership } from "../membership/rules.ts";
import { readProfile } from "../reference/profile.ts";
import { type Fault, fault, invariant, ok, type Result } from "../result.ts";
import { readAttestationSchema } from "./attestation-schema.ts";
import { readExpression } from "./expression.ts";
import { distinct, readOutcome, readProcedure, readRatio } from "./outcome-rules.ts";
import {
  type Attests,
  type Convening,
  FORMS,
  type PinnedPolicy,
  type Policy,
  type PolicyDocument,
  type Role,
  type Rounds,
  type Timing,
  type Veto,
} from "./policy.ts";
import { lintSense } from "./sense.ts";

const DURATION_MAX = 400 * 86_400 * 1_000_000;
const duration = integer(0, DURATION_MAX);
/** What conditions on a contribution are about: what it says, who says it, what the ceremony is about, and which round it is. */
const CONDITION_NAMES = ["content", "party", "subject", "round"] as const;
const readCondition = readExpression(...CONDITION_NAMES);
const readAttests = withDefaults(
  { schema: null, where: null },
  record<Attests>({ schema: nullable(readAttestationSchema), where: nullable(readCondition) }),
);
/** What a role says nothing of is not asked of it. */
const UNSAID_OF_ROLE = { when: null, attests: null, agent: true, shards: null, substitutes: [] } as const;
const readRole = withDefaults(
  { choices: [], slots: "one", delegated: false, ...UNSAID_OF_ROLE },
  record<Role>({
    least: integer(0, SEATS_MAX),
    most: integer(0, HOLDERS_MAX),
    closes: boolean,
    contributes: boolean,
    gives: list(oneOf(...FORMS), FORMS.length),
    choices: list(text(64), 64),
    slots: oneOf("one", "many"),
    delegated: boolean,
    when: nullable(readExpression("subject")),
    attests: nullable(readAttests),
    agent: boolean,
    shards: nullable(integer(1, SHARDS_MAX)),
    substitutes: distinct(text(64), 8),
  }),
);

/** Timers of the protocol, where a policy does not set its own; how long rounds last and ceremonies live is for it to say. */
const TIMERS = {
  tolerance: 120_000_000,
  early: true,
  settleMargin: 400_000,
  witnessTimeout: 2_000_000,
  attemptTimeout: 2_000_000,
  statusInterval: 2_000_000,
};
const readTiming = withDefaults(
  TIMERS,
  record<Timing>({
    window: duration,
    expiry: duration,
    tolerance: duration,
    early: boolean,
    settleMargin: integer(PAUSE_MICROS_MIN, DURATION_MAX),
    witnessTimeout: integer(PAUSE_MICROS_MIN, DURATION_MAX),
    attemptTimeout: integer(INTERVAL_MICROS_MIN, DURATION_MAX),
    statusInterval: integer(INTERVAL_MICROS_MIN, DURATION_MAX),
  }),
);

const readRounds = record<Rounds>({
  most: integer(1, ROUNDS_MAX),
  silent: oneOf("carry", "abstain", "drop"),
  until: oneOf("decided", "quiet", "converged"),
  step: integer(0, Number.MAX_SAFE_INTEGER),
  unrevealed: oneOf("exclude", "abandon"),
});

const readRoster = recordWith<{ roster: Convening["roster"] }, { class: string }>(
  { roster: oneOf("closed-by-name", "open-by-class") },
  { class: text() },
);

const readConvening: Reader<Convening> = described(
  () => schemaOf(readRoster),
  (value, path, all) => {
    const { roster, class: named } = readRoster(value, path, all);
    if ((roster === "open-by-class") !== (named !== undefined))
      return misfit(
        join(path, "class"),
        roster === "open-by-class" ? "the class that opens it" : "left out: names decide",
      );
    return named === undefined ? { roster: "closed-by-name" } : { roster: "open-by-class", class: named };
  },
);

const readWhole = record<Policy>({
  convening: nullable(readConvening),
  membership: nullable(readMembership),
  admission: nullable(readAdmissionRule),
  proximity: nullable(readProfile),
  vetoes: list(record<Veto>({ name: text(64), when: readCondition }), 16),
  // None is known yet: a document that names one is held before it is read.
  critical: list(text(), 0),
  format: exactly(1),
  id: text(64),
  title: text(TEXT_LENGTH_MAX),
  engine: exactly(1),
  parties: record({ least: integer(2, SEATS_MAX) }),
  roles: textMap(readRole, 32),
  faults: readRatio,
  equivocation: oneOf("each", "void"),
  timing: readTiming,
  sealed: boolean,
  rounds: readRounds,
  outcome: readOutcome,
  shortfall: list(readProcedure, 8),
  standalone: boolean,
});

/** What a policy says nothing of is not asked for. */
const UNSAID = {
  convening: null,
  membership: null,
  admission: null,
  proximity: null,
  vetoes: [],
  critical: [],
  sealed: false,
  rounds: new Map<string, CborValue>([
    ["most", 1],
    ["silent", "carry"],
    ["until", "decided"],
    ["step", 0],
    ["unrevealed", "exclude"],
  ]),
  shortfall: [],
  standalone: true,
} as const;
const readPolicy = withDefaults(UNSAID, readWhole);

/** Clauses that a document may leave out, and that may be set where it does. */
export const OPTIONAL_CLAUSES: ReadonlySet<string> = new Set(Object.keys(UNSAID));
/** The same of a role. */
export const OPTIONAL_OF_ROLE: ReadonlySet<string> = new Set(Object.keys(UNSAID_OF_ROLE));

/** What was read, where the shape is sound, and every finding: of the shape, and if that is sound, of the sense. */
type Read<T> = { readonly found: T | null; readonly findings: readonly Fault[] };

function read(value: CborValue): Read<Policy> {
  const extension = beyond(value);
  if (extension !== null) return { found: null, findings: [fault("POLICY_CRITICAL", extension).fault] };
  const policy = readAllAs(value, readPolicy);
  return policy.ok
    ? { found: policy.value, findings: lintSense(policy.value) }
    : { found: null, findings: policy.fault };
}

/** What a document asks its reader to know and this one does not; looked at before its shape, which may be one that is yet to come. */
function beyond(value: CborValue): { readonly path: string; readonly extension: string } | null {
  if (!isCborMap(value)) return null;
  for (const path of ["format", "engine"]) {
    const version = value.get(path);
    if (typeof version === "number" && version > 1) return { path, extension: `${path} ${version}` };
  }
  const critical = value.get("critical");
  const names = Array.isArray(critical)
    ? (critical as readonly CborValue[]).filter((name) => typeof name === "string")
    : [];
  return names.length === 0 ? null : { path: "critical", extension: names.join(", ") };
}

/** A policy is refused for its first finding; what is wrong with the shape of any document is told as wrong with a policy. */
function unlessFlawed({ found, findings: [flaw] }: Read<PinnedPolicy>): Result<PinnedPolicy> {
  if (found !== null && flaw === undefined) return ok(found);
  invariant(flaw !== undefined, "what cannot be read has a finding");
  return { ok: false, fault: flaw.code.startsWith("FIELD_") ? { ...flaw, code: "POLICY_INVALID" } : flaw };
}

function pinned({ found, findings }: Read<Policy>, bytes: Uint8Array): Read<PinnedPolicy> {
  return { found: found === null ? null : { policy: found, hash: sha256Hex(bytes), bytes }, findings };
}

/** From the bytes that a call carries. */
export function decodePolicy(bytes: Uint8Array): Result<PinnedPolicy> {
  const decoded = decodeCanonical(bytes);
  return decoded.ok ? unlessFlawed(pinned(read(decoded.value), bytes)) : decoded;
}

/** From a JSON document, such as a pattern or a file. */
export function pinPolicy(document: PolicyDocument | unknown): Result<PinnedPolicy> {
  return unlessFlawed(examinePolicy(document));
}

/** The same, with every finding. */
export function examinePolicy(document: unknown): Read<PinnedPolicy> {
  const floats = inexactIn(document, "");
  if (floats.length > 0) return { found: null, findings: floats };
  const value = fromJson(document);
  if (!value.ok) return { found: null, findings: [value.fault] };
  return pinned(read(value.value), encodeCanonical(value.value as Encodable));
}

/** Numbers that are not exact integers, wherever they stand. */
function inexactIn(value: unknown, path: string, depth = 0): readonly Fault[] {
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? [] : [fault("POLICY_FLOAT", { path, found: value }).fault];
  if (typeof value !== "object" || value === null || depth > CBOR_DEPTH_MAX) return [];
  const step = Array.isArray(value) ? (name: string) => `${path}[${name}]` : (name: string) => join(path, name);
  return Object.entries(value).flatMap(([name, item]) => inexactIn(item, step(name), depth + 1));
}

/** The JSON Schema of a policy document, read off the readers. What one field means for another is for the linter to say. */
export function policySchema(): Json {
  const $schema = "https://json-schema.org/draft/2020-12/schema";
  return { $schema, title: "Quorate policy", ...schemaOf(readPolicy) };
}
