// The one table of refusals (SPEC §1.4): every code that any part of Quorate answers, with what happened, why and what to do.
// `{name}` is filled from the refusal's detail. Codes are part of the wire: never renamed, never reused.
import { readableInstant } from "./instant.ts";
import { ADMISSION_REFUSALS } from "./refusals/admission.ts";
import { CEREMONY_REFUSALS } from "./refusals/ceremony.ts";
import { COALITION_REFUSALS } from "./refusals/coalition.ts";
import { COMMAND_REFUSALS } from "./refusals/command.ts";
import { COMPOSITE_REFUSALS } from "./refusals/composite.ts";
import { COMPOSITION_REFUSALS } from "./refusals/composition.ts";
import { DISPUTE_REFUSALS } from "./refusals/dispute.ts";
import { EDGE_REFUSALS } from "./refusals/edge.ts";
import { ENCODING_REFUSALS } from "./refusals/encoding.ts";
import { EVIDENCE_REFUSALS } from "./refusals/evidence.ts";
import { INTAKE_REFUSALS } from "./refusals/intake.ts";
import { LIFECYCLE_REFUSALS } from "./refusals/lifecycle.ts";
import { MESH_REFUSALS } from "./refusals/mesh.ts";
import { POLICY_REFUSALS } from "./refusals/policy.ts";
import { REFERENCE_REFUSALS } from "./refusals/reference.ts";
import type { Fault } from "./result.ts";

export type RefusalText = { readonly what: string; readonly why: string; readonly do: string };

export const REFUSALS = {
  ...ENCODING_REFUSALS,
  ...ADMISSION_REFUSALS,
  ...CEREMONY_REFUSALS,
  ...INTAKE_REFUSALS,
  ...EVIDENCE_REFUSALS,
  ...COALITION_REFUSALS,
  ...REFERENCE_REFUSALS,
  ...COMPOSITE_REFUSALS,
  ...COMPOSITION_REFUSALS,
  ...DISPUTE_REFUSALS,
  ...EDGE_REFUSALS,
  ...COMMAND_REFUSALS,
  ...MESH_REFUSALS,
  ...POLICY_REFUSALS,
  ...LIFECYCLE_REFUSALS,
} as const satisfies Record<string, RefusalText>;

export type RefusalCode = keyof typeof REFUSALS;

/** What a refusal means for whoever must act on it: the edge derives HTTP status and queue disposition from this, totally. */
export type RefusalClass =
  | "malformed"
  | "too-large"
  | "unauthorised"
  | "forbidden"
  | "conflict"
  | "absent"
  | "held"
  | "unverified"
  | "failed";

const EXCEPTIONS: { readonly [C in RefusalCode]?: RefusalClass } = {
  POLICY_PART: "malformed",
  FRAME_TOO_LARGE: "too-large",
  BODY_TOO_LARGE: "too-large",
  CEREMONY_UNKNOWN: "held",
  ROUND_UNKNOWN: "held",
  CEREMONY_HELD: "held",
  ADMISSION_DEFERRED: "held",
  PROVISIONAL: "held",
  REVOCATION_STALE: "held",
  REVOCATION_MISSING: "held",
  SOURCE_UNRESOLVED: "held",
  MESH_APART: "held",
  MERGE_UNDECIDED: "held",
  AGENT_UNPROVEN: "forbidden",
  AGENT_CLASS: "forbidden",
  MESH_ABSENT: "absent",
  AUTHORITY_ABSENT: "absent",
  POLICY_NOT_OWN: "forbidden",
  NOT_A_PARTY: "forbidden",
  SEAT_MISMATCH: "forbidden",
  UNAUTHORISED: "unauthorised",
  SCOPE_MISSING: "forbidden",
  KEY_WITHDRAWN: "unauthorised",
  TOKEN_INVALID: "unauthorised",
  KEYS_TRIED: "unauthorised",
  TOKEN_UNCHECKED: "failed",
  IDEMPOTENCY_CONFLICT: "conflict",
  IDEMPOTENCY_PENDING: "conflict",
  IDEMPOTENCY_FULL: "conflict",
  ACCOUNT_UNKNOWN: "forbidden",
  FORM_FOREIGN: "forbidden",
  HOOK_SIGNATURE_MISSING: "unauthorised",
  HOOK_SIGNATURE_MISMATCH: "unauthorised",
  HOOK_TIMESTAMP_TOO_OLD: "unauthorised",
  HOOK_TIMESTAMP_TOO_NEW: "unauthorised",
  NOT_FOUND: "absent",
  NEVER_ARRIVED: "absent",
  ID_AMBIGUOUS: "conflict",
  SOURCE_UNKNOWN: "absent",
  SOURCE_PAUSED: "failed",
  HOOK_BODY_GONE: "absent",
  HOOK_TARGET_REFUSED: "unverified",
  HOOK_EXISTS: "conflict",
  SOURCE_SIGNER: "forbidden",
  SOURCE_OLDER: "conflict",
  ATTEST_UNPLACED: "absent",
  HOOK_UNSIGNABLE: "conflict",
  HOOKS_FULL: "conflict",
  AGREEMENT_AWAITED: "failed",
  PAST_UNKNOWN: "failed",
  KEY_MISSING: "failed",
  CONFIG_INVALID: "failed",
  HOOK_SECRET_MALFORMED: "failed",
  BUS_UNREACHABLE: "failed",
  AGENT_DRAINING: "failed",
  OUTBOX_LONG: "failed",
  INTAKE_LONG: "failed",
  SHARD_BEHIND: "failed",
  SIGNER_LIMITED: "failed",
  KEY_EXPIRING: "failed",
  CLOCKS_APART: "failed",
  REVOCATION_UNSEEN: "failed",
  INTERNAL: "failed",
  UNREACHABLE: "failed",
  NATS_SERVER_MISSING: "failed",
  NATS_SERVER_FAILED: "failed",
};

