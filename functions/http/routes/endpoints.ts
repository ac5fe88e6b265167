// Webhooks out, for the party's own people: who is told, what was sent, how it went, and sending it again.
import type { Context } from "hono";
import { readEndpoint } from "../../../durable/hook-endpoints.ts";
import type { DeliveryStatus } from "../../../durable/hook-outbox.ts";
import { numberOf } from "../../../durable/hook-requests.ts";
import { fault, type Result } from "../../../shared/result.ts";
import { hooksOf } from "../../hooks/receive.ts";
import type { AgentContext } from "../app.ts";
import { readBody } from "../body.ts";
import { answerPage, type Numbered } from "../contract/paging.ts";
import { problem } from "../problem.ts";

type EndpointContext = Context<AgentContext>;

/** Old and new secrets hold together for so long unless told otherwise: a day to change the other side. */
export const OVERLAP_SECONDS = 86_400;
export const OVERLAP_SECONDS_MAX = 30 * 86_400;

/** The secret is in this answer and nowhere else. */
export async function addRoute(context: EndpointContext): Promise<Response> {
  const added = await readBody(context.req.raw, readEndpoint);
  if (!added.ok) return problem(context, added.fault);
  // Whatever it told itself would make it tell more.
  const own = URL.canParse(added.value.url) && new URL(added.value.url).host === new URL(context.req.url).host;
  if (own) return problem(context, fault("HOOK_TARGET_REFUSED", { reason: "it is this agent's own" }).fault);
  const endpoint = await hooksOf(context.env).addEndpoint(added.value);
  return endpoint.ok ? context.json(endpoint.value, 201) : problem(context, endpoint.fault);
}

export async function listRoute(context: EndpointContext): Promise<Response> {
  return context.json(await hooksOf(context.env).endpoints());
}

export async function removeRoute(context: EndpointContext): Promise<Response> {
  return told(context, await hooksOf(context.env).removeEndpoint(named(context, "endpoint")));
}

export async function enableRoute(context: EndpointContext): Promise<Response> {
  return told(context, await hooksOf(context.env).enableEndpoint(named(context, "endpoint")));
}

export async function rotateRoute(context: EndpointContext, overlap: number | null): Promise<Response> {
  const overlapSeconds = overlap ?? OVERLAP_SECONDS;
  const secret = await hooksOf(context.env).rotateEndpoint(named(context, "endpoint"), overlapSeconds * 1_000);
  return secret.ok ? context.json({ secret: secret.value, overlapSeconds }) : problem(context, secret.fault);
}

type Owned = { readonly endpoint: string | null };
const BY_NUMBER = { cursorOf: ({ id }: { readonly id: string }) => numberOf(id), show: <T>(row: T) => row };

export async function deliveriesRoute(
  context: EndpointContext,
  { endpoint, status, cursor, limit }: Numbered & Owned & { readonly status: DeliveryStatus | null },
): Promise<Response> {
  const read = async (most: number) => hooksOf(context.env).deliveries(endpoint, status, cursor, most);
  return answerPage(context, "deliveries", limit, read, BY_NUMBER);
}

export async function redeliverRoute(context: EndpointContext): Promise<Response> {
  return told(context, await hooksOf(context.env).redeliver(named(context, "delivery")));
}

export async function attemptsRoute(
  context: EndpointContext,
  { ceremony, endpoint, cursor, limit }: Numbered & Owned & { readonly ceremony: string | null },
): Promise<Response> {
  const read = async (most: number) => hooksOf(context.env).attempts(ceremony, endpoint, cursor, most);
  return answerPage(context, "attempts", limit, read, BY_NUMBER);
}

export async function eventRoute(context: EndpointContext): Promise<Response> {
  const body = await hooksOf(context.env).event(named(context, "event"));
  return body === null
    ? problem(context, fault("NOT_FOUND", { thing: "such event" }).fault)
    : context.body(body, 200, { "content-type": "application/json" });
}

function named(context: EndpointContext, name: string): string {
  return context.req.param(name) ?? "";
}

function told(context: EndpointContext, result: Result<true>): Response {
  return result.ok ? context.json({ done: true }) : problem(context, result.fault);
}
