// What every route of the table is guarded by, from its own columns: whom it answers, in what form, and what it reads.
import type { Context, MiddlewareHandler, Next } from "hono";
import { type Reader, readAs } from "../../shared/cbor/read.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { AgentContext } from "./app.ts";
import { mediaType } from "./body.ts";
import { PROBLEM_TYPE, type Route, routesAt } from "./contract/route.ts";
import { authorise } from "./keys.ts";
import { problem } from "./problem.ts";

type Agent = Context<AgentContext>;

/** Answers a request to one route, or says why not: who asks, then how it is asked. */
export function guarded(route: Route): (context: Agent) => Promise<Response> {
  return async (context) => {
    const who = await authorise(context, route.access);
    if (!who.ok) return problem(context, who.fault);
    const form = checkForm(context, route);
    if (!form.ok) return problem(context, form.fault);
    const query = readQuery(context, route);
    if (!query.ok) return problem(context, query.fault);
    return route.handle(context, query.value);
  };
}

function checkForm(context: Agent, { answers, body }: Route): Result<null> {
  const offered = [...new Set(Object.values(answers).map(({ type }) => type))].filter((type) => type !== "");
  const accepted = context.req.header("accept");
  if (accepted !== undefined && offered.length > 0 && !offered.some((type) => accepts(accepted, type)))
    return fault("NOT_ACCEPTABLE", { found: accepted.slice(0, 100), need: offered.join(", ") });
  if (body === undefined || body.types.length === 0) return ok(null);
  const found = mediaType(context.req.raw);
  if (!body.types.includes(found)) return fault("CONTENT_TYPE", { found, need: body.types[0] });
  return ok(null);
}

/** Whether an Accept header takes a media type; refusals are always told, whatever it says. */
function accepts(header: string, type: string): boolean {
  const [group] = type.split("/");
  return header.split(",").some((part) => {
    const [wanted = "", ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
    if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) return false;
    return wanted === "*/*" || wanted === `${group}/*` || wanted === type.split(";")[0] || wanted === PROBLEM_TYPE;
  });
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
    if (here.length === 0) return /^\/(v1|hooks)(\/|$)/.test(path) ? context.notFound() : next();
    const allowed = [...new Set([...here, ...(here.includes("GET") ? ["HEAD"] : []), "OPTIONS"])].join(", ");
    context.header("allow", allowed);
    if (method === "OPTIONS") return context.body(null, 204);
    return problem(context, fault("METHOD_NOT_ALLOWED", { method: method.slice(0, 20), need: allowed }).fault);
  };
}
