// An agent's consumer and its lists as they are, before a ceremony that cannot bear some frames.
import { DurableObject } from "cloudflare:workers";
import { Directory } from "../../durable/directory-object.ts";
import { type AgentEnv, DIRECTORY_NAME } from "../../durable/env.ts";
import { consumeDeadLetters, consumeObservations } from "../../functions/queue/consumer.ts";
import type { Receipt } from "../../shared/ceremony/effect.ts";

export { Directory };

export class Ceremony extends DurableObject {
  #taken = 0;

  submit(frames: readonly Uint8Array[]): readonly Receipt[] {
    if (frames.some((frame) => new TextDecoder("latin1").decode(frame).includes("poison"))) throw new Error("poisoned");
    this.#taken += frames.length;
    return frames.map(() => ({ id: "", verdict: "admitted", code: null, detail: {} }));
  }

  taken(): number {
    return this.#taken;
  }
}

export const worker = {
  async fetch(request: Request, env: AgentEnv): Promise<Response> {
    const name = new URL(request.url).pathname.slice(1);
    if (name === "refusals") return Response.json(await env.DIRECTORY.getByName(DIRECTORY_NAME).refusals(null, 200));
    const object = env.CEREMONY.getByName(name) as unknown as { taken: () => Promise<number> };
    return Response.json(await object.taken());
  },
  queue: (batch: MessageBatch<unknown>, env: AgentEnv) =>
    batch.queue.endsWith("-dead") ? consumeDeadLetters(batch, env) : consumeObservations(batch, env),
};
