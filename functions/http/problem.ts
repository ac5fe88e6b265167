// Refusals as application/problem+json (RFC 9457).
import type { Context } from "hono";
import { isRetryable, statusOf } from "../../shared/refusals/effects.ts";
import { describeRefusal, type RefusalCode } from "../../shared/refusals.ts";
import type { Fault } from "../../shared/result.ts";
import { PROBLEM_TYPE } from "./contract/route.ts";

/** Seconds, where nothing more is known. */
const RETRY_AFTER: { readonly [C in RefusalCode]?: number } = {
  QUEUE_BACKLOGGED: 10,
  SHARD_BEHIND: 1,
  IDEMPOTENCY_PENDING: 1,
  PROVISIONAL: 2,
  CEREMONIES_WAITING: 60,
  TOKEN_UNCHECKED: 5,
  PAST_UNKNOWN: 5,
  SOURCE_PAUSED: 300,
};

/**
 * Answers with a refusal. Its detail is left out, since it could help an attacker more than the sender, unless the caller `shows` it to
 * the party's own people.
 */
export function problem(context: Context, fault: Fault, shows = false): Response {
  const refusal = describeRefusal(fault);
  const status = statusOf(fault.code);
  context.set("code", refusal.code);
  const body = {
    type: `/e/${refusal.code}`, // relative to the agent, which tells of every code there
    title: refusal.what,
    status,
    detail: refusal.why,
    instance: context.req.path,
    ...refusal,
    retryable: isRetryable(refusal.code),
    ...(shows ? { about: fault.detail } : {}),
  };
  const after = RETRY_AFTER[refusal.code];
  if (after !== undefined && !context.res.headers.has("retry-after")) context.header("retry-after", String(after));
  if (status === 401) context.header("www-authenticate", "Bearer"); // RFC 9110 §15.5.2
  return context.body(JSON.stringify(body), status, { "content-type": PROBLEM_TYPE });
}