/** The class of a code: its group's, but for the exceptions above. Total, since every code stands in one group. */
export function refusalClass(code: RefusalCode): RefusalClass {
  const exception = EXCEPTIONS[code];
  if (exception !== undefined) return exception;
  if ([ADMISSION_REFUSALS, REFERENCE_REFUSALS, COMPOSITE_REFUSALS].some((group) => Object.hasOwn(group, code)))
    return "forbidden";
  if (
    Object.hasOwn(DISPUTE_REFUSALS, code) ||
    Object.hasOwn(CEREMONY_REFUSALS, code) ||
    Object.hasOwn(INTAKE_REFUSALS, code) ||
    Object.hasOwn(MESH_REFUSALS, code)
  )
    return "conflict";
  const ofEvidence = Object.hasOwn(EVIDENCE_REFUSALS, code) || Object.hasOwn(COMPOSITION_REFUSALS, code);
  return ofEvidence ? "unverified" : "malformed";
}

/** The shape every refusal has towards people and programs alike. */
export type Refusal = { readonly code: RefusalCode; readonly what: string; readonly why: string; readonly do: string };

export function describeRefusal(fault: Fault): Refusal {
  const { what, why, do: remedy } = REFUSALS[fault.code];
  return { code: fault.code, what: fill(what, fault), why: fill(why, fault), do: fill(remedy, fault) };
}

/** What a code says by itself: names in angle brackets stand where a refusal is filled in. */
export function textOf(code: RefusalCode): RefusalText {
  const { what, why, do: remedy } = REFUSALS[code];
  const open = (text: string) => text.replace(/\{(\w+)(?::instant)?\}/g, "<$1>");
  return { what: open(what), why: open(why), do: open(remedy) };
}

/** `{name}` is a value of the detail, `{name:instant}` one in microseconds, or two. */
function fill(template: string, fault: Fault): string {
  return template.replace(/\{(\w+)(:instant)?\}/g, (_, name: string, isInstant?: string) => {
    const value = fault.detail[name];
    if (value === "" && name === "path") return "the document";
    const words = isInstant === undefined ? wordsFor(value) : instantText(value);
    return name === "code" || name === "reason" ? explained(words) : words;
  });
}

/** A list that is empty says so, and so does what is not there; nothing is left open at its end. */
function wordsFor(value: unknown): string {
  if (value === null) return "none";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(wordsFor).join(", ");
  const words = typeof value === "object" ? JSON.stringify(value) : String(value ?? "");
  return words.replace(/[\s:,;]+$/, "") || "unknown";
}

function instantText(value: unknown): string {
  const ends = Array.isArray(value) && value.length > 0 ? [...new Set<unknown>(value)] : [value];
  return ends.map((end) => (typeof end === "number" ? readableInstant(end) : wordsFor(end))).join(" to ");
}

/** A refusal within another is told in words too, where its words stand by themselves. */
function explained(reason: string): string {
  const inner = Object.hasOwn(REFUSALS, reason) ? REFUSALS[reason as RefusalCode].what : "{";
  return inner.includes("{") ? reason : `${inner} (${reason})`;
}
