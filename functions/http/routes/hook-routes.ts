// Rows of the webhooks' door, and of what their owners see and do with what came.
import type { Context } from "hono";
import { DIRECTORY_NAME } from "../../../durable/env.ts";
import { REQUEST_STATUSES } from "../../../durable/hook-requests.ts";
import { log } from "../../../durable/log.ts";
import { integer, nullable, oneOf, type Reader, record, recordWith, text } from "../../../shared/cbor/read.ts";
import { BODY_BYTES_MAX } from "../../../shared/limits.ts";
import type { AgentContext } from "../app.ts";
import { LIMIT } from "../contract/paging.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { ENDPOINT_ROUTES, OVERLAP } from "./endpoint-routes.ts";
import { hookRoute } from "./hooks.ts";
import {
  addRoute,
  pauseRoute,
  readAdded,
  readRotated,
  removeRoute,
  rotateRoute,
  triggerRoute,
} from "./source-admin.ts";
import {
  deliveryRoute,
  eventsRoute,
  listRoute,
  missingRoute,
  readBrought,
  readListed,
  replayRoute,
  requestRoute,
  requestsRoute,
  withSource,
} from "./sources.ts";

const answer = (about: string, of: Reader<unknown>) => ({ about, type: JSON_TYPE, shape: of });
const optional = <T>(about: string, reader: Reader<T>) => ({ about, reader: nullable(reader) });
const body = (about: string, reader: Reader<unknown>) => ({ about, types: [JSON_TYPE], limit: BODY_BYTES_MAX, reader });
const number = integer(0, Number.MAX_SAFE_INTEGER);

const PAGE = {
  cursor: optional("where the page before ended", number),
  limit: LIMIT,
};
const WHICH_REQUESTS = {
  ...PAGE,
  after: optional("asks instead for what came since, oldest first", number),
  status: optional("only those that ended so", oneOf(...REQUEST_STATUSES)),
  since: optional("only those that came since this time, ISO 8601", text()),
};

const status = oneOf(...REQUEST_STATUSES);
const request = shape.document("id", "source", "atMs", "status", "code", "ceremony", "isReplayable");
const cursor = nullable(shape.words);
const brought = recordWith(
  { request: shape.words, status, ceremony: nullable(shape.words) },
  { code: shape.refusalCode, what: shape.words, why: shape.words, do: shape.words },
);
const delivered = shape.document();

const owned = { group: "webhooks", refusals: ["SOURCE_UNKNOWN"] } as const;

