// The HTTP surface of an agent. Routes translate; every judgement is in the core.
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { type AgentConfig, configOf } from "../../durable/config.ts";
import type { AgentEnv } from "../../durable/env.ts";
import { log } from "../../durable/log.ts";
import { BODY_BYTES_MAX, STATEMENTS_BYTES_MAX } from "../../shared/limits.ts";
import { fault, type Result } from "../../shared/result.ts";
import { consoleRoutes } from "../console/routes.tsx";
import { type Visitor, visitorOf } from "../console/session.ts";
import { readBytes } from "./body.ts";
import { type Route, routerPath } from "./contract/route.ts";
import { ROUTES } from "./contract/table.ts";
import { guarded, otherMethods } from "./guards.ts";
import type { Caller } from "./keys.ts";
import { problem } from "./problem.ts";

export type AgentContext = {
  readonly Bindings: AgentEnv;
  readonly Variables: {
    config: AgentConfig;
    request: string;
    /** The path of its route in the table. */
    route: string;
    /** What it was refused with. */
    code: string;
    caller: Caller;
    /** The media type in which the answer is asked for; null where there is none. */
    form: string | null;
    /** Who is at the console, once that was looked up. */
    visitor: Promise<Result<Visitor> | null> | undefined;
    /** Of a request with an idempotency key: when it first came, and what makes it one. */
    claim: { readonly atMs: number; readonly seed: string };
  };
};

/** `routes` are those of the API; pages of the console stand beside them. */
export function createApp(routes: readonly Route[] = ROUTES): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.onError((error, context) => {
    const request = context.get("request");
    log("error", "request-failed", { request, reason: error.message });
    return problem(context, fault("INTERNAL", { request }).fault);
  });
  app.notFound((context) => problem(context, fault("NOT_FOUND", { thing: "such route" }).fault));
  app.use(identify);
  const serve = (route: Route) => app.on(route.method, routerPath(route.path), guarded(route));
  routes.filter(({ bare }) => bare).forEach(serve);
  app.use(configured);
  routes.filter(({ bare }) => !bare).forEach(serve);
  app.use(otherMethods(routes));
  app.use(bounded);
  app.route("/", consoleRoutes());
  return app;
}

/** What a caller may name a request by. */
const REQUEST_ID = /^[\w.-]{1,64}$/;

const identify: MiddlewareHandler<AgentContext> = async (context, next) => {
  const given = context.req.header("request-id") ?? "";
  const request = REQUEST_ID.test(given) ? given : crypto.randomUUID();
  context.set("request", request);
  const startedMs = Date.now();
  await next();
  noted(context, Date.now() - startedMs);
  context.header("request-id", request);
  if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
  context.header("x-content-type-options", "nosniff");
};

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Whatever changes something, or is refused, leaves a line; what is only read leaves none. */
function noted(context: Context<AgentContext>, ms: number): void {
  const { method } = context.req;
  const { status } = context.res;
  if (method === "GET" && status < 400) return;
  log(status >= 500 ? "error" : "info", "request", {
    request: context.get("request"),
    method: METHODS.includes(method) ? method : "odd",
    route: (context.get("route") as string | undefined) ?? "console",
    status,
    ms,
    code: context.get("code") as string | undefined,
    caller: (context.get("caller") as Caller | undefined)?.id,
  });
}

const configured: MiddlewareHandler<AgentContext> = async (context, next) => {
  const config = configOf(context.env);
  if (!config.ok) return problem(context, config.fault);
  context.set("config", config.value);
  return next();
};

/** Whoever is logged in may bring files that people carry. */
async function bodyLimit(context: Context<AgentContext>): Promise<number> {
  if (!context.req.path.startsWith("/exchange/")) return BODY_BYTES_MAX;
  return (await visitorOf(context))?.ok === true ? STATEMENTS_BYTES_MAX : BODY_BYTES_MAX;
}

/** A form is read whole by whoever parses it, so it is read here first, within the limits of every body. */
const bounded: MiddlewareHandler<AgentContext> = async (context, next) => {
  const { method, url, headers } = context.req.raw;
  if (method !== "POST") return next();
  const body = await readBytes(context.req.raw, await bodyLimit(context));
  if (!body.ok) return problem(context, body.fault);
  context.req.raw = new Request(url, { method, headers, body: Uint8Array.from(body.value) });
  return next();
};
