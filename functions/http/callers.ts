// Who asks: a bearer key of the party's own people and programs, or a person for whom the identity provider's token speaks.
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { UNITS_A_MINUTE } from "../../durable/keys.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { AgentContext } from "./app.ts";
import { callerByKey } from "./guesses.ts";
import type { Caller } from "./keys.ts";
import { isCrossSite } from "./origin.ts";
import { verifyToken } from "./tokens.ts";

type Agent = Context<AgentContext>;

/** What Cloudflare Access adds to every request that it lets through, and the cookie in which a browser brings the same. */
const TOKEN_HEADER = "cf-access-jwt-assertion";
const TOKEN_COOKIE = "CF_Authorization";

/** Who sends this request, provided that the key or the token is good now. A bearer key counts before a token. */
export async function callerOf(context: Agent): Promise<Result<Caller>> {
  const given = /^bearer +(.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  if (given !== undefined) return callerByKey(context, given);
  return (await callerByToken(context)) ?? fault("UNAUTHORISED");
}

/** For whom a token speaks; null where there is none, or nobody's are taken. */
export async function callerByToken(context: Agent): Promise<Result<Caller> | null> {
  const { access } = context.get("config");
  const token = context.req.header(TOKEN_HEADER) ?? getCookie(context, TOKEN_COOKIE);
  if (token === undefined || access === null) return null;
  const bearer = await verifyToken(access, token);
  if (!bearer.ok) return bearer;
  // Access makes the token of a cookie, which a browser sends along whoever's page asks: unlike a key it does not show who wants this.
  if (context.req.method !== "GET" && isCrossSite(context.req.raw)) return fault("FORM_FOREIGN");
  const digest = sha256Hex(new TextEncoder().encode(token));
  return ok({ ...bearer.value, perMinute: UNITS_A_MINUTE, token: digest });
}
