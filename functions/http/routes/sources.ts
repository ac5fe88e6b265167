// Sources for their owners: what came in, what it did, and bringing it again. All under the party's own key.
import type { Context } from "hono";
import type { RequestStatus } from "../../../durable/hook-requests.ts";
import { parseBase64 } from "../../../shared/bytes.ts";
import { boolean, list, nullable, record, text, textMap, withDefaults } from "../../../shared/cbor/read.ts";
import { sha256Hex } from "../../../shared/hash.ts";
import { BODY_BYTES_MAX, DELIVERY_KNOWN_DAYS } from "../../../shared/limits.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { fault, ok, type Result } from "../../../shared/result.ts";
import type { HeaderSource } from "../../hooks/claim.ts";
import { hooksOf, type Intake, keepRequest, type VerifiedDelivery, verifyDelivery } from "../../hooks/receive.ts";
import { allSources, intakeOf, type ListedSource } from "../../hooks/sources.ts";
import type { AgentContext } from "../app.ts";
import { readBody } from "../body.ts";
import { PAGE_USUAL } from "../contract/paging.ts";
import { mayDo } from "../keys.ts";
import { problem } from "../problem.ts";
import { acted } from "./hooks.ts";

type SourceContext = Context<AgentContext>;

/** Ids of one question what is missing: a page of what vendors list. */
const LISTED_MAX = 1_000;

export async function withSource(
  context: SourceContext,
  answer: (context: SourceContext, intake: Intake) => Promise<Response>,
): Promise<Response> {
  const intake = await intakeOf(context, context.req.param("source") ?? "");
  return intake.ok ? answer(context, intake.value) : problem(context, intake.fault);
}

export async function listRoute(context: SourceContext): Promise<Response> {
  const sources = await allSources(context);
  return context.json({ sources: await Promise.all(sources.map((source) => shownSource(context, source))) });
}

async function shownSource(context: SourceContext, { source, statement }: ListedSource): Promise<object> {
  const { id, scheme, event, action, pattern, alias, attest, respond } = source;
  const counts = await hooksOf(context.env).counts(id);
  const url = new URL(`/hooks/${id}`, context.req.url).href;
  const does = attest === null ? { does: "opens", of: pattern ?? alias ?? "policy" } : { does: "attests", of: null };
  return { id, url, scheme, event, action, ...does, answers: respond !== null, statement, ...counts };
}

/** Which of what came in, the latest first; `after` asks instead for what came since, oldest first. */
export type PageQuery = {
  readonly cursor: number | null;
  readonly after: number | null;
  readonly limit: number | null;
};
export type RequestQuery = PageQuery & { readonly status: RequestStatus | null; readonly since: string | null };

export async function requestsRoute(
  context: SourceContext,
  { env, source }: Intake,
  { status, since, ...page }: RequestQuery,
): Promise<Response> {
  const sinceMs = since === null ? 0 : Date.parse(since);
  if (!Number.isFinite(sinceMs))
    return problem(context, fault("QUERY_INVALID", { path: "?since", need: "an ISO 8601 time" }).fault);
  const limit = page.limit ?? PAGE_USUAL;
  const requests = await hooksOf(env).requests({
    source: source.id,
    status,
    sinceMs,
    before: page.cursor,
    after: page.after,
    limit,
  });
  return context.json({ requests, cursor: cursorOf(requests, limit) });
}

export async function requestRoute(context: SourceContext, { env, source }: Intake): Promise<Response> {
  const request = await hooksOf(env).request(source.id, context.req.param("request") ?? "");
  return request === null
    ? problem(context, fault("NOT_FOUND", { thing: "such request" }).fault)
    : context.json(request);
}

export async function eventsRoute(
  context: SourceContext,
  { env, source }: Intake,
  page: Omit<PageQuery, "after">,
): Promise<Response> {
  const limit = page.limit ?? PAGE_USUAL;
  const events = await hooksOf(env).events(source.id, page.cursor, limit);
  return context.json({ events, cursor: cursorOf(events, limit) });
}

