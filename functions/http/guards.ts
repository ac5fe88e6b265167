// What every route of the table is guarded by, from its own columns: whom it answers, in what form, and what it reads.
import type { Context, MiddlewareHandler, Next } from "hono";
import { type Reader, readAs } from "../../shared/cbor/read.ts";
import { type Fault, fault, ok, type Result } from "../../shared/result.ts";
import { addressOf } from "./address.ts";
import type { AgentContext } from "./app.ts";
import { mediaType } from "./body.ts";
import { type Budget, checkBacklog, spend, spendFrom } from "./budget.ts";
import { callerOf } from "./callers.ts";
import { preferred } from "./contract/accept.ts";
import { deprecationHeaders } from "./contract/deprecation.ts";
import { limitsOf } from "./contract/limits.ts";
import { type Route, routesAt } from "./contract/route.ts";
import { inForm } from "./entity.ts";
import { once } from "./idempotency.ts";
import { type Caller, mayDo } from "./keys.ts";
import { problem } from "./problem.ts";

type Agent = Context<AgentContext>;

/** Answers a request to one route, or says why not: who asks, then how it is asked. */
export function guarded(route: Route): (context: Agent) => Promise<Response> {
  const form = formOf(route);
  return async (context) => {
    context.set("route", route.path);
    const answer = await inForm(context, await answered(context, route, form));
    // What was only accepted is followed where it is told: at its own address, or at that of what it is about.
    if (answer.status === 202 && !answer.headers.has("location")) {
      const { path, method } = context.req;
      answer.headers.set("location", method === "GET" ? path : path.split("/").slice(0, 4).join("/"));
    }
    for (const [name, value] of deprecationHeaders(route)) answer.headers.append(name, value);
    return answer;
  };
}

/** What a route offers and takes, read off its row once. */
type Form = { readonly offered: readonly string[]; readonly limit: number; readonly types: readonly string[] };

function formOf(route: Route): Form {
  const types = Object.values(route.answers).flatMap(({ type, also = [] }) => [type, ...also]);
  const offered = [...new Set(types)].filter((type) => type !== "");
  return { offered, limit: limitsOf(route).body, types: route.body?.types ?? [] };
}

async function answered(context: Agent, route: Route, form: Form): Promise<Response> {
  const caller = await admitted(context, route);
  if (!caller.ok) return problem(context, caller.fault);
  const asked = checkForm(context, form);
  if (!asked.ok) return problem(context, asked.fault);
  const query = readQuery(context, route);
  if (!query.ok) return problem(context, query.fault);
  const backlog = route.sends ? await checkBacklog(context.env, Date.now()) : ok(null);
  if (!backlog.ok) return problem(context, backlog.fault);
  const answer = async () => route.handle(context, query.value);
  return caller.value !== null && route.method === "POST" ? once(context, route, caller.value, answer) : answer();
}

/** Who may go on, at the cost of whom; null for whoever needs no key. */
async function admitted(context: Agent, { access, bare, cost = 1 }: Route): Promise<Result<Caller | null>> {
  if (bare) return ok(null); // it asks nobody, and so costs nothing
  const now = Date.now();
  if (access === "anyone" || access === "signer") {
    const spent = spendFrom(addressOf(context.req.raw), cost, now);
    return spent.ok ? told(context, spent.value, null) : limited(context, spent, now);
  }
  const caller = await callerOf(context);
  if (!caller.ok) return unknown(context, caller, now);
  context.set("caller", caller.value);
  const spent = await spend(context.env, caller.value, cost, now);
  if (!spent.ok) return limited(context, spent, now);
  told(context, spent.value, null);
  const may = mayDo(caller.value, access);
  return may.ok ? caller : may;
}

/** Whoever shows nothing good has the budget of an address. */
function unknown(context: Agent, refused: Refused, nowMs: number): Result<never> {
  const spent = spendFrom(addressOf(context.req.raw), 1, nowMs);
  if (!spent.ok) return limited(context, spent, nowMs);
  told(context, spent.value, null);
  return limited(context, refused, nowMs);
}

