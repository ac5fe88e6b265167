// Three parties as they are in life: each its own workerd process and storage, joined only by a real nats-server.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Miniflare } from "miniflare";
import { connect, type NatsConnection } from "nats.ws";
import type { NatsParty } from "../../cli/stack/nats-config.ts";
import { buildNatsConfig } from "../../cli/stack/nats-config.ts";
import type { NatsServer } from "../../cli/stack/nats-server.ts";
import { pickPorts, startNatsServer } from "../../cli/stack/nats-server.ts";
import type { LinkHealth } from "../../durable/link-object.ts";
import type { SendReport } from "../../durable/link-outbox.ts";
import type { RefusedFrame } from "../../durable/link-schema.ts";
import { bundleWorker } from "../support/bundle-worker.ts";
import type { ReceivedFrame, SentItem } from "./link-worker.ts";

export const TOPIC = "mesh.00ff";

export type Party = {
  readonly party: NatsParty;
  readonly natsUrl: string;
  send(items: readonly SentItem[]): Promise<SendReport>;
  health(): Promise<LinkHealth>;
  drain(on: boolean): Promise<LinkHealth>;
  recall(topic: string): Promise<string[]>;
  refused(): Promise<RefusedFrame[]>;
  received(): Promise<ReceivedFrame[]>;
  stop(): Promise<void>;
  /** A new process on the old storage. */
  start(): Promise<void>;
};

export type Stack = { readonly nats: NatsServer; readonly parties: Record<string, Party>; stop(): Promise<void> };

export async function startStack(names: readonly string[]): Promise<Stack> {
  const dir = mkdtempSync(join(tmpdir(), "quorate-link-"));
  const ports = await pickPorts();
  const natsParties = names.map((name) => ({
    name,
    account: name.toUpperCase(),
    user: name,
    password: `secret of ${name}`,
  }));
  const config = buildNatsConfig(natsParties, ports, join(dir, "store"));
  const nats = await startNatsServer({ dir, config, ports });
  const script = await bundleWorker(
    'export { Link, Recorder, worker as default } from "./link-worker.ts";',
    import.meta.dirname,
  );
  const started = await Promise.all(
    natsParties.map((party) => startParty(party, script, nats.wsUrl, join(dir, party.name))),
  );
  return {
    nats,
    parties: Object.fromEntries(started.map((party) => [party.party.name, party])),
    stop: async () => {
      await Promise.all(started.map((party) => party.stop()));
      await nats.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function startParty(party: NatsParty, script: string, natsUrl: string, persist: string): Promise<Party> {
  let miniflare: Miniflare | undefined;
  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    if (miniflare === undefined) throw new Error(`${party.name} is stopped`);
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await miniflare.dispatchFetch(`http://party${path}`, init);
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as T;
  };
  const start = async () => {
    miniflare = new Miniflare(miniflareOptions(party, script, natsUrl, persist));
    await miniflare.ready;
    await ask("/health");
  };
  await start();
  return {
    party,
    natsUrl,
    send: (items) => ask("/send", items),
    health: () => ask("/health"),
    drain: (on) => ask("/drain", on),
    recall: (topic) => ask("/recall", topic),
    refused: () => ask("/refused"),
    received: () => ask("/received"),
    stop: async () => {
      await miniflare?.dispose();
      miniflare = undefined;
    },
    start,
  };
}

function miniflareOptions(party: NatsParty, script: string, natsUrl: string, persist: string) {
  const queue = `observations-${party.name}`;
  return {
    name: party.name,
    modules: true,
    script,
    compatibilityDate: "2026-07-30",
    compatibilityFlags: ["nodejs_compat"],
    durableObjects: {
      LINK: { className: "Link", useSQLite: true },
      RECORDER: { className: "Recorder", useSQLite: true },
    },
    durableObjectsPersist: persist,
    bindings: { NATS_URL: natsUrl, NATS_USER: party.user, NATS_PASSWORD: party.password },
    queueProducers: { OBSERVATIONS: { queueName: queue } },
    // Zero: the local broker would otherwise hold every batch that is not full for this long.
    queueConsumers: { [queue]: { maxBatchSize: 100, maxBatchTimeout: 0, maxRetries: 10 } },
  };
}

/** Polls until the answer satisfies the test; the last answer is in the error when it never does. */
export async function until<T>(
  ask: () => Promise<T>,
  satisfied: (answer: T) => boolean,
  withinMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (satisfied(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${JSON.stringify(answer).slice(0, 2_000)}`);
    await sleep(25);
  }
}

export function numbered(peer: string, label: string, from: number, to: number): SentItem[] {
  return Array.from({ length: to - from }, (_, i) => {
    const text = `${label}-${from + i}`;
    return { peer, topic: TOPIC, key: text, text };
  });
}

/** What someone with a party's NATS password can do without our code. */
export async function asParty<T>(
  { party, natsUrl }: Party,
  use: (connection: NatsConnection) => Promise<T>,
): Promise<T> {
  const connection = await connect({ servers: natsUrl, user: party.user, pass: party.password });
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

export function labelled(frames: readonly ReceivedFrame[], label: string): ReceivedFrame[] {
  return frames.filter(({ text }) => text.startsWith(`${label}-`));
}

/** All of them, whatever the order and however often: that is what the link promises. */
export async function arrive(
  at: Party,
  label: string,
  from: number,
  to: number,
  withinMs?: number,
): Promise<ReceivedFrame[]> {
  const wanted = numbered("", label, from, to).map(({ text }) => text);
  const complete = (frames: ReceivedFrame[]) => {
    const texts = new Set(frames.map(({ text }) => text));
    return wanted.every((text) => texts.has(text));
  };
  return labelled(await until(at.received, complete, withinMs), label);
}
