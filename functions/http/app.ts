// The HTTP surface of an agent. Routes translate; every judgement is in the core.
import { Hono, type MiddlewareHandler } from "hono";
import { type AgentConfig, configOf } from "../../durable/config.ts";
import { type AgentEnv, DIRECTORY_NAME, LINK_NAME } from "../../durable/env.ts";
import { writeCard } from "../../shared/authority/card.ts";
import { ENGINE_VERSION } from "../../shared/ceremony/record.ts";
import { fault } from "../../shared/result.ts";
import { consoleRoutes } from "../console/routes.tsx";
import { constantTimeEqual } from "../constant-time.ts";
import { readBytes } from "./body.ts";
import { problem } from "./problem.ts";
import { ceremonyRoutes, explainRoute } from "./routes/ceremonies.ts";
import { hookRoutes } from "./routes/hooks.ts";
import { meshRoutes } from "./routes/meshes.ts";
import { observationRoutes } from "./routes/observations.ts";
import { revocationRoutes } from "./routes/revocations.ts";
import { sourceRoutes } from "./routes/sources.ts";

export type AgentContext = {
  readonly Bindings: AgentEnv;
  readonly Variables: { config: AgentConfig; request: string };
};

export function createApp(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.onError((error, context) => {
    const request = context.get("request");
    console.error({ event: "request-failed", request, reason: error.message });
    return problem(context, fault("INTERNAL", { request }).fault);
  });
  app.notFound((context) => problem(context, fault("NOT_FOUND", { thing: "such route" }).fault));
  app.use(identify);
  app.get("/healthz", (context) => context.json({ ok: true }));
  app.use(configured);
  app.get("/.well-known/quorate-party.json", (context) => context.json(cardOf(context.get("config"))));
  app.route("/", observationRoutes());
  app.route("/hooks", hookRoutes());
  app.get("/readyz", async (context) => {
    const link = await context.env.LINK.getByName(LINK_NAME).health();
    const ready = link.connected && !link.draining;
    return context.json(
      { ready, link: { connected: link.connected, draining: link.draining, outbox: link.outbox } },
      ready ? 200 : 503,
    );
  });
  app.use("/v1/*", authorised);
  app.route("/v1/ceremonies", ceremonyRoutes());
  app.route("/", revocationRoutes());
  app.route("/v1/meshes", meshRoutes());
  app.route("/v1/sources", sourceRoutes());
  app.get("/v1/observations/:observation/explain", (context) => explainRoute(context, null));
  app.get("/v1/health", async (context) =>
    context.json({ link: await context.env.LINK.getByName(LINK_NAME).health() }),
  );
  // Before a stop: nothing more is taken in, and the outbox can run empty. DELETE goes on.
  app.on(["POST", "DELETE"], "/v1/link/drain", async (context) =>
    context.json({ link: await context.env.LINK.getByName(LINK_NAME).drain(context.req.method === "POST") }),
  );
  app.get("/v1/refusals", async (context) =>
    context.json({ refusals: await context.env.DIRECTORY.getByName(DIRECTORY_NAME).refusals() }),
  );
  app.use(bounded);
  app.route("/", consoleRoutes());
  return app;
}

const identify: MiddlewareHandler<AgentContext> = async (context, next) => {
  const request = crypto.randomUUID();
  context.set("request", request);
  await next();
  context.header("request-id", request);
  context.header("cache-control", "no-store");
  context.header("x-content-type-options", "nosniff");
};

const configured: MiddlewareHandler<AgentContext> = async (context, next) => {
  const config = configOf(context.env);
  if (!config.ok) return problem(context, config.fault);
  context.set("config", config.value);
  return next();
};

/** A form is read whole by whoever parses it, so it is read here first, within the limits of every body. */
const bounded: MiddlewareHandler<AgentContext> = async (context, next) => {
  const { method, url, headers } = context.req.raw;
  if (method !== "POST") return next();
  const body = await readBytes(context.req.raw);
  if (!body.ok) return problem(context, body.fault);
  context.req.raw = new Request(url, { method, headers, body: Uint8Array.from(body.value) });
  return next();
};

const authorised: MiddlewareHandler<AgentContext> = async (context, next) => {
  const given = /^bearer +(.+)$/i.exec(context.req.header("authorization") ?? "")?.[1] ?? "";
  if (!(await constantTimeEqual(given, context.get("config").apiKey)))
    return problem(context, fault("UNAUTHORISED").fault);
  return next();
};

/** The party's card, with the version of its engine. */
function cardOf({ party, self, identity }: AgentConfig) {
  const { name, mesh } = party;
  const { root, key } = self;
  return { ...writeCard({ name, mesh, root, key, credentials: identity.credentials }), engine: ENGINE_VERSION };
}
