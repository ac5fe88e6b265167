// The stateless consumer: one message, one decision. Nothing is lost silently: what cannot be used is recorded with its code, and
// what fails for reasons of ours is tried again until the dead-letter queue takes it.
import { type AgentConfig, readConfig } from "../../durable/config.ts";
import type { EdgeRefusal } from "../../durable/directory-object.ts";
import { type AgentEnv, DIRECTORY_NAME } from "../../durable/env.ts";
import { refusalClass } from "../../shared/refusals.ts";
import { type Fault, fault } from "../../shared/result.ts";
import { type Answer, type Arrival, faultOf, ingest } from "../ingest.ts";
import { DISPOSITION, retryDelay } from "./disposition.ts";

/** Messages of the queue `observations`. */
export async function consumeObservations(batch: MessageBatch<unknown>, env: AgentEnv): Promise<void> {
  const config = readConfig(env);
  if (!config.ok) return retryAll(batch, config.fault);
  const arrivals = batch.messages.map((message) => readArrival(message.body));
  const usable = arrivals.filter((arrival) => arrival !== null);
  const answers = await answer(env, config.value, usable);
  const refusals: EdgeRefusal[] = [];
  let next = 0;
  for (const [index, message] of batch.messages.entries()) {
    const arrival = arrivals[index] ?? null;
    const refusal = arrival === null ? fault("ROAD_UNKNOWN").fault : faultOf(answers[next++] as Answer);
    if (refusal === null || DISPOSITION[refusalClass(refusal.code)] === "ack") message.ack();
    else if (DISPOSITION[refusalClass(refusal.code)] === "retry")
      message.retry({ delaySeconds: retryDelay(message.attempts) });
    else {
      refusals.push(refusalRow(refusal, arrival));
      message.ack();
    }
  }
  if (refusals.length > 0) await env.DIRECTORY.getByName(DIRECTORY_NAME).refuse(refusals);
}

/** Dead letters: filed where people look, and acknowledged. */
export async function consumeDeadLetters(batch: MessageBatch<unknown>, env: AgentEnv): Promise<void> {
  const refusals = batch.messages.map((message) =>
    refusalRow(fault("INTERNAL", { request: message.id }).fault, readArrival(message.body)),
  );
  await env.DIRECTORY.getByName(DIRECTORY_NAME).refuse(refusals);
  batch.ackAll();
}

async function answer(env: AgentEnv, config: AgentConfig, arrivals: readonly Arrival[]): Promise<readonly Answer[]> {
  try {
    return await ingest(env, config, arrivals);
  } catch (error) {
    console.error({ event: "ingest-failed", reason: String(error) });
    const failed: Answer = { refusal: fault("INTERNAL", { request: "queue" }).fault };
    return arrivals.map(() => failed);
  }
}

function retryAll(batch: MessageBatch<unknown>, { code, detail }: Fault): void {
  console.error({ event: "agent-misconfigured", code, detail });
  for (const message of batch.messages) message.retry({ delaySeconds: retryDelay(message.attempts) });
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