/** What was verified when it came is acted on again; a ceremony that it opened already is answered, and none is opened twice. */
export async function replayRoute(context: SourceContext, intake: Intake): Promise<Response> {
  const id = context.req.param("request") ?? "";
  const request = await hooksOf(intake.env).request(intake.source.id, id);
  if (request === null) return problem(context, fault("NOT_FOUND", { thing: "such request" }).fault);
  const kept = await hooksOf(intake.env).body(request.id);
  if (kept === null) return problem(context, fault("HOOK_BODY_GONE", { request: request.id }).fault);
  const verified = JSON.parse(kept.verified) as VerifiedDelivery;
  return bring(context, intake, verified, kept.body, request.id);
}

export const readListed = record<{ readonly deliveries: readonly string[] }>({
  deliveries: list(text(256), LISTED_MAX),
});

/** Which of the deliveries that the sender lists never did their work here. */
export async function missingRoute(context: SourceContext, { env, source }: Intake): Promise<Response> {
  const listed = await readBody(context.req.raw, readListed);
  if (!listed.ok) return problem(context, listed.fault);
  const missing = await hooksOf(env).missing(source.id, listed.value.deliveries);
  return context.json({ listed: listed.value.deliveries.length, missing });
}

type Brought = {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly vouch: boolean;
  readonly delivery: string | null;
};
export const readBrought = withDefaults<Brought>(
  { headers: new Map(), vouch: false, delivery: null },
  record<Brought>({
    headers: textMap(text(4_096, 0), 64),
    body: text(Math.ceil((BODY_BYTES_MAX * 4) / 3) + 4, 0),
    vouch: boolean,
    delivery: nullable(text(256)),
  }),
);

/** Where a time is signed, deliveries are forgotten after their days: an older one might be done a second time. */
const BROUGHT_SECONDS_MAX = (DELIVERY_KNOWN_DAYS - 1) * 86_400;

/**
 * A delivery that the party's own people bring, from the sender's list: under its signature, as old as deliveries are remembered; or, with `vouch`, under
 * their word alone. `body` is base64 of the raw bytes.
 */
export async function deliveryRoute(context: SourceContext, intake: Intake): Promise<Response> {
  const brought = await readBody(context.req.raw, readBrought);
  if (!brought.ok) return problem(context, brought.fault);
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
  const given = headersFrom(headers);
  const verified = await verifyDelivery(intake, given, body, BROUGHT_SECONDS_MAX);
  if (verified.ok || !vouch) return verified;
  const event = given.get("x-github-event") ?? intake.source.event;
  const hook = { delivery, content: `sha256:${sha256Hex(body)}`, event, signedAt: null, secretIndex: 0 };
  return ok({ hook, delivery: delivery ?? given.get("x-github-delivery") });
}

/** Read as they stand: `Headers` throws at what no request could carry, and would name a value in the log. */
function headersFrom(given: ReadonlyMap<string, string>): HeaderSource {
  const values = new Map<string, string>();
  for (const [name, value] of given) {
    const known = values.get(name.toLowerCase());
    values.set(name.toLowerCase(), known === undefined ? value.trim() : `${known}, ${value.trim()}`);
  }
  return { get: (name) => values.get(name.toLowerCase()) ?? null };
}

export async function bring(
  context: SourceContext,
  intake: Intake,
  verified: VerifiedDelivery,
  body: Uint8Array,
  replayOf: string | null,
): Promise<Response> {
  const may = mayBring(context, intake);
  if (!may.ok) return problem(context, may.fault);
  const startedMs = Date.now();
  // A pause stops the sender, and not the party's own people.
  const received = await acted({ ...intake, pausedAtMs: null }, verified, body);
  const request = await keepRequest(intake, received, { body, verified, startedMs }, replayOf);
  const { status, ceremony, fault: cause } = received;
  return context.json({ request, status, ceremony, ...(cause === null ? {} : describeRefusal(cause)) });
}

/** A delivery that says something in a ceremony speaks for the party, which a key that may only open ceremonies must not. */
function mayBring(context: SourceContext, { source }: Intake): Result<null> {
  return source.attest === null ? ok(null) : mayDo(context.get("caller"), "attest");
}

/** Where the next page goes on; null after the last. */
function cursorOf(items: readonly { readonly id: string }[], limit: number): string | null {
  const last = items.at(-1);
  return last === undefined || items.length < limit ? null : last.id.slice(4);
}

function misread(context: SourceContext, path: string, need: string): Response {
  return problem(context, fault("BODY_INVALID", { path, need }).fault);
}
