// Rows of the webhooks that the agent sends: endpoints, deliveries, attempts, events.
import { readEndpoint } from "../../../durable/hook-endpoints.ts";
import { integer, nullable, oneOf, type Reader, record, text } from "../../../shared/cbor/read.ts";
import { BODY_BYTES_MAX } from "../../../shared/limits.ts";
import { NUMBERED, pageOf } from "../contract/paging.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import {
  addRoute,
  attemptsRoute,
  deliveriesRoute,
  enableRoute,
  eventRoute,
  listRoute,
  OVERLAP_SECONDS_MAX,
  redeliverRoute,
  removeRoute,
  rotateRoute,
} from "./endpoints.ts";

const answer = (about: string, of: Reader<unknown>) => ({ 200: { about, type: JSON_TYPE, shape: of } });
const optional = <T>(about: string, reader: Reader<T>) => ({ about, reader: nullable(reader) });
const DONE = answer("done", record({ done: shape.flag }));
const added = shape.document("id", "url", "events", "secret", "publicKey");
const of = optional("of this endpoint, or of this answered source", text());

export const OVERLAP = {
  overlap: optional(
    "seconds for which the old secret holds beside the new one; a day",
    integer(0, OVERLAP_SECONDS_MAX),
  ),
};

const sent = { group: "webhooks", refusals: ["NOT_FOUND"] } as const;

export const ENDPOINT_ROUTES: readonly Route[] = [
  route({
    ...sent,
    method: "GET",
    path: "/v1/endpoints",
    does: "who is told of changes by webhooks, and the public key that they verify `v1a` with",
    access: "read",
    answers: answer(
      "the endpoints",
      record({ endpoints: shape.several(shape.document("id", "url", "events")), publicKey: shape.words }),
    ),
    refusals: [],
    handle: listRoute,
  }),
  route({
    ...sent,
    method: "POST",
    path: "/v1/endpoints",
    does: "adds one; its secret is shown this once",
    access: "admin",
    body: {
      about: "its name, its URL, and the types of events that it is told",
      types: [JSON_TYPE],
      limit: BODY_BYTES_MAX,
      reader: readEndpoint,
    },
    answers: { 201: answer("added", added)[200] },
    refusals: ["BODY_INVALID", "HOOK_TARGET_REFUSED", "HOOK_EXISTS", "HOOKS_FULL"],
    handle: addRoute,
  }),
  route({
    ...sent,
    method: "DELETE",
    path: "/v1/endpoints/{endpoint}",
    does: "removes one that was added here",
    access: "admin",
    answers: DONE,
    handle: removeRoute,
  }),
  route({
    ...sent,
    method: "POST",
    path: "/v1/endpoints/{endpoint}/enable",
    does: "tells one again that was disabled by its answer 410",
    access: "admin",
    answers: DONE,
    handle: enableRoute,
  }),
  route({
    ...sent,
    method: "POST",
    path: "/v1/endpoints/{endpoint}/rotate",
    does: "makes a new secret, shown this once; both sign until the overlap ends",
    access: "admin",
    query: OVERLAP,
    answers: answer("the secret", record({ secret: shape.words, overlapSeconds: shape.count })),
    handle: (context, { overlap }) => rotateRoute(context, overlap),
  }),
  route({
    ...sent,
    method: "GET",
    path: "/v1/deliveries",
    does: "what was to be told to whom, the latest first; dead ones with `status=dead`",
    access: "read",
    query: { endpoint: of, status: optional("only these", oneOf("pending", "delivered", "dead")), ...NUMBERED },
    answers: answer("a page of them", pageOf("deliveries", shape.document("id", "owner", "status"))),
    refusals: [],
    handle: deliveriesRoute,
  }),
  route({
    ...sent,
    method: "POST",
    path: "/v1/deliveries/{delivery}/replay",
    does: "tries one again from the start",
    access: "open",
    answers: DONE,
    handle: redeliverRoute,
  }),
  route({
    ...sent,
    method: "GET",
    path: "/v1/attempts",
    does: "each try to tell somebody, and what came of it, the latest first",
    access: "read",
    query: { ceremony: optional("about this ceremony", text()), endpoint: of, ...NUMBERED },
    answers: answer("a page of them", pageOf("attempts", shape.document("id", "delivery", "atMs", "http"))),
    refusals: [],
    handle: attemptsRoute,
  }),
  route({
    ...sent,
    method: "GET",
    path: "/v1/events/{event}",
    does: "an event as it was told, for whoever lost it",
    access: "read",
    answers: answer("the event", shape.document("type", "timestamp", "data")),
    handle: eventRoute,
  }),
];
