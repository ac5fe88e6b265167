// Sources for their owners: what came in, what it did, and bringing it again. All under the party's own key.
import { type Context, Hono } from "hono";
import { REQUEST_STATUSES, type RequestStatus } from "../../../durable/hook-requests.ts";
import { parseBase64 } from "../../../shared/bytes.ts";
import { boolean, list, nullable, readAs, record, text, textMap, withDefaults } from "../../../shared/cbor/read.ts";
import { sha256Hex } from "../../../shared/hash.ts";
import { BODY_BYTES_MAX } from "../../../shared/limits.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { fault, ok, type Result } from "../../../shared/result.ts";
import type { SourceDocument } from "../../../shared/source/document.ts";
import { hooksOf, type Intake, keepRequest, type VerifiedDelivery, verifyDelivery } from "../../hooks/receive.ts";
import { intakeOf } from "../../hooks/sources.ts";
import type { AgentContext } from "../app.ts";
import { readJson } from "../body.ts";
import { problem } from "../problem.ts";
import { acted } from "./hooks.ts";

type SourceContext = Context<AgentContext>;

const PAGE_MAX = 200;
/** Ids of one question what is missing: a page of what vendors list. */
const LISTED_MAX = 1_000;

export function sourceRoutes(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.get("/", listRoute);
  app.get("/:source/requests", (context) => withSource(context, requestsRoute));
  app.get("/:source/requests/:request", (context) => withSource(context, requestRoute));
  app.post("/:source/requests/:request/replay", (context) => withSource(context, replayRoute));
  app.get("/:source/events", (context) => withSource(context, eventsRoute));
  app.post("/:source/missing", (context) => withSource(context, missingRoute));
  app.post("/:source/deliveries", (context) => withSource(context, deliveryRoute));
  return app;
}

async function withSource(
  context: SourceContext,
  answer: (context: SourceContext, intake: Intake) => Promise<Response>,
): Promise<Response> {
  const intake = await intakeOf(context, context.req.param("source") ?? "");
  return intake.ok ? answer(context, intake.value) : problem(context, intake.fault);
}

async function listRoute(context: SourceContext): Promise<Response> {
  const { sources } = context.get("config").party;
  const shown = await Promise.all(sources.map((source) => shownSource(context, source)));
  return context.json({ sources: shown });
}

async function shownSource(context: SourceContext, source: SourceDocument): Promise<object> {
  const { id, scheme, event, action, pattern, alias } = source;
  const counts = await hooksOf(context.env).counts(id);
  const url = new URL(`/hooks/${id}`, context.req.url).href;
  return { id, url, scheme, event, action, opens: pattern ?? alias ?? "policy", ...counts };
}

/** `cursor` is where the last page ended; `after` asks instead for what came since, oldest first. */
async function requestsRoute(context: SourceContext, { env, source }: Intake): Promise<Response> {
  const status = context.req.query("status") ?? null;
  const fits = status === null || (REQUEST_STATUSES as readonly string[]).includes(status);
  if (!fits) return misread(context, "status", `one of ${REQUEST_STATUSES.join(", ")}`);
  const page = pageOf(context);
  if (!page.ok) return problem(context, page.fault);
  const sinceMs = sinceOf(context);
  if (sinceMs === null) return misread(context, "since", "an ISO 8601 time");
  const query = { source: source.id, status: status as RequestStatus | null, sinceMs, ...page.value };
  const requests = await hooksOf(env).requests(query);
  return context.json({ requests, cursor: cursorOf(requests, page.value.limit) });
}

async function requestRoute(context: SourceContext, { env, source }: Intake): Promise<Response> {
  const request = await hooksOf(env).request(source.id, context.req.param("request") ?? "");
  return request === null
    ? problem(context, fault("NOT_FOUND", { thing: "such request" }).fault)
    : context.json(request);
}

async function eventsRoute(context: SourceContext, { env, source }: Intake): Promise<Response> {
  const page = pageOf(context);
  if (!page.ok) return problem(context, page.fault);
  const events = await hooksOf(env).events(source.id, page.value.before, page.value.limit);
  return context.json({ events, cursor: cursorOf(events, page.value.limit) });
}

/** What was verified when it came is acted on again; a ceremony that it opened already is answered, and none is opened twice. */
async function replayRoute(context: SourceContext, intake: Intake): Promise<Response> {
  const id = context.req.param("request") ?? "";
  const request = await hooksOf(intake.env).request(intake.source.id, id);
  if (request === null) return problem(context, fault("NOT_FOUND", { thing: "such request" }).fault);
  const kept = await hooksOf(intake.env).body(request.id);
  if (kept === null) return problem(context, fault("HOOK_BODY_GONE", { request: request.id }).fault);
  const verified = JSON.parse(kept.verified) as VerifiedDelivery;
  return bring(context, intake, verified, kept.body, request.id);
}

