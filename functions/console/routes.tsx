// The console: pages as functions of what this party holds, rendered here, usable without JavaScript. Payloads are hostile: nothing of
// theirs is ever markup, and the content policy lets no page run or load what this agent did not serve.
import { type Context, Hono } from "hono";
import { REFUSALS, type RefusalCode, textOf } from "../../shared/refusals.ts";
import { constantTimeEqual } from "../constant-time.ts";
import type { AgentContext } from "../http/app.ts";
import { healthPage, keysPage } from "./agent-routes.tsx";
import { assetRoute } from "./assets.ts";
import { ceremonyPages, observationPage } from "./ceremony-routes.tsx";
import { beginSession, endSession, isKeyGood } from "./cookies.ts";
import { exchangePages } from "./exchange-routes.tsx";
import { guarded, loggedIn } from "./guard.ts";
import { ceremoniesPage, inboxPage } from "./list-routes.tsx";

import { meshPages } from "./mesh-routes.tsx";
import { Login, RefusalEffects, RefusalText, Verify } from "./pages/plain.tsx";
import { policyPages } from "./policy-routes.tsx";
import { show } from "./show.tsx";
import { sourcePages } from "./source-routes.tsx";

type Agent = Context<AgentContext>;

export function consoleRoutes(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.get("/assets/:name", assetRoute);
  app.use(guarded);
  app.get("/verify", (context) => show(context, "Verify evidence", <Verify />, { scripts: ["verify.js"], open: true }));
  app.get("/e/:code", errorPage);
  app.get("/login", (context) =>
    show(context, "Log in", <Login failed={false} back={backTo(context.req.query("back"))} />, { open: true }),
  );
  app.post("/login", login);
  app.use(loggedIn);
  app.post("/logout", (context) => {
    endSession(context);
    return context.redirect("/login", 303);
  });
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
  const { apiKey } = context.get("config");
  const back = backTo(typeof form.back === "string" ? form.back : undefined);
  const fits = await constantTimeEqual(typeof form.key === "string" ? form.key : "", apiKey);
  if (!fits || !(await isKeyGood(context)))
    return show(context, "Log in", <Login failed={true} back={back} />, { open: true });
  await beginSession(context);
  return context.redirect(back, 303);
}
