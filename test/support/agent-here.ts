// An agent in this process: its HTTP surface and its queue's consumer, over real objects whose storage is node:sqlite. The
// platform's own module is `platform.ts` here.
import type { Party } from "../../cli/stack/party.ts";
import { Ceremony } from "../../durable/ceremony-object.ts";
import { type AgentConfig, configOf } from "../../durable/config.ts";
import { Directory } from "../../durable/directory-object.ts";
import { Edge } from "../../durable/edge-object.ts";
import { type AgentEnv, HOOKS_NAME, type LinkRpc } from "../../durable/env.ts";
import { Hooks } from "../../durable/hooks-object.ts";
import { Intake } from "../../durable/intake-object.ts";
import { Outbox } from "../../durable/link-outbox.ts";
import { counted, createTables, drainUntil, lastHeard, lastTrouble, setDrain } from "../../durable/link-schema.ts";
import { Mesh } from "../../durable/mesh-object.ts";
import { createApp } from "../../functions/http/app.ts";
import { agentVariables } from "./agent-env.ts";
import { sqliteStorage } from "./sqlite-storage.ts";

export type AgentHere = {
  readonly env: AgentEnv;
  readonly config: AgentConfig;
  readonly ceremony: (id: string) => Ceremony;
  readonly intake: (shard: string) => Intake;
  /** Ends an object of an intake, as an eviction does: the next call makes another over the same storage. */
  readonly evict: (shard: string) => void;
  readonly directory: Directory;
  readonly mesh: (name: string) => Mesh;
  readonly hooks: () => Hooks;
  /** Once all is done that the objects do after they answered. */
  readonly settled: () => Promise<void>;
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
  /** Wakes every object whose alarm is due, as the platform would. */
  readonly wake: () => Promise<void>;
};

export const KEYED = { authorization: "Bearer a key for the tests" } as const;

/** A link that is up and has nothing to do. */
export const CONNECTED = {
  connected: true,
  draining: false,
  outbox: 0,
  inbox: 0,
  lanes: [],
  lastHeardMs: {},
  counts: {},
  lastError: null,
};

/** `changes` are fields of the party's document; `recall` is what its link remembers of its own statements; `link` is where it sends. */
export function agentHere(
  party: Party,
  parties: readonly Party[],
  changes: object = {},
  recall: () => Promise<readonly Uint8Array[]> = async () => [],
  hookSecrets: Readonly<Record<string, readonly string[]>> = {},
  link: Partial<LinkRpc> = {},
): AgentHere {
  const variables = agentVariables(party, parties, changes, hookSecrets);
  const directory = new Directory({ storage: sqliteStorage() } as unknown as DurableObjectState, {});
  const edge = new Edge({ storage: sqliteStorage() } as unknown as DurableObjectState, {});
  const { keeping, evictable, wake, settled } = platformFor(() => env);
  const hooks = keeping(Hooks);
  const bus: LinkRpc = { ...linkWithoutBus(recall), ...link };
  const ceremony = keeping(Ceremony);
  const intake = evictable(Intake);
  const mesh = keeping(Mesh);
  const named = {
    LINK: { getByName: () => bus },
    DIRECTORY: { getByName: () => directory },
    CEREMONY: { getByName: ceremony },
    HOOKS: { getByName: hooks },
    MESH: { getByName: mesh },
    EDGE: { getByName: () => edge },
    INTAKE: { getByName: intake.of },
  };
  const env = { ...variables, HOOKS_LOOPBACK: "1", ...named } as unknown as AgentEnv;
  const config = configOf(env);
  if (!config.ok) throw new Error(JSON.stringify(config.fault));
  const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
  const app = createApp();
  return {
    env,
    config: config.value,
    ceremony,
    intake: intake.of,
    evict: intake.evict,
    directory,
    mesh,
    hooks: () => hooks(HOOKS_NAME),
    settled,
    request: async (path, init = {}) => app.request(path, init, env, context),
    wake,
  };
}

type Alarmed = { readonly alarm: () => Promise<void> };

/** Objects found by name, each with a storage of its own, and woken when their alarms are due. */
function platformFor(env: () => AgentEnv) {
  const kept = new Map<DurableObjectStorage, Alarmed>();
  const pending: Promise<unknown>[] = [];
  const evictable = <T extends Alarmed>(Kept: new (context: DurableObjectState, env: AgentEnv) => T) => {
    const storages = new Map<string, DurableObjectStorage>();
    const objects = new Map<string, T>();
    const of = (name: string): T => {
      const known = objects.get(name);
      if (known !== undefined) return known;
      const storage = storages.get(name) ?? sqliteStorage();
      const context = {
        storage,
        id: { name },
        blockConcurrencyWhile: (work: () => Promise<void>) => work(),
        waitUntil: (work: Promise<unknown>) => void pending.push(work),
      };
      const object = new Kept(context as unknown as DurableObjectState, env());
      storages.set(name, storage);
      kept.set(storage, object);
      objects.set(name, object);
      return object;
    };
    return { of, evict: (name: string) => void objects.delete(name) };
  };
  const keeping = <T extends Alarmed>(Kept: new (context: DurableObjectState, env: AgentEnv) => T) =>
    evictable(Kept).of;
  const wake = async () => {
    for (const [storage, object] of kept) {
      if (((await storage.getAlarm()) ?? Number.POSITIVE_INFINITY) > Date.now()) continue;
      await storage.deleteAlarm();
      await object.alarm();
    }
  };
  const settled = async () => {
    await Promise.all(pending);
  };
  return { keeping, evictable, wake, settled };
}

/** A link whose bus is away: its rows are real, and nothing leaves. */
function linkWithoutBus(recall: LinkRpc["recall"]): LinkRpc {
  const storage = sqliteStorage();
  const { sql } = storage;
  createTables(sql);
  const outbox = new Outbox(storage, () => undefined);
  const health: LinkRpc["health"] = async () => {
    const lanes = outbox.lanes();
    return {
      connected: false,
      draining: drainUntil(sql) > Date.now(),
      outbox: lanes.reduce((total, { rows }) => total + rows, 0),
      inbox: null,
      lanes,
      lastHeardMs: lastHeard(sql),
      counts: counted(sql),
      lastError: lastTrouble(sql),
    };
  };
  return {
    recall,
    health,
    unsentNotices: async () => outbox.unsentNotices(),
    start: async () => undefined,
    send: async (items) => outbox.put(items, Date.now()),
    drain: async (on) => {
      setDrain(sql, on ? Date.now() + 60_000 : 0);
      return health();
    },
  };
}
