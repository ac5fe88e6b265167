// Who is at the console: by the cookie of a session that the agent's Edge object knows, or by the token that an identity provider's gate adds
// to each request. A session is asked for with each page: what it hangs on may be withdrawn, replaced or out of its time meanwhile.
import type { Context } from "hono";
import { SESSION_MS } from "../../durable/edge-sessions.ts";
import { EDGE_NAME } from "../../durable/env.ts";
import { toHex } from "../../shared/bytes.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import { addressOf } from "../http/address.ts";
import type { AgentContext } from "../http/app.ts";
import { forgetLeases, LOGGED_OUT, spendFrom } from "../http/budget.ts";
import { callerByToken } from "../http/callers.ts";
import { callerByKey } from "../http/guesses.ts";
import { type Caller, inTime, mayDo } from "../http/keys.ts";
import { giveCookie, SESSION, takeCookie } from "./cookies.ts";

type Agent = Context<AgentContext>;

/** Whose session this browser has, and the cookie that its forms are bound to; by a token there is no cookie. */
export type Visitor = { readonly caller: Caller; readonly cookie: string | null };

/** Null for whoever shows nothing; a refusal for whoever shows a token that is not good. Looked up once a request. */
export async function visitorOf(context: Agent): Promise<Result<Visitor> | null> {
  const known = context.get("visitor") ?? lookUp(context);
  context.set("visitor", known);
  return known;
}

async function lookUp(context: Agent): Promise<Result<Visitor> | null> {
  const cookie = takeCookie(context, SESSION);
  const caller = cookie === undefined ? null : await callerBySession(context, cookie);
  if (cookie !== undefined && caller !== null) return ok({ caller, cookie });
  const bearer = await callerByToken(context);
  if (bearer === null || !bearer.ok) return bearer;
  const { id, token } = bearer.value;
  const gone = await edgeOf(context).goneSince({ id, token });
  if (gone === 0) return fault("TOKEN_INVALID", { reason: LOGGED_OUT });
  return gone === null ? ok({ caller: bearer.value, cookie: null }) : fault("KEY_WITHDRAWN", { at: gone * 1_000 });
}

const COOKIE = /^[0-9a-f]{64}$/;

/** Cookies that were good in this isolate: theirs is asked for whatever else comes from their address. */
const GOOD_MAX = 5_000;
const good = new Set<string>();

async function callerBySession(context: Agent, cookie: string): Promise<Caller | null> {
  if (!COOKIE.test(cookie)) return null;
  const nowMs = Date.now();
  const digest = digestOf(cookie);
  // Everybody's budget is with the one object that knows sessions, so made-up cookies are at the cost of their address.
  if (!good.has(digest) && !spendFrom(addressOf(context.req.raw), 1, nowMs).ok) return null;
  const session = await edgeOf(context).session(digest, nowMs);
  if (session === null) {
    good.delete(digest);
    return null;
  }
  if (good.size >= GOOD_MAX) good.clear();
  good.add(digest);
  const key = context.get("config").keys.find(({ id, sha256 }) => id === session.who && sha256 === session.key);
  const holder = key === undefined ? null : inTime(key, nowMs);
  return holder?.ok ? holder.value : null;
}

/** Logs in whoever has a key that may see; each time under a new number. */
export async function beginSession(context: Agent, given: string): Promise<Result<null>> {
  const holder = await callerByKey(context, given);
  const may = holder.ok ? mayDo(holder.value, "read") : holder;
  if (!holder.ok || !may.ok) return may as Result<never>;
  const cookie = toHex(crypto.getRandomValues(new Uint8Array(32)));
  const session = { who: holder.value.id, key: digestOf(given) };
  const before = takeCookie(context, SESSION);
  if (before !== undefined) await edgeOf(context).endSession(digestOf(before));
  const withdrawn = await edgeOf(context).beginSession(digestOf(cookie), session, Date.now());
  if (withdrawn !== null) return fault("KEY_WITHDRAWN", { at: withdrawn * 1_000 });
  giveCookie(context, SESSION, cookie, SESSION_MS / 1_000);
  return ok(null);
}

/** Where Cloudflare Access ends its own login. */
const ACCESS_LOGOUT = "/cdn-cgi/access/logout";

/** Strikes the session, or the token, out; answers where to go then. */
export async function endSession(context: Agent): Promise<string> {
  const visitor = await visitorOf(context);
  giveCookie(context, SESSION, "", 0);
  if (visitor === null || !visitor.ok) return "/login";
  const { cookie, caller } = visitor.value;
  if (cookie !== null) await edgeOf(context).endSession(digestOf(cookie));
  if (caller.token === null) return "/login";
  await edgeOf(context).endToken(caller.token, caller.untilMs ?? 0, Date.now());
  forgetLeases(context.env, caller.id);
  return ACCESS_LOGOUT;
}

function edgeOf(context: Agent) {
  return context.env.EDGE.getByName(EDGE_NAME);
}

function digestOf(text: string): string {
  return sha256Hex(new TextEncoder().encode(text));
}