const readListed = record<{ readonly deliveries: readonly string[] }>({ deliveries: list(text(256), LISTED_MAX) });

/** Which of the deliveries that the sender lists never did their work here. */
async function missingRoute(context: SourceContext, { env, source }: Intake): Promise<Response> {
  const value = await readJson(context.req.raw);
  const listed = value.ok ? readAs(value.value, readListed) : value;
  if (!listed.ok) return problem(context, fault("BODY_INVALID", listed.fault.detail).fault);
  const missing = await hooksOf(env).missing(source.id, listed.value.deliveries);
  return context.json({ listed: listed.value.deliveries.length, missing });
}

type Brought = {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly vouch: boolean;
  readonly delivery: string | null;
};
const readBrought = withDefaults<Brought>(
  { headers: new Map(), vouch: false, delivery: null },
  record<Brought>({
    headers: textMap(text(4_096, 0), 64),
    body: text(Math.ceil((BODY_BYTES_MAX * 4) / 3) + 4, 0),
    vouch: boolean,
    delivery: nullable(text(256)),
  }),
);

/**
 * A delivery that the party's own people bring, from the sender's list: under its signature, whatever its date; or, with `vouch`, under
 * their word alone. `body` is base64 of the raw bytes.
 */
async function deliveryRoute(context: SourceContext, intake: Intake): Promise<Response> {
  const value = await readJson(context.req.raw);
  const brought = value.ok ? readAs(value.value, readBrought) : value;
  if (!brought.ok) return problem(context, fault("BODY_INVALID", brought.fault.detail).fault);
  const body = parseBase64(brought.value.body);
  if (body === null) return misread(context, "body", "base64 of the raw bytes");
  const verified = await verifiedOrVouched(intake, brought.value, body);
  return verified.ok ? bring(context, intake, verified.value, body, null) : problem(context, verified.fault, true);
}

async function verifiedOrVouched(
  intake: Intake,
  { headers, vouch, delivery }: Brought,
  body: Uint8Array,
): Promise<Result<VerifiedDelivery>> {
  const given = new Headers([...headers].filter(([name]) => /^[\w-]+$/.test(name)));
  const verified = await verifyDelivery(intake, given, body, true);
  if (verified.ok || !vouch) return verified;
  const event = given.get("x-github-event") ?? intake.source.event;
  const hook = { delivery, content: `sha256:${sha256Hex(body)}`, event, signedAt: null, secretIndex: 0 };
  return ok({ hook, delivery: delivery ?? given.get("x-github-delivery") });
}

async function bring(
  context: SourceContext,
  intake: Intake,
  verified: VerifiedDelivery,
  body: Uint8Array,
  replayOf: string | null,
): Promise<Response> {
  const startedMs = Date.now();
  const received = await acted(intake, verified, body);
  const request = await keepRequest(intake, received, { body, verified, startedMs }, replayOf);
  const { status, ceremony, fault: cause } = received;
  return context.json({ request, status, ceremony, ...(cause === null ? {} : describeRefusal(cause)) });
}

type Page = { readonly before: number | null; readonly after: number | null; readonly limit: number };

function pageOf(context: SourceContext): Result<Page> {
  const [cursor, after, limit] = ["cursor", "after", "limit"].map((name) => context.req.query(name));
  const numbers = [cursor, after, limit].map((given) => (given === undefined ? null : Number(given)));
  if (numbers.some((number) => number !== null && !(Number.isSafeInteger(number) && number >= 0)))
    return fault("BODY_INVALID", { path: "cursor, after and limit", need: "as the last page gave them" });
  const [before, above, most] = numbers as [number | null, number | null, number | null];
  return ok({ before, after: above, limit: Math.max(1, Math.min(most ?? 50, PAGE_MAX)) });
}

/** Milliseconds; null where it cannot be read. */
function sinceOf(context: SourceContext): number | null {
  const since = context.req.query("since");
  const at = since === undefined ? 0 : Date.parse(since);
  return Number.isFinite(at) ? at : null;
}

/** Where the next page goes on; null after the last. */
function cursorOf(items: readonly { readonly id: string }[], limit: number): string | null {
  const last = items.at(-1);
  return last === undefined || items.length < limit ? null : last.id.slice(4);
}

function misread(context: SourceContext, path: string, need: string): Response {
  return problem(context, fault("BODY_INVALID", { path, need }).fault);
}