export const HOOK_ROUTES: readonly Route[] = [
  route({
    method: "POST",
    path: "/hooks/{source}",
    group: "webhooks",
    does: "takes a webhook, under its own signature",
    access: "signer",
    anyQuery: true,
    body: { about: "the delivery, its bytes as they were signed", types: [], limit: BODY_BYTES_MAX },
    answers: {
      200: answer("this delivery opened it before, or a challenge is answered", delivered),
      201: answer("opened", delivered),
      202: answer("a good signature, and an event that opens nothing", delivered),
    },
    refusals: [
      "SOURCE_UNKNOWN",
      "HOOK_SIGNATURE_MISSING",
      "HOOK_SIGNATURE_MISMATCH",
      "HOOK_TIMESTAMP_TOO_OLD",
      "HOOK_DELIVERY_MISSING",
      "SOURCE_PAUSED",
    ],
    handle: countedHook,
  }),
  route({
    method: "GET",
    path: "/v1/sources",
    group: "webhooks",
    does: "the sources, and what came of each",
    access: "read",
    answers: { 200: answer("the sources", record({ sources: shape.several(shape.document("id", "url", "scheme")) })) },
    handle: listRoute,
  }),
  route({
    ...owned,
    method: "POST",
    path: "/v1/sources",
    does: "adds one by its signed document (`source sign`), or puts a later one in force; the secret is shown this once",
    access: "admin",
    body: body("the signed document, and the secret where the sender makes it", readAdded),
    answers: { 201: answer("in force", shape.document("id", "url", "statement", "secret")) },
    refusals: ["BODY_INVALID", "SOURCE_INVALID", "SOURCE_SIGNER", "SOURCE_OLDER", "HOOK_EXISTS", "HOOKS_FULL"],
    handle: addRoute,
  }),
  route({
    ...owned,
    method: "DELETE",
    path: "/v1/sources/{source}",
    does: "takes out one that was added here",
    access: "admin",
    answers: { 200: answer("done", record({ done: shape.flag })) },
    refusals: ["NOT_FOUND"],
    handle: removeRoute,
  }),
  route({
    ...owned,
    method: "POST",
    path: "/v1/sources/{source}/rotate",
    does: "puts a new secret in force; the old one is taken too until the overlap ends",
    access: "admin",
    query: OVERLAP,
    body: body("the new secret, where the sender makes it", readRotated),
    answers: {
      200: answer("the secret that was made", record({ secret: nullable(shape.words), overlapSeconds: shape.count })),
    },
    refusals: ["SOURCE_UNKNOWN", "BODY_INVALID"],
    handle: (context, { overlap }) => withSource(context, (_, intake) => rotateRoute(context, intake, overlap)),
  }),
  ...(
    [
      ["POST", "acts on nothing that its sender brings, who is told so; requests are kept for a replay"],
      ["DELETE", "acts on its deliveries again"],
    ] as const
  ).map(([method, does]) =>
    route({
      ...owned,
      method,
      path: "/v1/sources/{source}/pause",
      does,
      access: "admin",
      answers: {
        200: answer(
          "since when it is paused, if it is",
          record({ id: shape.words, pausedAtMs: nullable(shape.count) }),
        ),
      },
      handle: (context) => withSource(context, (_, intake) => pauseRoute(context, intake, method === "POST")),
    }),
  ),
  route({
    ...owned,
    method: "POST",
    path: "/v1/sources/{source}/trigger",
    does: "takes a sample delivery, signed as its sender would sign it",
    access: "open",
    body: { about: "the delivery's body", types: [], limit: BODY_BYTES_MAX },
    answers: { 200: answer("what it did", brought) },
    refusals: ["SOURCE_UNKNOWN", "HOOK_UNSIGNABLE", "HOOK_SECRET_MALFORMED"],
    handle: (context) => withSource(context, triggerRoute),
  }),
  route({
    ...owned,
    method: "GET",
    path: "/v1/sources/{source}/requests",
    does: "what came in, refused requests too, the latest first",
    access: "read",
    query: WHICH_REQUESTS,
    answers: { 200: answer("a page", record({ requests: shape.several(request), cursor })) },
    handle: (context, query) => withSource(context, (_, intake) => requestsRoute(context, intake, query)),
  }),
  route({
    ...owned,
    method: "GET",
    path: "/v1/sources/{source}/requests/{request}",
    does: "one request",
    access: "read",
    answers: { 200: answer("the request, without its body", request) },
    refusals: ["SOURCE_UNKNOWN", "NOT_FOUND"],
    handle: (context) => withSource(context, requestRoute),
  }),
  route({
    ...owned,
    method: "POST",
    path: "/v1/sources/{source}/requests/{request}/replay",
    does: "acts on it again; a ceremony that it opened is answered, and none is opened twice",
    access: "open",
    answers: { 200: answer("what it did now", brought) },
    refusals: ["SOURCE_UNKNOWN", "NOT_FOUND", "HOOK_BODY_GONE"],
    handle: (context) => withSource(context, replayRoute),
  }),
  route({
    ...owned,
    method: "GET",
    path: "/v1/sources/{source}/events",
    does: "what deliveries did, each once, the latest first",
    access: "read",
    query: PAGE,
    answers: {
      200: answer("a page", record({ events: shape.several(shape.document("id", "source", "status")), cursor })),
    },
    handle: (context, query) => withSource(context, (_, intake) => eventsRoute(context, intake, query)),
  }),
  route({
    ...owned,
    method: "POST",
    path: "/v1/sources/{source}/missing",
    does: "which of the deliveries that the sender lists never did their work here",
    access: "read",
    body: body("the sender's ids of its deliveries", readListed),
    answers: {
      200: answer("those that are missing", record({ listed: shape.count, missing: shape.several(shape.words) })),
    },
    refusals: ["SOURCE_UNKNOWN", "BODY_INVALID"],
    handle: (context) => withSource(context, missingRoute),
  }),
  route({
    ...owned,
    method: "POST",
    path: "/v1/sources/{source}/deliveries",
    does: "brings a delivery from the sender's list, under its signature, of the last 29 days; or under your word alone",
    access: "open",
    body: body("headers, and the raw bytes in base64", readBrought),
    answers: { 200: answer("what it did", brought) },
    refusals: ["SOURCE_UNKNOWN", "BODY_INVALID", "HOOK_SIGNATURE_MISSING", "HOOK_SIGNATURE_MISMATCH"],
    handle: (context) => withSource(context, deliveryRoute),
  }),
  ...ENDPOINT_ROUTES,
];

const RESULTS: Readonly<Record<number, string>> = { 200: "duplicate", 201: "opened", 202: "ignored", 401: "rejected" };

/** Counted for monitoring after it is answered, by sources that there are: their number is bounded, and what is asked for is not. */
async function countedHook(context: Context<AgentContext>): Promise<Response> {
  const answer = await hookRoute(context);
  const source = context.req.param("source") ?? "";
  const known = context.get("code") !== "SOURCE_UNKNOWN";
  const result = context.get("code") === "SOURCE_PAUSED" ? "paused" : (RESULTS[answer.status] ?? "failed");
  const labels = { source: known ? source : "unknown", result };
  const directory = context.env.DIRECTORY.getByName(DIRECTORY_NAME);
  const counting = directory.tally([{ name: "hook-requests", labels, n: 1 }]);
  context.executionCtx.waitUntil(
    counting.catch((error: unknown) => log("error", "hook-not-counted", { source, reason: String(error) })),
  );
  return answer;
}
