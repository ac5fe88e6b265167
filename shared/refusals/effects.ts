// What a refusal comes to for a program that meets it: the status an agent answers it with, the exit code of the command line, and whether
// the same may succeed later. Total: by the class of the code, but for the codes of which more is known.
import { type RefusalClass, type RefusalCode, refusalClass } from "../refusals.ts";
import { ADMISSION_REFUSALS } from "./admission.ts";
import { COMPOSITE_REFUSALS } from "./composite.ts";
import { REFERENCE_REFUSALS } from "./reference.ts";

const STATUS = {
  malformed: 400,
  "too-large": 413,
  unauthorised: 401,
  forbidden: 403,
  conflict: 409,
  absent: 404,
  held: 202,
  unverified: 422,
  failed: 500,
} as const satisfies Record<RefusalClass, number>;

/** Codes for which HTTP has a word of its own. */
const OWN_STATUS = {
  CONTENT_TYPE: 415,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  BODY_SLOW: 408,
  PAST_UNKNOWN: 503,
  CEREMONIES_WAITING: 429,
  RATE_LIMITED: 429,
  IDEMPOTENCY_FULL: 429,
  KEYS_TRIED: 429,
  QUEUE_BACKLOGGED: 429,
  SHARD_BEHIND: 429,
  SIGNER_LIMITED: 429,
  TOKEN_UNCHECKED: 503,
  SOURCE_PAUSED: 503,
} as const satisfies { readonly [C in RefusalCode]?: number };

type Status = (typeof STATUS)[RefusalClass] | (typeof OWN_STATUS)[keyof typeof OWN_STATUS];

export function statusOf(code: RefusalCode): Status {
  return (OWN_STATUS as { readonly [C in RefusalCode]?: Status })[code] ?? STATUS[refusalClass(code)];
}

/** Too slow, or too much at once. */
const RETRYABLE: readonly Status[] = [408, 429];
const RETRYABLE_CODES: readonly RefusalCode[] = ["IDEMPOTENCY_PENDING", "PROVISIONAL"];

/** Whether the same may succeed when it is sent again as it is. */
export function isRetryable(code: RefusalCode): boolean {
  const status = statusOf(code);
  return status >= 500 || RETRYABLE.includes(status) || RETRYABLE_CODES.includes(code);
}

/** Exit codes of the command line (stable). */
export const EXIT = {
  yes: 0,
  bug: 1,
  changes: 2,
  indeterminate: 3,
  permission: 4,
  no: 5,
  stopped: 6,
  absent: 7,
  pending: 8,
  unreachable: 9,
  usage: 64,
  interrupted: 130,
} as const;

const EXITS = {
  malformed: EXIT.no,
  "too-large": EXIT.no,
  unauthorised: EXIT.permission,
  forbidden: EXIT.permission,
  conflict: EXIT.no,
  absent: EXIT.absent,
  held: EXIT.pending,
  unverified: EXIT.no,
  failed: EXIT.unreachable,
} as const satisfies Record<RefusalClass, number>;

const OWN_EXIT: { readonly [C in RefusalCode]?: number } = {
  USAGE: EXIT.usage,
  FILE_SHAPE: EXIT.usage,
  ID_AMBIGUOUS: EXIT.usage,
  POOL_INVALID: EXIT.usage,
  MESH_DOCUMENT_INVALID: EXIT.usage,
  FILE_UNREADABLE: EXIT.absent,
  SCENARIO_UNKNOWN: EXIT.absent,
  CUSTODY_NONE: EXIT.absent,
  FILE_UNWRITABLE: EXIT.permission,
  BUS_LOGIN_REFUSED: EXIT.permission,
  BUS_PERMISSION_DENIED: EXIT.permission,
  PARTY_EXISTS: EXIT.stopped,
  STACK_RUNNING: EXIT.stopped,
  PLAN_STALE: EXIT.stopped,
  OFFLINE_VIOLATION: EXIT.stopped,
  BLIND_SIGNING_REFUSED: EXIT.stopped,
  DIVERGENCE_OVER_LIMIT: EXIT.stopped,
  DIVERGENCE_INCOMPARABLE: EXIT.stopped,
  SEQUENCE_GAP: EXIT.stopped,
  TRUST_MISSING: EXIT.indeterminate,
  REVOCATION_STALE: EXIT.indeterminate,
  REVOCATION_MISSING: EXIT.indeterminate,
  IDEMPOTENCY_PENDING: EXIT.pending,
  STACK_FAILED: EXIT.unreachable,
  DEPLOY_FAILED: EXIT.unreachable,
  COMMAND_FAILED: EXIT.bug,
  INTERRUPTED: EXIT.interrupted,
};

/** What the door or admission refuses is judged, and not a matter of who asks. */
const NOT_ADMITTED = [ADMISSION_REFUSALS, REFERENCE_REFUSALS, COMPOSITE_REFUSALS] as const;

/** What a command exits with where it ends in the refusal; where what it was given is at fault it may be 64 instead. */
export function exitOf(code: RefusalCode): number {
  if (NOT_ADMITTED.some((group) => Object.hasOwn(group, code))) return OWN_EXIT[code] ?? EXIT.no;
  return OWN_EXIT[code] ?? (RETRYABLE.includes(statusOf(code)) ? EXIT.unreachable : EXITS[refusalClass(code)]);
}
