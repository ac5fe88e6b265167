// The agent itself: whether it lives and is ready, who it is, what its edge refused, and its link.
import type { Context } from "hono";
import type { AgentConfig } from "../../../durable/config.ts";
import { DIRECTORY_NAME, LINK_NAME } from "../../../durable/env.ts";
import { writeCard } from "../../../shared/authority/card.ts";
import { oneOf, record } from "../../../shared/cbor/read.ts";
import { ENGINE_VERSION } from "../../../shared/ceremony/record.ts";
import { hooksOf } from "../../hooks/receive.ts";
import { writeMetrics } from "../../ops/metrics.ts";
import { readinessOf } from "../../ops/readiness.ts";
import { recentVitals, vitalsOf } from "../../ops/vitals.ts";
import type { AgentContext } from "../app.ts";
import { answerPage, NUMBERED, pageOf } from "../contract/paging.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";

const link = { 200: { about: "the link", type: JSON_TYPE, shape: record({ link: shape.link }) } };
const readiness = record({
  ready: shape.flag,
  status: oneOf("ready", "degraded", "not ready"),
  reasons: shape.several(shape.refusal),
  link: record({ connected: shape.flag, draining: shape.flag, outbox: shape.count }),
});

export const AGENT_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/healthz",
    group: "agent",
    does: "whether it lives",
    access: "anyone",
    answers: { 200: { about: "it does", type: JSON_TYPE, shape: record({ ok: shape.flag }) } },
    bare: true,
    handle: (context) => context.json({ ok: true }),
  }),
  route({
    method: "GET",
    path: "/readyz",
    group: "agent",
    does: "whether it can take part, and what will keep it from that before long",
    access: "anyone",
    answers: {
      200: { about: "it can, though it may be degraded", type: JSON_TYPE, shape: readiness },
      503: { about: "it cannot", type: JSON_TYPE, shape: readiness },
    },
    handle: readinessRoute,
  }),
  route({
    method: "GET",
    path: "/metrics",
    group: "agent",
    does: "what monitoring reads, as Prometheus writes it",
    access: "read",
    answers: { 200: { about: "the metrics", type: "text/plain" } },
    handle: metricsRoute,
  }),
  route({
    method: "GET",
    path: "/.well-known/quorate-party.json",
    group: "agent",
    does: "the party's card, for its partners",
    access: "anyone",
    answers: {
      200: { about: "the card", type: JSON_TYPE, shape: shape.document("format", "name", "mesh", "root", "key") },
    },
    handle: (context) => context.json(cardOf(context.get("config"))),
  }),
  route({
    method: "GET",
    path: "/v1/health",
    group: "agent",
    does: "the link to the bus in detail",
    access: "read",
    answers: link,
    handle: async (context) => context.json({ link: await context.env.LINK.getByName(LINK_NAME).health() }),
  }),
  // Before a stop: nothing more is taken in, and the outbox can run empty. DELETE goes on.
  ...(
    [
      [
        "POST",
        "takes nothing more in from the bus, for a quarter of an hour at most, so that the agent can be stopped",
      ],
      ["DELETE", "takes in again"],
    ] as const
  ).map(([method, does]) =>
    route({
      method,
      path: "/v1/link/drain",
      group: "agent",
      does,
      access: "admin",
      answers: link,
      handle: async (context) =>
        context.json({ link: await context.env.LINK.getByName(LINK_NAME).drain(method === "POST") }),
    }),
  ),
  route({
    method: "GET",
    path: "/v1/refusals",
    group: "agent",
    does: "what the edge refused of late, the latest first",
    access: "read",
    query: NUMBERED,
    answers: { 200: { about: "a page of them", type: JSON_TYPE, shape: pageOf("refusals", shape.edgeRefusal) } },
    handle: (context, { cursor, limit }) =>
      answerPage(
        context,
        "refusals",
        limit,
        async (most) => context.env.DIRECTORY.getByName(DIRECTORY_NAME).refusals(cursor, most),
        { cursorOf: ({ n }) => n, show: ({ n: _, ...row }) => row },
      ),
  }),
];

async function readinessRoute(context: Context<AgentContext>): Promise<Response> {
  const vitals = await recentVitals(context.env, context.get("config"));
  const { connected, draining, outbox } = vitals.link;
  const readiness = readinessOf(vitals);
  return context.json({ ...readiness, link: { connected, draining, outbox } }, readiness.ready ? 200 : 503);
}

const REPORTS_READ = 32;

async function metricsRoute(context: Context<AgentContext>): Promise<Response> {
  const config = context.get("config");
  const meshes = config.standings.size > 1 ? [...config.standings.keys()] : [];
  const [vitals, deliveries, ...reports] = await Promise.all([
    vitalsOf(context.env, config),
    hooksOf(context.env).undelivered(),
    ...meshes.map((mesh) => context.env.MESH.getByName(mesh).reports(REPORTS_READ)),
  ]);
  // The newest stand first: what each mesh is entered with last.
  const last = new Map(reports.flatMap((rows) => [...rows].reverse()).map((row) => [row.peer, row.report.divergence]));
  const further = {
    partners: config.party.partners,
    deliveries,
    divergences: [...last].map(([partner, { measured }]) => ({
      partner,
      ratio: measured.num / Math.max(1, measured.den),
    })),
  };
  return context.body(writeMetrics(vitals, further), 200, {
    "content-type": "text/plain; version=0.0.4; charset=utf-8",
  });
}

/** The party's card, with the version of its engine. */
function cardOf({ party, self, identity }: AgentConfig) {
  const { name, mesh } = party;
  const { root, key } = self;
  return { ...writeCard({ name, mesh, root, key, credentials: identity.credentials }), engine: ENGINE_VERSION };
}
