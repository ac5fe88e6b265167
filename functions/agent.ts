// The Worker's entry: HTTP, the queues and cron. It re-exports the object classes, which the platform finds by name.
import { configOf } from "../durable/config.ts";
import { type AgentEnv, DIRECTORY_NAME, LINK_NAME } from "../durable/env.ts";
import { log } from "../durable/log.ts";
import { nativeSha256 } from "../durable/native-hash.ts";
import { lendSha256 } from "../shared/hash.ts";
import { pullSources } from "./coalition-sources.ts";
import { createApp } from "./http/app.ts";
import { consumeDeadLetters, consumeObservations } from "./queue/consumer.ts";

export { Ceremony } from "../durable/ceremony-object.ts";
export { Directory } from "../durable/directory-object.ts";
export { Edge } from "../durable/edge-object.ts";
export { Hooks } from "../durable/hooks-object.ts";
export { Intake } from "../durable/intake-object.ts";
export { Link } from "../durable/link-object.ts";
export { Mesh } from "../durable/mesh-object.ts";

lendSha256(nativeSha256);
const app = createApp();

export default {
  fetch: app.fetch,
  queue: (batch: MessageBatch<unknown>, env: AgentEnv) =>
    batch.queue.endsWith("-dead") ? consumeDeadLetters(batch, env) : consumeObservations(batch, env),
  scheduled: (_: ScheduledController, env: AgentEnv) => sweep(env),
};

/** Partners' statements are fetched, and each mesh looks at what has changed by itself: what was staged holds now, say. */
async function sweepMeshes(env: AgentEnv): Promise<void> {
  const config = configOf(env);
  if (!config.ok) return;
  await pullSources(env, config.value);
  const looked = await Promise.allSettled(
    [...config.value.standings.keys()].map((mesh) => env.MESH.getByName(mesh).tick()),
  );
  for (const one of looked) if (one.status === "rejected") log("error", "look-failed", { reason: String(one.reason) });
}

/** Ceremonies woken by one sweep; the platform allows 10,000 calls an invocation. */
const SWEEP_MAX = 1_000;

/** Everything keeps itself awake by its alarm; this brings back what has lost it, should the platform have given up on one. */
async function sweep(env: AgentEnv): Promise<void> {
  await env.LINK.getByName(LINK_NAME).start();
  await sweepMeshes(env);
  const open = await env.DIRECTORY.getByName(DIRECTORY_NAME).open(SWEEP_MAX);
  const woken = await Promise.allSettled(open.map((ceremony) => env.CEREMONY.getByName(ceremony).wake()));
  for (const one of woken) if (one.status === "rejected") log("error", "sweep-failed", { reason: String(one.reason) });
}
