// The console's cookies.
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { AgentContext } from "../http/app.ts";

type Agent = Context<AgentContext>;

/** Whose cookie a form is bound to; where nobody has logged in by a key there is one for the forms alone. */
export const SESSION = "quorate-console";
export const VISIT = "quorate-visit";

export function isSecure(context: Agent): boolean {
  return new URL(context.req.url).protocol === "https:";
}

/** A cookie whose name begins so is for this host alone, and browsers see to it; without TLS they refuse it. */
function cookieName(context: Agent, name: string): string {
  return isSecure(context) ? `__Host-${name}` : name;
}

export function giveCookie(context: Agent, name: string, value: string, maxAge: number): void {
  setCookie(context, cookieName(context, name), value, {
    httpOnly: true,
    sameSite: "Strict",
    secure: isSecure(context),
    path: "/",
    maxAge,
  });
}

export function takeCookie(context: Agent, name: string): string | undefined {
  return getCookie(context, cookieName(context, name));
}
