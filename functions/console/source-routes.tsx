// Pages of webhook sources: the list, what came to one, one request, and its replay by the same route as the API's.
import { type Context, Hono } from "hono";
import { hooksOf } from "../hooks/receive.ts";
import { allSources } from "../hooks/sources.ts";
import type { AgentContext } from "../http/app.ts";
import { replayRoute, withSource } from "../http/routes/sources.ts";
import { RequestPage, SourcePage, Sources } from "./pages/sources.tsx";
import { Told } from "./pages/told.tsx";
import { show, showAbsent, showAnswer, showRefusal } from "./show.tsx";

type Agent = Context<AgentContext>;

const PAGE_ROWS = 50;
const NUMBER = /^\d{1,15}$/;

export function sourcePages(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.get("/", async (context) => {
    const listed = await Promise.all(
      (await allSources(context)).map(async ({ source }) => ({
        source,
        url: new URL(`/hooks/${source.id}`, context.req.url).href,
        counts: await hooksOf(context.env).counts(source.id),
      })),
    );
    return show(context, "Sources", <Sources sources={listed} />);
  });
  app.get("/told", async (context) => {
    const hooks = hooksOf(context.env);
    const [{ endpoints }, deliveries, attempts] = await Promise.all([
      hooks.endpoints(),
      hooks.deliveries(null, null, null, PAGE_ROWS),
      hooks.attempts(null, null, null, PAGE_ROWS),
    ]);
    return show(context, "What is told to others", <Told {...{ endpoints, deliveries, attempts }} />);
  });
  app.post("/told/:delivery/again", async (context) => {
    const sent = await hooksOf(context.env).redeliver(context.req.param("delivery"));
    return sent.ok ? context.redirect("/sources/told", 303) : showRefusal(context, sent.fault);
  });
  app.get("/:source", sourcePage);
  app.get("/:source/requests/:request", async (context) => {
    const { source, request: id } = context.req.param();
    const request = await hooksOf(context.env).request(source, id);
    return request === null
      ? showAbsent(context, "such request")
      : show(context, `Request ${id}`, <RequestPage source={source} request={request} />);
  });
  app.post("/:source/requests/:request/replay", async (context) => {
    const answer = await withSource(context, replayRoute);
    if (!answer.ok) return showAnswer(context, answer);
    const { request } = (await answer.json()) as { readonly request: string };
    return context.redirect(`/sources/${context.req.param("source")}/requests/${request}`, 303);
  });
  return app;
}

async function sourcePage(context: Agent): Promise<Response> {
  const id = context.req.param("source") ?? "";
  if (!(await allSources(context)).some(({ source }) => source.id === id)) return showAbsent(context, "such source");
  const asked = context.req.query("before") ?? "";
  const before = NUMBER.test(asked) ? Number(asked) : null;
  const hooks = hooksOf(context.env);
  const [requests, events] = await Promise.all([
    hooks.requests({ source: id, status: null, sinceMs: 0, before, after: null, limit: PAGE_ROWS }),
    hooks.events(id, null, PAGE_ROWS),
  ]);
  const last = requests.length < PAGE_ROWS ? undefined : requests.at(-1);
  const next = last === undefined ? null : `/sources/${id}?before=${last.id.slice(4)}`;
  const page = <SourcePage source={id} requests={requests} events={events} next={next} />;
  return show(context, `Source ${id}`, page);
}
