// What stands before every page of the console: the content policy, the check of every form, and the login.
import type { Context, MiddlewareHandler } from "hono";
import { fault, ok } from "../../shared/result.ts";
import { addressOf } from "../http/address.ts";
import type { AgentContext } from "../http/app.ts";
import { spend, spendFrom } from "../http/budget.ts";
import { limited, type Refused } from "../http/guards.ts";
import { mayDo } from "../http/keys.ts";
import { problem } from "../http/problem.ts";
import { contentPolicy, POLICY_HEADER } from "./content-policy.ts";
import { isSecure } from "./cookies.ts";
import { isOwnForm } from "./form-token.ts";
import { scopeOfForm } from "./forms.ts";
import { visitorOf } from "./session.ts";
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

/** Whoever is logged in, at the cost of their minute and within their scopes; for anyone else the login. */
export const loggedIn: MiddlewareHandler<AgentContext> = async (context, next) => {
  const nowMs = Date.now();
  const visitor = await visitorOf(context);
  if (visitor === null || !visitor.ok) {
    const spent = spendFrom(addressOf(context.req.raw), 1, nowMs);
    if (!spent.ok) return refused(context, spent, nowMs);
    return context.redirect(`/login?back=${encodeURIComponent(context.req.path)}`, 303);
  }
  const { caller } = visitor.value;
  context.set("caller", caller);
  const spent = await spend(context.env, caller, 1, nowMs);
  if (!spent.ok) return refused(context, spent, nowMs);
  const needs = context.req.method === "POST" ? scopeOfForm(context.req.path) : "read";
  const may = needs === null ? ok(null) : mayDo(caller, needs);
  return may.ok ? next() : showRefusal(context, may.fault);
};

/** What anybody may ask for, at the cost of their address. */
export const asStranger: MiddlewareHandler<AgentContext> = async (context, next) => {
  const nowMs = Date.now();
  const spent = spendFrom(addressOf(context.req.raw), 1, nowMs);
  return spent.ok ? next() : refused(context, spent, nowMs);
};

function refused(context: Context<AgentContext>, why: Refused, nowMs: number): Promise<Response> {
  return showRefusal(context, limited(context, why, nowMs).fault, true);
}
