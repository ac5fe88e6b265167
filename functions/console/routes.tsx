// The console: pages as functions of what this party holds, rendered here, usable without JavaScript. Payloads are hostile: nothing of
// theirs is ever markup, and the content policy lets no page run or load what this agent did not serve.
import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { statusOf } from "../../shared/refusals/effects.ts";
import { describeRefusal, REFUSALS, type RefusalCode, textOf } from "../../shared/refusals.ts";
import type { Fault } from "../../shared/result.ts";
import type { AgentContext } from "../http/app.ts";
import { limited } from "../http/guards.ts";
import { healthPage, keysPage } from "./agent-routes.tsx";
import { assetRoute } from "./assets.ts";
import { ceremonyPages, observationPage } from "./ceremony-routes.tsx";
import { exchangePages } from "./exchange-routes.tsx";
import { asStranger, guarded, loggedIn } from "./guard.ts";
import { ceremoniesPage, inboxPage } from "./list-routes.tsx";

import { meshPages } from "./mesh-routes.tsx";
import { Login, RefusalEffects, RefusalText, Verify } from "./pages/plain.tsx";
import { policyPages } from "./policy-routes.tsx";
import { beginSession, endSession, visitorOf } from "./session.ts";
import { show } from "./show.tsx";
import { sourcePages } from "./source-routes.tsx";

type Agent = Context<AgentContext>;

export function consoleRoutes(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.get("/assets/:name", assetRoute);
  app.use(guarded);
  for (const open of ["/verify", "/e/:code", "/login"]) app.use(open, asStranger);
  app.get("/verify", (context) => show(context, "Verify evidence", <Verify />, { scripts: ["verify.js"], open: true }));
  app.get("/e/:code", errorPage);
  app.get("/login", async (context) => {
    const visitor = await visitorOf(context);
    const unfit = visitor === null || visitor.ok ? null : visitor.fault;
    return showLogin(context, context.req.query("back"), unfit, 200);
  });
  app.post("/login", login);
  app.use(loggedIn);
  app.post("/logout", async (context) => context.redirect(await endSession(context), 303));
  app.get("/", inboxPage);
  app.get("/ceremonies", ceremoniesPage);
  app.get("/health", healthPage);
  app.get("/keys", keysPage);
  app.route("/sources", sourcePages());
  app.route("/policies", policyPages());
  app.get("/o/:observation", (context) => observationPage(context, null));
  app.route("/mesh", meshPages());
  app.route("/exchange", exchangePages());
  app.route("/c", ceremonyPages());
  return app;
}

function errorPage(context: Agent): Promise<Response> | Response {
  const code = context.req.param("code") ?? "";
  if (!Object.hasOwn(REFUSALS, code)) return context.notFound() as Response;
  const known = code as RefusalCode;
  const page = (
    <>
      <RefusalText refusal={{ code: known, ...textOf(known) }} />
      <RefusalEffects code={known} />
    </>
  );
  return show(context, code, page, { open: true });
}

/** Only our own paths: a login must not send anyone elsewhere. */
function backTo(path: string | undefined): string {
  return path !== undefined && /^\/[a-z0-9/_-]*$/i.test(path) && !path.startsWith("//") ? path : "/";
}

async function login(context: Agent): Promise<Response> {
  const form = await context.req.parseBody();
  const text = (name: string) => (typeof form[name] === "string" ? form[name] : "");
  const begun = await beginSession(context, text("key"));
  if (begun.ok) return context.redirect(backTo(text("back")), 303);
  limited(context, begun, Date.now());
  return showLogin(context, text("back"), begun.fault, statusOf(begun.fault.code));
}

function showLogin(
  context: Agent,
  back: string | undefined,
  refused: Fault | null,
  status: ContentfulStatusCode,
): Promise<Response> {
  const page = <Login refusal={refused === null ? null : describeRefusal(refused)} back={backTo(back)} />;
  return show(context, "Log in", page, { open: true, status });
}
