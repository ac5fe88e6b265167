// The console's cookies and the tokens of its forms: who is logged in, and which forms this agent served to this browser.
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { EDGE_NAME } from "../../durable/env.ts";
import { FIRST_KEY } from "../../durable/keys.ts";
import { toHex } from "../../shared/bytes.ts";
import type { AgentContext } from "../http/app.ts";
import { isCrossSite } from "../http/origin.ts";
import { formToken, isFormToken, isSession, SESSION_SECONDS, sessionFor } from "./session.ts";

type Agent = Context<AgentContext>;

/** Whose cookie a form is bound to; before a login there is one for the form alone. */
const SESSION = "quorate-console";
const VISIT = "quorate-visit";
const TOKEN_FIELD = "form-token";

export function isSecure(context: Agent): boolean {
  return new URL(context.req.url).protocol === "https:";
}

/** A cookie whose name begins so is for this host alone, and browsers see to it; without TLS they refuse it. */
function cookieName(context: Agent, name: string): string {
  return isSecure(context) ? `__Host-${name}` : name;
}

function giveCookie(context: Agent, name: string, value: string, maxAge: number): void {
  const secure = isSecure(context);
  setCookie(context, cookieName(context, name), value, {
    httpOnly: true,
    sameSite: "Strict",
    secure,
    path: "/",
    maxAge,
  });
}

export async function beginSession(context: Agent): Promise<void> {
  const { apiKey } = context.get("config");
  giveCookie(context, SESSION, await sessionFor(apiKey, Math.floor(Date.now() / 1_000)), SESSION_SECONDS);
}

export function endSession(context: Agent): void {
  giveCookie(context, SESSION, "", 0);
}

function sessionOf(context: Agent): string | undefined {
  return getCookie(context, cookieName(context, SESSION));
}

export async function hasSession(context: Agent): Promise<boolean> {
  const { apiKey } = context.get("config");
  const cookie = sessionOf(context);
  if (!(await isSession(cookie, apiKey, Math.floor(Date.now() / 1_000)))) return false;
  return isKeyGood(context);
}

/** Sessions hang on the key that the agent is set up with: withdrawing it ends them all. */
export async function isKeyGood(context: Agent): Promise<boolean> {
  const withdrawn = await context.env.EDGE.getByName(EDGE_NAME).withdrawn();
  return withdrawn.every(({ id }) => id !== FIRST_KEY);
}

/** The token for the forms of a page that is being rendered. */
export async function tokenFor(context: Agent): Promise<string> {
  const { apiKey } = context.get("config");
  if (await hasSession(context)) return formToken(apiKey, sessionOf(context) ?? "");
  const known = getCookie(context, cookieName(context, VISIT));
  const visit = known ?? toHex(crypto.getRandomValues(new Uint8Array(16)));
  if (known === undefined) giveCookie(context, VISIT, visit, SESSION_SECONDS);
  return formToken(apiKey, visit);
}

export async function isOwnForm(context: Agent): Promise<boolean> {
  if (isCrossSite(context.req.raw)) return false;
  const given = (await context.req.parseBody())[TOKEN_FIELD];
  if (typeof given !== "string") return false;
  const { apiKey } = context.get("config");
  const bound = (await hasSession(context)) ? sessionOf(context) : getCookie(context, cookieName(context, VISIT));
  return bound !== undefined && isFormToken(apiKey, bound, given);
}
