// Refusals as application/problem+json (RFC 9457). Status follows from the class of the code, totally.
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { describeRefusal, type RefusalClass, type RefusalCode, refusalClass } from "../../shared/refusals.ts";
import type { Fault } from "../../shared/result.ts";
import { PROBLEM_TYPE } from "./contract/route.ts";

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
} as const satisfies Record<RefusalClass, ContentfulStatusCode>;

/** Codes for which HTTP has a word of its own. */
const OWN_STATUS: { readonly [C in RefusalCode]?: ContentfulStatusCode } = {
  CONTENT_TYPE: 415,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  BODY_SLOW: 408,
  PAST_UNKNOWN: 503,
  CEREMONIES_WAITING: 429,
  RATE_LIMITED: 429,
  IDEMPOTENCY_FULL: 429,
  QUEUE_BACKLOGGED: 429,
  TOKEN_UNCHECKED: 503,
  SOURCE_PAUSED: 503,
};
/** What may succeed when it is sent again as it is. */
const RETRYABLE: readonly number[] = [408, 429];
const RETRYABLE_CODES: readonly RefusalCode[] = ["IDEMPOTENCY_PENDING", "PROVISIONAL"];
/** Seconds, where nothing more is known. */
const RETRY_AFTER: { readonly [C in RefusalCode]?: number } = {
  QUEUE_BACKLOGGED: 10,
  IDEMPOTENCY_PENDING: 1,
  PROVISIONAL: 2,
  CEREMONIES_WAITING: 60,
  TOKEN_UNCHECKED: 5,
  PAST_UNKNOWN: 5,
  SOURCE_PAUSED: 300,
};

export function statusOf({ code }: Fault): ContentfulStatusCode {
  return OWN_STATUS[code] ?? STATUS[refusalClass(code)];
}

/**
 * Answers with a refusal. Its detail is left out, since it could help an attacker more than the sender, unless the caller `shows` it to
 * the party's own people.
 */
export function problem(context: Context, fault: Fault, shows = false): Response {
  const refusal = describeRefusal(fault);
  const status = statusOf(fault);
  context.set("code", refusal.code);
  const body = {
    type: `/e/${refusal.code}`, // relative to the agent, which tells of every code there
    title: refusal.what,
    status,
    detail: refusal.why,
    instance: context.req.path,
    ...refusal,
    retryable: status >= 500 || RETRYABLE.includes(status) || RETRYABLE_CODES.includes(refusal.code),
    ...(shows ? { about: fault.detail } : {}),
  };
  const after = RETRY_AFTER[refusal.code];
  if (after !== undefined && !context.res.headers.has("retry-after")) context.header("retry-after", String(after));
  // What is held can be asked for again where it is.
  if (status === 202 && context.req.method === "GET") context.header("location", context.req.path);
  return context.body(JSON.stringify(body), status, { "content-type": PROBLEM_TYPE });
}
