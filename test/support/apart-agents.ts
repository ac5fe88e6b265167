// A plant and an office whose agents run in this process with no wire between them: they have agreed, and whatever crosses is carried by the test.
import { vi } from "vitest";
import { type MeshPlan, standingsOf } from "../../cli/stack/mesh-plan.ts";
import { type Party, rootsOf } from "../../cli/stack/party.ts";
import type { Json } from "../../shared/cbor/json.ts";
import { type AgentHere, agentHere, KEYED } from "./agent-here.ts";
import { approvalBy } from "./alone.ts";
import { testParties } from "./parties.ts";

const parties = testParties(3);
const [acme, bolt] = parties as readonly [Party, Party, Party];
const plan = (mesh: string): MeshPlan => ({
  mesh,
  frame: "utc",
  clockOffsetMs: 0,
  class: "stock",
  members: ["acme", "bolt"],
});
const PLANS = [plan("plant"), plan("office")];
const roots = Object.fromEntries([...rootsOf(parties)].map(([key, name]) => [name, key]));
const AGREEMENT = {
  meshes: ["plant", "office"],
  classes: { stock: "sharable" },
  divergenceLimit: { num: 1, den: 2 },
  arbitration: { rule: "authority" },
  tiers: { plant: { "acme/agent": 3 }, office: { "bolt/agent": 1 } },
  frames: { plant: "utc", office: "utc" },
  roots: { plant: roots, office: roots },
};

export type Side = "plant" | "office";
export type Apart = Record<Side, AgentHere>;

/** The plant's agent is acme's, the office's bolt's, and either stands in both meshes. */
export function agentOf(side: Side): AgentHere {
  const party = side === "plant" ? acme : bolt;
  return agentHere(party, parties, { meshes: standingsOf(party, [party], parties, PLANS) });
}

export async function ask<T>(agent: AgentHere, path: string, body?: unknown): Promise<T & { readonly code?: string }> {
  const headers = { ...KEYED, "content-type": "application/json" };
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  return (await (await agent.request(path, init)).json()) as T & { readonly code?: string };
}

/** Both have signed the agreement, and the office's agent, which is to take things in, is proven in both; each holds what the other declared. */
export async function apartAgents(): Promise<Apart> {
  const apart: Apart = { plant: agentOf("plant"), office: agentOf("office") };
  const { plant, office } = apart;
  for (const side of ["plant", "office"] as const) {
    await ask(apart[side], `/v1/meshes/${side}/declarations`, { type: "agreement", content: AGREEMENT });
    await ask(office, `/v1/meshes/${side}/declarations`, { type: "boundary" });
  }
  const statements = (agent: AgentHere, mesh: Side) => ask<object>(agent, `/v1/meshes/${mesh}/statements`);
  await ask(office, "/v1/meshes/office/statements", await statements(plant, "plant"));
  await ask(office, "/v1/meshes/office/statements", await statements(office, "plant"));
  await ask(plant, "/v1/meshes/plant/statements", await statements(office, "office"));
  return apart;
}

export function sayFacts(agent: AgentHere, mesh: Side, ...said: readonly (readonly [string, Json, string?])[]) {
  const facts = said.map(([subject, value, kind = "stock"]) => ({ subject, value, class: kind }));
  return ask<{ ids: readonly string[] }>(agent, `/v1/meshes/${mesh}/facts`, { facts });
}

/** A ceremony about a subject that its one elector approved, final at once. */
export async function approvedAt(agent: AgentHere, elector: string, subject: object): Promise<string> {
  const headers = { ...KEYED, "content-type": "application/json" };
  const ask = async (path: string, body: object) =>
    (await agent.request(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
  const { ceremony } = (await ask("/v1/ceremonies", approvalBy(elector, { subject }))) as { ceremony: string };
  await ask(`/v1/ceremonies/${ceremony}/attestations`, { choice: "approve" });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 5_000 });
  for (let turn = 0; turn < 5; turn++) {
    vi.setSystemTime(Date.now() + 1_000);
    await agent.ceremony(ceremony).wake();
  }
  vi.useRealTimers();
  const { phase } = await agent.ceremony(ceremony).view();
  if (phase !== "final") throw new Error(`the ceremony is ${phase}`);
  return ceremony;
}

/** What it asks its directory for the first time takes a while. */
export function slowly({ env }: AgentHere): void {
  const { DIRECTORY } = env;
  let wait: Promise<unknown> | null = new Promise((resolve) => setTimeout(resolve, 100));
  const after = async <T>(ask: () => Promise<T>) => {
    const first = wait;
    wait = null;
    await first;
    return ask();
  };
  const slow = (name: string) =>
    new Proxy(DIRECTORY.getByName(name), {
      get: (directory, asked: "revocations") => (number: number) => after(() => directory[asked](number)),
    });
  Object.assign(env, { DIRECTORY: { getByName: slow } });
}
