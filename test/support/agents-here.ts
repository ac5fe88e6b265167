// Several agents in this process, each with its own objects, whose links hand frames to one another's edge: a whole ceremony without a
// server.
import type { LinkRpc } from "../../durable/env.ts";
import type { OutgoingFrame } from "../../durable/link-outbox.ts";
import { ingest } from "../../functions/ingest.ts";
import { type AgentHere, agentHere, CONNECTED, KEYED } from "./agent-here.ts";
import { testParties } from "./parties.ts";

export type AgentsHere = {
  readonly agents: readonly AgentHere[];
  readonly names: readonly string[];
  /** Nothing passes to or from these until they are taken out again. */
  readonly apart: Set<string>;
  /** Hands on what waits, wakes who is due, and so on until `holds`; throws after some seconds. */
  readonly until: (what: string, holds: () => Promise<boolean>) => Promise<void>;
  readonly open: (request: object) => Promise<string>;
  readonly attest: (agent: AgentHere, ceremony: string, content: object) => Promise<string>;
};

const PATIENCE_MS = 20_000;
const PAUSE_MS = 15;

/** `changes` are fields of every party's document. */
export function agentsHere(count: number, changes: object = {}): AgentsHere {
  const parties = testParties(count);
  const names = parties.map(({ name }) => name);
  const apart = new Set<string>();
  const bus = busBetween(names, apart);
  const agents = parties.map((party) => agentHere(party, parties, changes, undefined, {}, bus.linkOf(party.name)));
  const running = () => agents.filter((_, index) => !apart.has(names[index] as string));

  const until: AgentsHere["until"] = async (what, holds) => {
    for (const end = Date.now() + PATIENCE_MS; !(await holds()); ) {
      if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
      await bus.handOn(agents);
      for (const agent of running()) await agent.wake();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };

  return {
    agents,
    names,
    apart,
    until,
    open: async (request) => {
      const ceremony = String((await post(agents[0] as AgentHere, "/v1/ceremonies", request)).ceremony);
      await until("all hold the call", async () =>
        (await Promise.all(running().map((agent) => agent.ceremony(ceremony).view()))).every(
          ({ policy }) => policy !== null,
        ),
      );
      return ceremony;
    },
    attest: async (agent, ceremony, content) =>
      String((await post(agent, `/v1/ceremonies/${ceremony}/attestations`, content)).observation),
  };
}

/** What agents send waits until it is handed on; what comes from or goes to those that are apart is lost. */
export function busBetween(names: readonly string[], apart: ReadonlySet<string>) {
  const waiting: { readonly from: string; readonly item: OutgoingFrame }[] = [];
  const heard = new Map<string, Record<string, number>>(names.map((name) => [name, {}]));
  const linkOf = (name: string): Partial<LinkRpc> => ({
    send: async (items) => {
      waiting.push(...items.map((item) => ({ from: name, item })));
      return { stored: items.length, refused: [] };
    },
    health: async () => ({ ...CONNECTED, connected: !apart.has(name), lastHeardMs: heard.get(name) ?? {} }),
  });
  const handOn = async (agents: readonly AgentHere[]) => {
    for (const { from, item } of waiting.splice(0)) {
      const to = agents[names.indexOf(item.peer)];
      if (to === undefined || apart.has(from) || apart.has(item.peer)) continue;
      (heard.get(item.peer) as Record<string, number>)[from.toUpperCase()] = Date.now();
      const arrival = { road: "nats", account: from.toUpperCase(), topic: item.topic, frame: item.frame } as const;
      await ingest(to.env, to.config, [arrival]);
    }
  };
  return { linkOf, handOn };
}

/** A request of the party's own programs; throws where it is refused. */
async function post(agent: AgentHere, path: string, body: object): Promise<Record<string, unknown>> {
  const headers = { ...KEYED, "content-type": "application/json" };
  const response = await agent.request(path, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer;
}
