// N parties on this machine: a nats-server with one account for each, and one agent each, from the built bundle.
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { newSecret } from "../party/secret.ts";
import { LocalAgent, type ObjectClass } from "./agent.ts";
import type { MeshPlan } from "./mesh-plan.ts";
import { buildNatsConfig, type Joined, type NatsParty } from "./nats-config.ts";
import { type NatsServer, pickPorts, startNatsServer } from "./nats-server.ts";
import { makeParty, type Party, type PartySecrets } from "./party.ts";

export const PARTY_NAMES = [
  "acme",
  "bolt",
  "crux",
  "dune",
  "echo",
  "flux",
  "gale",
  "hive",
  "iris",
  "jade",
  "kite",
  "lark",
] as const;

export type StackPlan = {
  readonly names: readonly string[];
  readonly mesh: string;
  readonly dir: string;
  readonly script: string;
  /** Webhook sources by the party that has them. */
  readonly sources: Readonly<Record<string, readonly { readonly id: string }[]>>;
  /** Further fields of a party's document, and further secrets of its hooks, by the party. */
  readonly documents?: Readonly<Record<string, object>>;
  readonly hookSecrets?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** The parties themselves, where they were made elsewhere; their names are `names`. */
  readonly parties?: readonly Party[];
  /** Keys of parties that are not to get new ones. */
  readonly secrets?: ReadonlyMap<string, PartySecrets>;
  /** Organisations that take part without an agent: everybody recognises their roots. */
  readonly guests?: readonly Party[];
  /** Meshes beside that of the ceremonies. */
  readonly meshes?: readonly MeshPlan[];
  readonly clockOffsetsMs?: Readonly<Record<string, number>>;
  /** HTTP ports by the order of names; the system chooses where there are none. */
  readonly ports?: readonly number[];
  /** What opens its agents and its webhooks, where it is not to be new. */
  readonly access?: Access;
  /** Whether the agents' runtimes may be looked into. */
  readonly inspected?: boolean;
  /** Classes whose objects have an isolate for themselves. */
  readonly apart?: readonly ObjectClass[];
  /** Whether the agents are reached without an edge before them, for what is to be measured of them alone. */
  readonly isBare?: boolean;
  /** What lies between the agents and the bus, where that is more than a loopback. */
  readonly road?: ((busUrl: string) => Promise<Road>) | undefined;
};

export type Road = { readonly url: string; readonly stop: () => Promise<void> };

export type Access = { readonly apiKeys: ReadonlyMap<string, string>; readonly hookSecret: string };

export type Stack = {
  /** Where everything of this stack lies. */
  readonly dir: string;
  readonly mesh: string;
  /** The agent's bundle. */
  readonly script: string;
  readonly parties: readonly Party[];
  readonly guests: readonly Party[];
  readonly agents: readonly LocalAgent[];
  readonly nats: NatsServer;
  readonly hookSecret: string;
  readonly agent: (name: string) => LocalAgent;
  /** What a party's own NATS clients log in with. */
  readonly login: (name: string) => NatsParty;
  /** Parties of different groups cannot reach each other any more; `heal` joins them all again. */
  readonly split: (...groups: readonly (readonly string[])[]) => Promise<void>;
  readonly heal: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

export async function startStack(plan: StackPlan): Promise<Stack> {
  mkdirSync(plan.dir, { recursive: true });
  const parties = plan.parties ?? makeParties(plan);
  const users = plan.names.map(loginOf);
  const ports = await pickPorts();
  const configure = (joined?: Joined) => buildNatsConfig(users, ports, join(plan.dir, "nats", "store"), joined);
  const nats = await startNatsServer({ dir: join(plan.dir, "nats"), config: configure(), ports });
  const road = await plan.road?.(nats.wsUrl);
  const hookSecret = plan.access?.hookSecret ?? newSecret();
  const agents = parties.map((party, index) => {
    const [{ user, password }, sources] = [users[index] as NatsParty, plan.sources[party.name] ?? []];
    return new LocalAgent({
      party,
      parties,
      guests: plan.guests ?? [],
      meshes: plan.meshes ?? [],
      script: plan.script,
      dir: join(plan.dir, party.name),
      nats: { url: road?.url ?? nats.wsUrl, user, password },
      sources,
      document: plan.documents?.[party.name] ?? {},
      hookSecrets: { ...secretsOf(sources, hookSecret), ...plan.hookSecrets?.[party.name] },
      clockOffsetMs: plan.clockOffsetsMs?.[party.name] ?? 0,
      port: plan.ports?.[index] ?? 0,
      apiKey: plan.access?.apiKeys.get(party.name),
      inspected: plan.inspected ?? false,
      apart: plan.apart ?? [],
      isBare: plan.isBare ?? false,
    });
  });
  const stop = async () => {
    await Promise.all(agents.map((agent) => agent.kill()));
    await Promise.all([road?.stop(), nats.kill()]);
  };
  try {
    for (let from = 0; from < agents.length; from += 2)
      await Promise.all(agents.slice(from, from + 2).map((agent) => agent.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    dir: plan.dir,
    mesh: plan.mesh,
    script: plan.script,
    parties,
    guests: plan.guests ?? [],
    agents,
    nats,
    hookSecret,
    agent: (name) => named(agents, name),
    login: (name) => named(users, name),
    split: (...groups) =>
      nats.reload(
        configure((one, other) => groups.some((group) => [one, other].every(({ name }) => group.includes(name)))),
      ),
    heal: () => nats.reload(configure()),
    stop,
  };
}

function secretsOf(sources: readonly { readonly id: string }[], secret: string): Record<string, readonly string[]> {
  return Object.fromEntries(sources.map(({ id }) => [id, [secret]]));
}

function loginOf(name: string): NatsParty {
  return { name, account: name.toUpperCase(), user: name, password: newSecret() };
}

function makeParties({ names, mesh, secrets }: StackPlan): readonly Party[] {
  return names.map((name) =>
    makeParty(name, mesh, secrets?.get(name) ?? { root: randomBytes(32), agent: randomBytes(32) }),
  );
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string): T {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no party is called ${name}`);
  return found;
}
