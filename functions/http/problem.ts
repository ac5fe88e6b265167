// Refusals as application/problem+json (RFC 9457). Status follows from the class of the code, totally.
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { describeRefusal, type RefusalClass, type RefusalCode, refusalClass } from "../../shared/refusals.ts";
import type { Fault } from "../../shared/result.ts";

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
  BODY_SLOW: 408,
  PAST_UNKNOWN: 503,
  CEREMONIES_WAITING: 429,
};
/** What may succeed when it is sent again as it is. */
const RETRYABLE: readonly number[] = [408, 429];

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
  const body = {
    type: `urn:quorate:refusal:${refusal.code}`,
    title: refusal.what,
    status,
    detail: refusal.why,
    ...refusal,
    retryable: status >= 500 || RETRYABLE.includes(status),
    ...(shows ? { about: fault.detail } : {}),
  };
  return context.body(JSON.stringify(body), status, { "content-type": "application/problem+json" });
}