function told(context: Agent, budget: Budget | null, caller: Caller | null): Result<Caller | null> {
  if (budget === null) return ok(caller);
  context.header("ratelimit-limit", String(budget.limit));
  context.header("ratelimit-remaining", String(budget.remaining));
  context.header("ratelimit-reset", String(secondsUntil(budget.resetMs, Date.now())));
  return ok(caller);
}

export type Refused = { readonly ok: false; readonly fault: Fault };

/** Says on the answer when to come again, where that is why it was refused. */
export function limited(context: Agent, refused: Refused, nowMs: number): Refused {
  const { resetMs, limit } = refused.fault.detail;
  if (typeof resetMs !== "number") return refused;
  const seconds = String(secondsUntil(resetMs, nowMs));
  context.header("ratelimit-limit", String(limit));
  context.header("ratelimit-remaining", "0");
  context.header("ratelimit-reset", seconds);
  context.header("retry-after", seconds);
  return refused;
}

function secondsUntil(atMs: number, nowMs: number): number {
  return Math.max(1, Math.ceil((atMs - nowMs) / 1_000));
}

function checkForm(context: Agent, { offered, limit, types }: Form): Result<null> {
  const accepted = context.req.header("accept");
  const form = preferred(accepted, offered);
  if (offered.length > 1) context.header("vary", "accept");
  if (form === null && offered.length > 0)
    return fault("NOT_ACCEPTABLE", { found: (accepted ?? "").slice(0, 100), need: offered.join(", ") });
  context.set("form", form);
  if (Number(context.req.header("content-length") ?? "0") > limit) return fault("BODY_TOO_LARGE", { limit });
  if (types.length === 0) return ok(null);
  const found = mediaType(context.req.raw);
  return types.includes(found) ? ok(null) : fault("CONTENT_TYPE", { found, need: types[0] as string });
}

/** The query decoded by the route's own fields; a name that it does not know is refused, since its sender meant something by it. */
function readQuery(context: Agent, { query = {}, anyQuery }: Route): Result<Readonly<Record<string, unknown>>> {
  if (anyQuery) return ok({});
  const given = new URL(context.req.url).searchParams;
  const unknown = [...given.keys()].find((name) => !Object.hasOwn(query, name));
  if (unknown !== undefined) {
    const known = Object.keys(query).join(", ");
    return fault("QUERY_INVALID", { path: `?${unknown}`, need: known === "" ? "left out" : `one of ${known}` });
  }
  const read: Record<string, unknown> = {};
  for (const [name, { reader }] of Object.entries(query)) {
    const value = readParameter(reader, given.get(name), `?${name}`);
    if (!value.ok) return fault("QUERY_INVALID", value.fault.detail);
    read[name] = value.value;
  }
  return ok(read);
}

/** A parameter is text; where its reader takes none, it may be a number in digits. */
function readParameter(reader: Reader<unknown>, given: string | null, path: string): Result<unknown> {
  const asText = readAs(given, reader, path);
  if (asText.ok || given === null || !/^\d{1,15}$/.test(given)) return asText;
  return readAs(Number(given), reader, path);
}

/** After the table: an address of ours under another method is told so, and nothing under /v1 is a page. */
export function otherMethods(routes: readonly Route[]): MiddlewareHandler<AgentContext> {
  return async (context: Agent, next: Next) => {
    const { path, method } = context.req;
    const here = routesAt(routes, path).map((route) => route.method);
    if (here.length === 0) return /^\/(v1|hooks|metrics)(\/|$)/.test(path) ? context.notFound() : next();
    const allowed = [...new Set([...here, ...(here.includes("GET") ? ["HEAD"] : []), "OPTIONS"])].join(", ");
    context.header("allow", allowed);
    if (method === "OPTIONS") return context.body(null, 204);
    return problem(context, fault("METHOD_NOT_ALLOWED", { method: method.slice(0, 20), need: allowed }).fault);
  };
}
