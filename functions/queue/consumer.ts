// The stateless consumer: one message, one decision. Nothing is lost silently: what cannot be used is recorded with its code, and
// what fails for reasons of ours is tried again until the dead-letter queue takes it.
import { configOf } from "../../durable/config.ts";
import type { EdgeRefusal } from "../../durable/directory-object.ts";
import { type AgentEnv, DIRECTORY_NAME } from "../../durable/env.ts";
import { log } from "../../durable/log.ts";
import { refusalClass } from "../../shared/refusals.ts";
import { type Fault, fault } from "../../shared/result.ts";
import type { Answer } from "../hand-in.ts";
import { type Arrival, faultOf, ingest } from "../ingest.ts";
import { DISPOSITION, retryDelay } from "./disposition.ts";

/** Messages of the queue `observations`. */
export async function consumeObservations(batch: MessageBatch<unknown>, env: AgentEnv): Promise<void> {
  const config = configOf(env);
  if (!config.ok) return retryAll(batch.messages, config.fault);
  const arrivals = batch.messages.map((message) => readArrival(message.body));
  const answers = await ingest(
    env,
    config.value,
    arrivals.filter((arrival) => arrival !== null),
  );
  const kept: Kept[] = [];
  let next = 0;
  for (const [index, message] of batch.messages.entries()) {
    const arrival = arrivals[index] ?? null;
    const refusal = arrival === null ? fault("ROAD_UNKNOWN").fault : faultOf(answers[next++] as Answer);
    const disposition = refusal === null ? "ack" : DISPOSITION[refusalClass(refusal.code)];
    if (refusal === null || disposition === "ack") message.ack();
    else if (disposition === "retry") message.retry({ delaySeconds: retryDelay(message.attempts) });
    else kept.push({ message, refusal: refusalRow(refusal, arrival) });
  }
  await file(env, kept);
}

/** Dead letters: filed where people look, and acknowledged. */
export async function consumeDeadLetters(batch: MessageBatch<unknown>, env: AgentEnv): Promise<void> {
  const kept = batch.messages.map((message) => {
    const refusal = fault("INTERNAL", { request: message.id }).fault;
    return { message, refusal: refusalRow(refusal, readArrival(message.body)) };
  });
  await file(env, kept);
}

type Kept = { readonly message: Message<unknown>; readonly refusal: EdgeRefusal };

/** A message is done with only once its refusal is on record. */
async function file(env: AgentEnv, kept: readonly Kept[]): Promise<void> {
  if (kept.length === 0) return;
  try {
    await env.DIRECTORY.getByName(DIRECTORY_NAME).refuse(kept.map(({ refusal }) => refusal));
  } catch (error) {
    log("error", "refusals-not-filed", { reason: String(error) });
    for (const { message } of kept) message.retry({ delaySeconds: retryDelay(message.attempts) });
    return;
  }
  for (const { message } of kept) message.ack();
}

function retryAll(messages: readonly Message<unknown>[], { code, detail }: Fault): void {
  log("error", "agent-misconfigured", { code, path: detail.path, need: detail.need });
  for (const message of messages) message.retry({ delaySeconds: retryDelay(message.attempts) });
}

function readArrival(body: unknown): Arrival | null {
  if (typeof body !== "object" || body === null) return null;
  const { road, account, topic, frame } = body as Record<string, unknown>;
  if (road === "nats" && typeof account === "string" && typeof topic === "string" && frame instanceof Uint8Array)
    return { road, account, topic, frame };
  return road === "queue" && frame instanceof Uint8Array ? { road, account: null, topic: null, frame } : null;
}

function refusalRow({ code }: Fault, arrival: Arrival | null): EdgeRefusal {
  return {
    code,
    road: arrival?.road ?? "queue",
    account: arrival?.account ?? null,
    bytes: arrival?.frame.length ?? 0,
    atMs: Date.now(),
  };
}
