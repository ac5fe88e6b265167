// What a development stack says at its start, to prove that messages go from one agent to every other: a fact of its mesh, which opens nothing
// and asks nobody for anything. Where it does not arrive the stack is not what it seems to be, and says so before anybody relies on it.
import { setTimeout as sleep } from "node:timers/promises";
import { refused } from "../registry.ts";

/** What it asks of an agent. */
export type Bird = {
  readonly name: string;
  readonly post: <T>(path: string, body: unknown) => Promise<T>;
  readonly request: (path: string) => Promise<{ readonly ok: boolean }>;
};

const POLL_MS = 50;
/** A stack that takes longer works, and so slowly that whoever uses it must be told. */
export const CANARY_SLOW_MS = 2_000;
const CANARY_LOST_MS = 15_000;

/** Milliseconds until every agent held what the first one said; refuses with the names of those that never did. */
export async function flyCanary(
  agents: readonly Bird[],
  mesh: string,
  log: string,
  withinMs = CANARY_LOST_MS,
): Promise<number> {
  const [first, ...others] = agents;
  if (first === undefined) return 0;
  const startMs = Date.now();
  const fact = { subject: "canary", value: "this message has come to every party" };
  const { ids } = await first.post<{ ids?: readonly string[] }>(`/v1/meshes/${mesh}/facts`, fact);
  const missing = new Set(others);
  while (Date.now() - startMs < withinMs && ids !== undefined) {
    for (const agent of missing) {
      const told = await agent.request(`/v1/meshes/${mesh}/facts/${ids[0]}/story`).catch(() => ({ ok: false }));
      if (told.ok) missing.delete(agent);
    }
    if (missing.size === 0) return Date.now() - startMs;
    await sleep(POLL_MS);
  }
  const silent = ids === undefined ? [first] : [...missing];
  const reason = `a message of ${first.name} did not come to ${silent.map(({ name }) => name).join(", ")} within ${withinMs / 1_000} s`;
  throw refused("STACK_FAILED", { failure: "does not deliver", reason, log });
}
