// A ceremony that a development stack opens at its start, to prove that messages go from one agent to every other: nobody speaks in it, and it
// ends at once. Where it does not arrive the stack is not what it seems to be, and says so before anybody relies on it.
import { setTimeout as sleep } from "node:timers/promises";
import { refused } from "../registry.ts";

/** What it asks of an agent. */
export type Bird = {
  readonly name: string;
  readonly post: <T>(path: string, body: unknown) => Promise<T>;
  readonly json: <T>(path: string) => Promise<T>;
};

const POLL_MS = 50;

/** Milliseconds until every agent held what the first one said; refuses with the names of those that never did. */
export async function flyCanary(agents: readonly Bird[], log: string, withinMs = 15_000): Promise<number> {
  const [first, ...others] = agents;
  if (first === undefined) return 0;
  const startMs = Date.now();
  const { ceremony } = await first.post<{ ceremony?: string }>("/v1/ceremonies", {
    pattern: "approval",
    title: "Canary: this message has come to every party",
    parties: agents.map(({ name }) => ({ authority: name, role: "approver", power: 1 })),
    closesIn: 1,
    expiresIn: 20,
  });
  const missing = new Set(others);
  while (Date.now() - startMs < withinMs && ceremony !== undefined) {
    for (const agent of missing) {
      const view = await agent.json<{ policy?: unknown }>(`/v1/ceremonies/${ceremony}`).catch(() => ({ policy: null }));
      if (view.policy) missing.delete(agent);
    }
    if (missing.size === 0) return Date.now() - startMs;
    await sleep(POLL_MS);
  }
  const silent = ceremony === undefined ? [first] : [...missing];
  const reason = `a message of ${first.name} did not come to ${silent.map(({ name }) => name).join(", ")} within ${withinMs / 1_000} s`;
  throw refused("STACK_FAILED", { failure: "does not deliver", reason, log });
}
