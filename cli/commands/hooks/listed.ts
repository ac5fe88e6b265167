// `source list|requests|events|attempts` and `listen`: what came in by webhooks, and who heard of it.
import { setTimeout as sleep } from "node:timers/promises";
import {
  AGENT_FLAGS,
  AGENT_INPUT,
  AGENT_USAGE,
  type Agent,
  agentOf,
  askJson,
  FOLLOWED_INPUT,
  followedAgentOf,
} from "../../agent-client.ts";
import { argument, instant, numberIn, seconds } from "../../files.ts";
import { pagesOf } from "../../online/pages.ts";
import { persistently } from "../../online/persist.ts";
import { type Answer, type Call, type Command, EXIT } from "../../registry.ts";
import { shown } from "../../terminal.ts";
import { clockText, timeText } from "../../times.ts";

export type Source = {
  readonly id: string;
  readonly url: string;
  readonly scheme: string;
  readonly event: string;
  readonly action: string | null;
  readonly does: string;
  readonly of: string | null;
  readonly lastMs: number | null;
  readonly pausedAtMs: number | null;
  readonly byStatus: Readonly<Record<string, number>>;
};
export type Request = {
  readonly id: string;
  readonly atMs: number;
  readonly tookMs: number;
  readonly status: string;
  readonly event: string | null;
  readonly delivery: string | null;
  readonly code: string | null;
  readonly why: string | null;
  readonly ceremony: string | null;
  readonly replayOf: string | null;
  readonly isReplayable: boolean;
};
/** Rows where no --limit says otherwise. */
const LISTED = 50;
type Page = { readonly requests: readonly Request[]; readonly cursor: string | null };

function sourcesAt(agent: Agent): Promise<{ readonly sources: readonly Source[] }> {
  return askJson(agent, "/v1/sources");
}

/** What the agent has under that name; null where it has none. */
export async function sourceAt(agent: Agent, id: string): Promise<Source | null> {
  return (await sourcesAt(agent)).sources.find((source) => source.id === id) ?? null;
}

export const sourceList: Command = {
  name: "source list",
  usage: `source list ${AGENT_USAGE}`,
  about: "the agent's webhook sources, and what came of each",
  flags: AGENT_FLAGS,
  input: AGENT_INPUT,
  example: "source list --as acme",
  run: async (call) => {
    const data = await sourcesAt(agentOf(call));
    const lines = data.sources.map(
      ({ id, scheme, event, does, of, byStatus, pausedAtMs }) =>
        `${shown(id).padEnd(16)} ${shown(scheme)} ${shown(event)} → ${shown(does)} ${shown(of ?? "")}  ${countsText(byStatus)}${pausedAtMs === null ? "" : "   PAUSED"}`,
    );
    return { exit: EXIT.yes, data, text: lines.length === 0 ? "no sources" : lines.join("\n") };
  },
};

function countsText(byStatus: Source["byStatus"]): string {
  const counts = Object.entries(byStatus).map(([status, many]) => `${many} ${status}`);
  return counts.length === 0 ? "nothing came yet" : shown(counts.join(", "));
}

export const sourceRequests: Command = {
  name: "source requests",
  usage: `source requests SOURCE [--status S] [--since TIME] [--limit N] ${AGENT_USAGE}`,
  about: "what came in from a source, the latest first, refused requests too",
  flags: { status: { type: "string" }, since: { type: "string" }, limit: { type: "string" }, ...AGENT_FLAGS },
  input: [
    "--status      opened, attested, duplicate, ignored, answered, rejected or failed",
    "--since       a time, ISO 8601",
    ...AGENT_INPUT,
  ],
  example: "source requests github --status failed --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const limit = numberIn(call, "limit", LISTED);
    const requests = await requestsOf(agent, argument(call, 0, "SOURCE"), queryOf(call), limit);
    const text = requests.length === 0 ? "nothing" : requests.map(requestText).join("\n");
    return { exit: EXIT.yes, data: { requests }, text };
  },
};

export function queryOf(call: Call): Readonly<Record<string, string>> {
  const since = instant(call, "since");
  return {
    ...(typeof call.flags.status === "string" ? { status: call.flags.status } : {}),
    ...(since === null ? {} : { since: new Date(since / 1_000).toISOString() }),
  };
}

export function requestsOf(
  agent: Agent,
  source: string,
  query: Readonly<Record<string, string>>,
  most: number,
): Promise<readonly Request[]> {
  return pagesOf<Request>(agent, `${pathOf(source)}/requests`, "requests", query, most);
}

export function pathOf(source: string): string {
  return `/v1/sources/${encodeURIComponent(source)}`;
}

