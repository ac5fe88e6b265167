// The console: pages as functions of what this party holds, rendered here, usable without JavaScript. Payloads are hostile: nothing of
// theirs is ever markup, and the content policy lets no page run or load what this agent did not serve.
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { DIRECTORY_NAME, LINK_NAME } from "../../durable/env.ts";
import { PATTERNS } from "../../shared/policy/catalogue.ts";
import { REFUSALS, type RefusalCode } from "../../shared/refusals.ts";
import { constantTimeEqual } from "../constant-time.ts";
import type { AgentContext } from "../http/app.ts";
import { assetRoute } from "./assets.ts";
import { ceremonyPages, observationPage } from "./ceremony-routes.tsx";
import { Ceremonies, Inbox } from "./pages/lists.tsx";
import { Meshes, MeshPage } from "./pages/mesh.tsx";
import { Health, Login, Policies, RefusalText, Verify } from "./pages/plain.tsx";
import { isSession, SESSION_SECONDS, sessionFor } from "./session.ts";
import { nowOf, show, showRefusal } from "./show.tsx";

type Agent = Context<AgentContext>;

/** Ceremonies whose state is asked for on one page. */
const INBOX_MAX = 30;
const LIST_MAX = 200;
const COOKIE = "quorate-console";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'none'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function consoleRoutes(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.get("/assets/:name", assetRoute);
  app.use(guarded);
  app.get("/verify", (context) =>
    show(context, "Verify evidence", <Verify />, { scripts: ["/assets/verify.js"], open: true }),
  );
  app.get("/e/:code", errorPage);
  app.get("/login", (context) =>
    show(context, "Log in", <Login failed={false} back={backTo(context.req.query("back"))} />, { open: true }),
  );
  app.post("/login", login);
  app.use(loggedIn);
  app.get("/", inbox);
  app.get("/ceremonies", async (context) => {
    const rows = await context.env.DIRECTORY.getByName(DIRECTORY_NAME).list(LIST_MAX);
    return show(context, "Ceremonies", <Ceremonies rows={rows} now={nowOf(context)} />);
  });
  app.get("/health", async (context) => {
    const link = await context.env.LINK.getByName(LINK_NAME).health();
    return show(context, "Health", <Health link={link} now={nowOf(context)} />);
  });
  app.get("/policies", (context) => show(context, "Policies", <Policies patterns={PATTERNS} />));
  app.get("/policies/:id", (context) => {
    const pattern = PATTERNS.find(({ id }) => id === context.req.param("id"));
    return pattern === undefined
      ? context.notFound()
      : show(context, pattern.title, <pre>{JSON.stringify(pattern, null, 1)}</pre>);
  });
  app.get("/o/:observation", (context) => observationPage(context, null));
  app.get("/mesh", (context) =>
    show(context, "Meshes", <Meshes names={[...context.get("config").standings.keys()]} />),
  );
  app.get("/mesh/:mesh", meshPage);
  app.route("/c", ceremonyPages());
  return app;
}

async function meshPage(context: Agent): Promise<Response> {
  const name = context.req.param("mesh") ?? "";
  if (!context.get("config").standings.has(name)) return context.notFound() as Response;
  const mesh = await context.env.MESH.getByName(name).view("", LIST_MAX);
  return mesh.ok ? show(context, `Mesh ${name}`, <MeshPage mesh={mesh.value} />) : showRefusal(context, mesh.fault);
}

async function inbox(context: Agent): Promise<Response> {
  const rows = await context.env.DIRECTORY.getByName(DIRECTORY_NAME).list(INBOX_MAX);
  const views = await Promise.all(rows.map(({ ceremony }) => context.env.CEREMONY.getByName(ceremony).view()));
  return show(context, "Inbox", <Inbox views={views} now={nowOf(context)} />);
}

function errorPage(context: Agent): Promise<Response> | Response {
  const code = context.req.param("code") ?? "";
  if (!Object.hasOwn(REFUSALS, code)) return context.notFound() as Response;
  const { what, why, do: remedy } = REFUSALS[code as RefusalCode];
  return show(context, code, <RefusalText refusal={{ code: code as RefusalCode, what, why, do: remedy }} />, {
    open: true,
  });
}

/** Only our own paths: a login must not send anyone elsewhere. */
function backTo(path: string | undefined): string {
  return path !== undefined && /^\/[a-z0-9/_-]*$/i.test(path) && !path.startsWith("//") ? path : "/";
}

async function login(context: Agent): Promise<Response> {
  const form = await context.req.parseBody();
  const { apiKey } = context.get("config");
  const back = backTo(typeof form.back === "string" ? form.back : undefined);
  if (!(await constantTimeEqual(typeof form.key === "string" ? form.key : "", apiKey)))
    return show(context, "Log in", <Login failed={true} back={back} />, { open: true });
  setCookie(context, COOKIE, await sessionFor(apiKey, Math.floor(Date.now() / 1_000)), {
    httpOnly: true,
    sameSite: "Strict",
    secure: new URL(context.req.url).protocol === "https:",
    path: "/",
    maxAge: SESSION_SECONDS,
  });
  return context.redirect(back, 303);
}

/** Browsers say where a form comes from; the origin alone does not tell, since our pages send no referrer and it is then "null". */
function isCrossSite(context: Agent): boolean {
  const site = context.req.header("sec-fetch-site");
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const from = context.req.header("origin");
  return from !== undefined && from !== new URL(context.req.url).origin;
}

/** Security headers on every page, and no form of another site's making. */
const guarded: MiddlewareHandler<AgentContext> = async (context, next) => {
  if (context.req.method === "POST" && isCrossSite(context)) return context.text("cross-site form refused", 403);
  await next();
  context.header("content-security-policy", POLICY);
  context.header("referrer-policy", "no-referrer");
  return;
};

const loggedIn: MiddlewareHandler<AgentContext> = async (context, next) => {
  const { apiKey } = context.get("config");
  if (await isSession(getCookie(context, COOKIE), apiKey, Math.floor(Date.now() / 1_000))) return next();
  return context.redirect(`/login?back=${encodeURIComponent(context.req.path)}`, 303);
};
