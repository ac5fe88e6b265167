// What is known of the agent's own state, gathered once for readiness, health and metrics alike.
import type { AgentConfig } from "../../durable/config.ts";
import type { Tallies } from "../../durable/directory-counters.ts";
import { type AgentEnv, DIRECTORY_NAME, LINK_NAME } from "../../durable/env.ts";
import type { LinkHealth } from "../../durable/link-object.ts";
import type { UnsentNotice } from "../../durable/link-outbox.ts";
import { parseChain } from "../../shared/authority/chain.ts";

export type Vitals = {
  readonly nowMs: number;
  readonly link: LinkHealth;
  /** What the platform's own queue holds of what is to be taken in; null where it does not say. */
  readonly queue: QueueState | null;
  readonly tallies: Tallies;
  /** Revocations that partners have not been handed, by partner. */
  readonly unsent: readonly UnsentNotice[];
  /** The keys of the agent's chain and when they end, in milliseconds. */
  readonly keys: readonly { readonly key: string; readonly endsMs: number }[];
  /** By partner, how far its clock seems behind ours (below zero: ahead), in milliseconds. */
  readonly clocks: readonly { readonly partner: string; readonly behindMs: number }[];
};

export type QueueState = {
  readonly messages: number;
  /** When the oldest of them was put in; null where there is none. */
  readonly oldestMs: number | null;
};

/** Whoever asks for readiness needs no key, and the answer reads many rows: asked often, it is the same for so long. */
const KNOWN_MS = 1_000;
const known = new WeakMap<object, Vitals>();

export async function recentVitals(env: AgentEnv, config: AgentConfig): Promise<Vitals> {
  const last = known.get(env.LINK);
  if (last !== undefined && Date.now() - last.nowMs < KNOWN_MS) return last;
  const vitals = await vitalsOf(env, config);
  known.set(env.LINK, vitals);
  return vitals;
}

export async function vitalsOf(env: AgentEnv, config: AgentConfig): Promise<Vitals> {
  const nowMs = Date.now();
  const link = env.LINK.getByName(LINK_NAME);
  const [health, queue, unsent, tallies] = await Promise.all([
    link.health(),
    queueState(env),
    link.unsentNotices(),
    env.DIRECTORY.getByName(DIRECTORY_NAME).tallies(nowMs),
  ]);
  const clocks = tallies.clocks.map(({ account, lagMs }) => ({ partner: partnerOf(config, account), behindMs: lagMs }));
  return { nowMs, link: health, queue, tallies, unsent, keys: keysOf(config), clocks };
}

/** Not every runtime tells; an agent is not unready because nobody knows. */
async function queueState({ OBSERVATIONS }: AgentEnv): Promise<QueueState | null> {
  try {
    const { backlogCount, oldestMessageTimestamp } = await OBSERVATIONS.metrics();
    return { messages: backlogCount, oldestMs: oldestMessageTimestamp?.getTime() ?? null };
  } catch {
    return null;
  }
}

/** The name of the partner that a NATS account belongs to. */
function partnerOf({ party }: AgentConfig, account: string): string {
  return party.partners.find((partner) => partner.account === account)?.name ?? "unknown";
}

function keysOf({ identity }: AgentConfig): Vitals["keys"] {
  const chain = parseChain(identity.credentials);
  if (!chain.ok) return [];
  return chain.value.map(({ id, grant }) => ({
    key: `${grant.subject} ${id.slice(0, 8)}`,
    endsMs: grant.not_after / 1_000,
  }));
}