function requestText(request: Request): string {
  const { id, atMs, tookMs, status, event, delivery, code, why, ceremony, replayOf } = request;
  const mark = status === "rejected" ? "✘" : "✔";
  const did = ceremony === null ? "" : ` ${status === "duplicate" ? "of" : "→"} ${ceremony.slice(0, 12)}`;
  const replay = replayOf === null ? "" : `  replay of ${shown(replayOf)}`;
  const clock = clockText(atMs * 1_000);
  const lines = [
    `${clock}  ${shown(id)}  ${shown(event ?? "")}  ${shown(delivery ?? "")}  signature ${mark}  ${status}${did}  (${tookMs} ms)${replay}`,
    ...(code === null || status === "ignored" ? [] : [`          ${shown(code)}: ${shown(why ?? "")}`]),
  ];
  return lines.join("\n");
}

type Event = {
  readonly id: string;
  readonly atMs: number;
  readonly ceremony: string | null;
  readonly label: string | null;
  readonly status: string;
  readonly requests: number;
};

export const sourceEvents: Command = {
  name: "source events",
  usage: `source events SOURCE [--limit N] ${AGENT_USAGE}`,
  about: "what a source's deliveries did, each once however many requests brought it, the latest first",
  flags: { limit: { type: "string" }, ...AGENT_FLAGS },
  input: AGENT_INPUT,
  example: "source events github --as acme",
  run: async (call) => {
    const path = `${pathOf(argument(call, 0, "SOURCE"))}/events`;
    const events = await pagesOf<Event>(agentOf(call), path, "events", {}, numberIn(call, "limit", LISTED));
    const lines = events.map(({ id, atMs, ceremony, label, status, requests }) => {
      const place = ceremony === null ? "" : ` → ${shown(ceremony.slice(0, 12))}`;
      const times = `${requests} ${requests === 1 ? "request" : "requests"}`;
      return `${timeText(atMs * 1_000)}  ${shown(id)}  ${shown(status)}${place}  ${shown(label ?? "")}  ${times}`;
    });
    return {
      exit: EXIT.yes,
      data: { events },
      text: lines.length === 0 ? "nothing came of any delivery yet" : lines.join("\n"),
    };
  },
};

type Attempt = {
  readonly id: string;
  readonly atMs: number;
  readonly tookMs: number;
  readonly owner: string;
  readonly road: string;
  readonly http: number | null;
  readonly why: string | null;
};

export const sourceAttempts: Command = {
  name: "source attempts",
  usage: `source attempts [CEREMONY] ${AGENT_USAGE}`,
  about: "each try to tell the outside of a ceremony (endpoints, and the sender that asked for it), the latest first",
  flags: AGENT_FLAGS,
  input: AGENT_INPUT,
  example: "source attempts --as acme",
  run: async (call) => {
    const [ceremony] = call.args;
    const query = new URLSearchParams({ limit: "200", ...(ceremony === undefined ? {} : { ceremony }) });
    const data = await askJson<{ readonly attempts: readonly Attempt[] }>(agentOf(call), `/v1/attempts?${query}`);
    const lines = data.attempts.map(
      ({ atMs, tookMs, owner, road, http, why }) =>
        `${timeText(atMs * 1_000)}  ${shown(road)} ${shown(owner)}  ${http ?? "–"}  ${why === null ? "✓" : shown(why)}  (${tookMs} ms)`,
    );
    return { exit: EXIT.yes, data, text: lines.length === 0 ? "nobody was told anything yet" : lines.join("\n") };
  },
};

const POLL_MS = 1_000;
const HEARTBEAT_MS = 30_000;
export const listen: Command = {
  name: "listen",
  usage: `listen SOURCE [--timeout T] ${AGENT_USAGE}`,
  about: "what comes in from a source, as it comes; -o jsonl gives a line for each request, the last with final",
  flags: AGENT_FLAGS,
  input: [
    "a line on stderr every half minute says that it lives; a lost connection is tried again five times, each of which is said; then exit 9",
    ...FOLLOWED_INPUT,
  ],
  example: "listen github --as acme --timeout 10m",
  stays: true,
  run: async (call) => tail(call, followedAgentOf(call), argument(call, 0, "SOURCE")),
};

async function tail(call: Call, agent: Agent, source: string): Promise<Answer> {
  const allowed = seconds(call, "timeout");
  const end = allowed === null ? Number.POSITIVE_INFINITY : Date.now() + allowed * 1_000;
  const [last] = await requestsOf(agent, source, {}, 1);
  let after = last === undefined ? 0 : Number(last.id.slice(4));
  let count = 0;
  let saidMs = Date.now();
  call.say(`ready: ${source} at ${agent.url}; last request: ${last === undefined ? "none yet" : last.id}`);
  while (Date.now() < end) {
    const path = `${pathOf(source)}/requests?after=${after}&limit=200`;
    const { requests } = await persistently(call, agent, () => askJson<Page>(agent, path));
    for (const request of requests) {
      after = Number(request.id.slice(4));
      count += 1;
      call.emit?.({ ...request, final: false }, requestText(request));
    }
    if (Date.now() - saidMs >= HEARTBEAT_MS) {
      saidMs = Date.now();
      call.say(`alive; ${count} requests since it began`);
    }
    await sleep(Math.max(0, Math.min(POLL_MS, end - Date.now())));
  }
  return { exit: EXIT.yes, data: { requests: count, final: true }, text: `${count} requests` };
}
