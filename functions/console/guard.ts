// What stands before every page of the console: the content policy, the check of every form, and the login.
import type { MiddlewareHandler } from "hono";
import { fault } from "../../shared/result.ts";
import type { AgentContext } from "../http/app.ts";
import { problem } from "../http/problem.ts";
import { contentPolicy, POLICY_HEADER } from "./content-policy.ts";
import { hasSession, isOwnForm, isSecure } from "./cookies.ts";
import { showRefusal } from "./show.tsx";

/** Security headers on every page, and no form but what this agent served to the same browser. */
export const guarded: MiddlewareHandler<AgentContext> = async (context, next) => {
  if (context.req.method === "POST" && !(await isOwnForm(context))) {
    const refusal = fault("FORM_FOREIGN").fault;
    const isPerson = context.req.header("accept")?.includes("text/html") === true;
    context.res = isPerson ? await showRefusal(context, refusal, true) : problem(context, refusal);
  } else await next();
  if (!context.res.headers.has(POLICY_HEADER)) context.header(POLICY_HEADER, contentPolicy(false));
  context.header("referrer-policy", "no-referrer");
  context.header("cross-origin-opener-policy", "same-origin");
  context.header("cross-origin-resource-policy", "same-origin");
  context.header("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  if (isSecure(context)) context.header("strict-transport-security", "max-age=31536000");
};

export const loggedIn: MiddlewareHandler<AgentContext> = async (context, next) => {
  if (await hasSession(context)) return next();
  return context.redirect(`/login?back=${encodeURIComponent(context.req.path)}`, 303);
};
