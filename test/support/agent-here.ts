// An agent in this process: its HTTP surface and its queue's consumer, over real objects whose storage is node:sqlite. A test that uses it
// stands in for the platform's own module: vi.mock("cloudflare:workers", …).
import type { Party } from "../../cli/stack/party.ts";
import { Ceremony } from "../../durable/ceremony-object.ts";
import { type AgentConfig, configOf } from "../../durable/config.ts";
import { Directory } from "../../durable/directory-object.ts";
import type { AgentEnv } from "../../durable/env.ts";
import { Hooks } from "../../durable/hooks-object.ts";
import { createApp } from "../../functions/http/app.ts";
import { agentVariables } from "./agent-env.ts";
import { sqliteStorage } from "./sqlite-storage.ts";

export type AgentHere = {
  readonly env: AgentEnv;
  readonly config: AgentConfig;
  readonly ceremony: (id: string) => Ceremony;
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
};

export const KEYED = { authorization: "Bearer a key for the tests" } as const;

/** `changes` are fields of the party's document; `recall` is what its link remembers of its own statements. */
export function agentHere(
  party: Party,
  parties: readonly Party[],
  changes: object = {},
  recall: () => Promise<readonly Uint8Array[]> = async () => [],
  hookSecrets: Readonly<Record<string, readonly string[]>> = {},
): AgentHere {
  const variables = agentVariables(party, parties, changes, hookSecrets);
  const directory = new Directory({ storage: sqliteStorage() } as unknown as DurableObjectState, {});
  const objects = new Map<string, Ceremony>();
  const ceremony = (name: string): Ceremony => {
    const context = {
      storage: sqliteStorage(),
      id: { name },
      blockConcurrencyWhile: (work: () => Promise<void>) => work(),
      waitUntil: () => undefined,
    };
    const found = objects.get(name) ?? new Ceremony(context as unknown as DurableObjectState, env);
    objects.set(name, found);
    return found;
  };
  const hooksContext = { storage: sqliteStorage(), waitUntil: () => undefined };
  let hooks: Hooks | null = null;
  const hooksObject = () => {
    hooks ??= new Hooks(hooksContext as unknown as DurableObjectState, env);
    return hooks;
  };
  const link = { recall, send: async () => ({ stored: 1, refused: [] }) };
  const named = {
    LINK: { getByName: () => link },
    DIRECTORY: { getByName: () => directory },
    CEREMONY: { getByName: ceremony },
    HOOKS: { getByName: hooksObject },
  };
  const env = { ...variables, ...named } as unknown as AgentEnv;
  const config = configOf(env);
  if (!config.ok) throw new Error(JSON.stringify(config.fault));
  const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
  const app = createApp();
  return {
    env,
    config: config.value,
    ceremony,
    request: async (path, init = {}) => app.request(path, init, env, context),
  };
}
