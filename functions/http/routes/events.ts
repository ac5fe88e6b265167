// A ceremony as it happens, as server-sent events: each entry of its lineage is one event, whose id is the entry's digest. Whoever lost the
// connection goes on after the last digest that it saw.
//
// The edge holds the stream and asks the object for what comes next; the object answers with the commit that brings it, or after a few
// seconds. So a quiet ceremony costs a call every few seconds and no row; a busy one is handed over in pages, at the pace of the reader; and
// the object keeps no connection, so it loses none when it is moved.
import type { Context } from "hono";
import { EDGE_NAME } from "../../../durable/env.ts";
import { hex32, nullable } from "../../../shared/cbor/read.ts";
import type { LinkedEntry } from "../../../shared/lineage/entry.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { fault, ok, type Result } from "../../../shared/result.ts";
import type { AgentContext } from "../app.ts";
import { forgetLeases, LOGGED_OUT } from "../budget.ts";
import { type Route, route } from "../contract/route.ts";
import { problem } from "../problem.ts";
import { withCeremony } from "./ceremonies.ts";

type Agent = Context<AgentContext>;
type Query = { readonly after: string | null };

const STREAM_TYPE = "text/event-stream";
/** So long is an object asked for what comes next. */
const WAIT_MS = 5_000;
/** A proxy closes what is silent for a minute or so. */
const HEARTBEAT_MS = 15_000;
/** Then the reader connects anew, and goes on where it was. */
const STREAM_MAX_MS = 3_600_000;
/** Entries handed over at a time. */
const PAGE = 100;
/** Where the object does not wait, it is not asked more often than this. */
const PAUSE_MS = 1_000;
const RETRY_MS = 3_000;

export const EVENT_ROUTES: readonly Route[] = [
  route<Query>({
    method: "GET",
    path: "/v1/ceremonies/{id}/events",
    group: "ceremonies",
    does: "its lineage as it grows, as server-sent events; `Last-Event-ID` goes on after an entry; ends with the ceremony",
    access: "read",
    query: {
      after: {
        about: "the digest of the last entry that was seen, for readers that cannot send Last-Event-ID",
        reader: nullable(hex32),
      },
    },
    answers: {
      200: { about: "the stream: entries as data, then an event `end`; or `cut`, with the reason", type: STREAM_TYPE },
      204: { about: "the ceremony has ended, and the reader has seen it all", type: "" },
    },
    refusals: ["NOT_FOUND"],
    handle: eventsRoute,
  }),
];

function eventsRoute(context: Agent, { after }: Query): Promise<Response> {
  return withCeremony(context, async (ceremony) => {
    const seen = context.req.header("last-event-id") || after;
    const from = seen === null ? -1 : await ceremony.entryAt(seen);
    if (from === null)
      return problem(
        context,
        fault("QUERY_INVALID", { path: "Last-Event-ID", need: "the digest of an entry of this lineage" }).fault,
      );
    const { entries, ended } = await ceremony.follow(from, 1, 0);
    if (ended && entries.length === 0) return context.body(null, 204);
    return context.body(streamOf(context, ceremony, from), 200, { "content-type": STREAM_TYPE });
  });
}

type Followable = Pick<ReturnType<AgentContext["Bindings"]["CEREMONY"]["getByName"]>, "follow">;

function streamOf(context: Agent, ceremony: Followable, from: number): ReadableStream<Uint8Array> {
  const utf8 = new TextEncoder();
  const startedMs = Date.now();
  let at = from;
  let saidMs = startedMs;
  let cancelled = false;
  const step = async (): Promise<{ readonly text: string; readonly last: boolean }> => {
    const askedMs = Date.now();
    if (askedMs - startedMs > STREAM_MAX_MS) return { text: "", last: true };
    const followed = await unlessGone(context, (withinMs) => ceremony.follow(at, PAGE, withinMs));
    if (!followed.ok) return { text: event("cut", describeRefusal(followed.fault)), last: true };
    const { entries, ended } = followed.value;
    at = entries.at(-1)?.index ?? at;
    if (entries.length > 0) return { text: entries.map(entryEvent).join(""), last: false };
    if (ended) return { text: event("end", { after: at }), last: true };
    if (Date.now() - askedMs < PAUSE_MS) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    return { text: Date.now() - saidMs >= HEARTBEAT_MS ? ": alive\n\n" : "", last: false };
  };
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(utf8.encode(`retry: ${RETRY_MS}\n\n`)),
      pull: async (controller) => {
        for (let said = ""; said === "" && !cancelled; ) {
          const { text, last } = await step();
          said = text;
          if (text !== "") {
            saidMs = Date.now();
            controller.enqueue(utf8.encode(text));
          }
          if (last) return controller.close();
        }
      },
      cancel: () => {
        cancelled = true;
      },
    },
    { highWaterMark: 1 },
  );
}

/**
 * A stream outlives the check at its beginning. Once its key is withdrawn, its time over or its token logged out, it ends at once, and says
 * nothing that came after.
 */
async function unlessGone<T>(context: Agent, follow: (withinMs: number) => Promise<T>): Promise<Result<T>> {
  const { id, token, untilMs } = context.get("caller");
  const edge = context.env.EDGE.getByName(EDGE_NAME);
  const leftMs = untilMs === null ? WAIT_MS : Math.max(0, Math.min(WAIT_MS, untilMs - Date.now()));
  const cut = edge.untilGone({ id, token }, leftMs);
  const said = follow(leftMs);
  said.catch(() => undefined); // whoever is gone is told nothing of it
  await Promise.race([said, cut.then((at) => (at === null ? said : null))]);
  const gone = await edge.goneSince({ id, token });
  if (gone !== null) forgetLeases(context.env, id);
  if (gone === 0) return fault("TOKEN_INVALID", { reason: LOGGED_OUT });
  if (gone !== null) return fault("KEY_WITHDRAWN", { at: gone * 1_000 });
  if (untilMs !== null && Date.now() >= untilMs) return fault("KEY_WITHDRAWN", { at: untilMs * 1_000 });
  return ok(await said);
}

function entryEvent(entry: LinkedEntry): string {
  return `id: ${entry.hash}\ndata: ${JSON.stringify(entry)}\n\n`;
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
