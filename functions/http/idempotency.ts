// Requests that may come again: under an Idempotency-Key the first answer is kept for a day, and given again to whoever asks the same.
import type { Context } from "hono";
import type { Kept } from "../../durable/edge-answers.ts";
import { EDGE_NAME } from "../../durable/env.ts";
import { IV_BYTES, seal, unseal } from "../../durable/sealing.ts";
import { concatBytes } from "../../shared/bytes.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { fault } from "../../shared/result.ts";
import type { AgentContext } from "./app.ts";
import { readBytes } from "./body.ts";
import type { Route } from "./contract/route.ts";
import type { Caller } from "./keys.ts";
import { problem } from "./problem.ts";

type Agent = Context<AgentContext>;

const KEY = /^[\x21-\x7e]{1,255}$/;
/** What may go otherwise a second time, and so is not kept. */
const UNSETTLED: readonly number[] = [408, 429];
const PURPOSE = "quorate/answers/1";

/** Answers as before where the request came before; otherwise lets `answer` do it, once. */
export async function once(
  context: Agent,
  { body }: Route,
  caller: Caller,
  answer: () => Promise<Response>,
): Promise<Response> {
  const key = context.req.header("idempotency-key");
  if (key === undefined) return answer();
  if (!KEY.test(key))
    return problem(
      context,
      fault("QUERY_INVALID", { path: "Idempotency-Key", need: "1 to 255 printable characters" }).fault,
    );
  const { raw } = context.req;
  const bytes = await readBytes(raw, body?.limit ?? 0);
  if (!bytes.ok) return problem(context, bytes.fault);
  const { method, headers, url } = raw;
  const { pathname, search } = new URL(url);
  const digest = sha256Hex(concatBytes(new TextEncoder().encode(`${method} ${pathname}${search}\n`), bytes.value));
  const edge = context.env.EDGE.getByName(EDGE_NAME);
  const claim = await edge.claim(caller.id, key, digest, Date.now());
  if (claim.state === "conflict") return problem(context, fault("IDEMPOTENCY_CONFLICT").fault);
  if (claim.state === "pending") return problem(context, fault("IDEMPOTENCY_PENDING").fault);
  if (claim.state === "full") {
    const { thing, found, limit, freeAtMs } = claim;
    context.header("retry-after", String(Math.max(1, Math.ceil((freeAtMs - Date.now()) / 1_000))));
    return problem(context, fault("IDEMPOTENCY_FULL", { thing, found, limit }).fault);
  }
  const place = `${caller.id}\n${key}\n${digest}`;
  if (claim.state === "answered") return again(context, claim.answer, place);
  context.set("claim", { atMs: claim.atMs, seed: place });
  context.req.raw = new Request(url, {
    method,
    headers,
    body: bytes.value.length === 0 ? null : Uint8Array.from(bytes.value),
  });
  let kept: Kept | null = null;
  try {
    const response = await answer();
    kept = await keepable(response.clone(), context.env.SIGNING_KEY, place);
    return response;
  } finally {
    await edge.settle(caller.id, key, kept);
  }
}

/** Its body is sealed: some answers show a new secret, once. */
async function keepable(response: Response, signingKey: string, place: string): Promise<Kept | null> {
  const { status, headers } = response;
  if (status >= 500 || UNSETTLED.includes(status)) return null;
  const plain = new Uint8Array(await response.arrayBuffer());
  const { iv, sealed } = await seal(signingKey, PURPOSE, place, plain);
  const type = headers.get("content-type") ?? "";
  return { status, type, location: headers.get("location"), body: concatBytes(iv, sealed) };
}

async function again(context: Agent, { status, type, location, body }: Kept, place: string): Promise<Response> {
  const box = { iv: body.subarray(0, IV_BYTES), sealed: body.subarray(IV_BYTES) };
  // An agent whose key was changed since can read its earlier answers no more; it must not do the same a second time either.
  const plain = await unseal(context.env.SIGNING_KEY, PURPOSE, place, box).catch(() => null);
  if (plain === null) return problem(context, fault("IDEMPOTENCY_CONFLICT").fault);
  const headers = {
    "content-type": type,
    "idempotency-replayed": "true",
    ...(location === null ? {} : { location }),
  };
  return context.body(Uint8Array.from(plain), status as 200, headers);
}
