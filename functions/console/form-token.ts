// The tokens of forms: which forms this agent served to this browser. A form is bound to the cookie of the session, or of the visit.
import type { Context } from "hono";
import { IDLE_MS } from "../../durable/edge-sessions.ts";
import { parseHex, toHex } from "../../shared/bytes.ts";
import type { AgentContext } from "../http/app.ts";
import { isCrossSite } from "../http/origin.ts";
import { giveCookie, takeCookie, VISIT } from "./cookies.ts";
import { visitorOf } from "./session.ts";

type Agent = Context<AgentContext>;

const TOKEN_FIELD = "form-token";
const hmac = { name: "HMAC", hash: "SHA-256" } as const;

/** Nobody without the cookie can make its token, and the token does not tell the cookie. */
function keyFrom(cookie: string, use: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", new TextEncoder().encode(cookie), hmac, false, [use]);
}
const STATEMENT = new TextEncoder().encode("quorate-form");

async function cookieOfSession(context: Agent): Promise<string | null> {
  const visitor = await visitorOf(context);
  return visitor?.ok ? visitor.value.cookie : null;
}

/** The token for the forms of a page that is being rendered. */
export async function tokenFor(context: Agent): Promise<string> {
  const known = (await cookieOfSession(context)) ?? takeCookie(context, VISIT);
  const cookie = known ?? toHex(crypto.getRandomValues(new Uint8Array(16)));
  if (known === undefined) giveCookie(context, VISIT, cookie, IDLE_MS / 1_000);
  return toHex(new Uint8Array(await crypto.subtle.sign("HMAC", await keyFrom(cookie, "sign"), STATEMENT)));
}

export async function isOwnForm(context: Agent): Promise<boolean> {
  if (isCrossSite(context.req.raw)) return false;
  const given = (await context.req.parseBody())[TOKEN_FIELD];
  const token = typeof given === "string" ? parseHex(given) : null;
  const cookie = (await cookieOfSession(context)) ?? takeCookie(context, VISIT) ?? "";
  if (token === null || cookie === "") return false;
  return crypto.subtle.verify("HMAC", await keyFrom(cookie, "verify"), token, STATEMENT);
}
