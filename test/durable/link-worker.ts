// The smallest agent that exercises the link: it sends on request, and records what its queue hands it.
import { DurableObject } from "cloudflare:workers";
import type { InboundFrame } from "../../durable/link-inbound.ts";
import type { LinkEnv } from "../../durable/link-object.ts";
import { Link } from "../../durable/link-object.ts";

export { Link };

export type SentItem = {
  readonly peer: string;
  readonly topic: string;
  readonly key: string;
  readonly text: string;
  readonly own?: number;
};
export type ReceivedFrame = {
  readonly account: string;
  readonly topic: string;
  readonly text: string;
  readonly atMs: number;
};

interface TestEnv extends LinkEnv {
  readonly LINK: DurableObjectNamespace<Link>;
  readonly RECORDER: DurableObjectNamespace<Recorder>;
}

export class Recorder extends DurableObject<TestEnv> {
  constructor(ctx: DurableObjectState, env: TestEnv) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS frames (account TEXT, topic TEXT, text TEXT, atMs INTEGER)");
  }

  record(frames: readonly ReceivedFrame[]): void {
    const { sql } = this.ctx.storage;
    for (const { account, topic, text, atMs } of frames)
      sql.exec("INSERT INTO frames VALUES (?, ?, ?, ?)", account, topic, text, atMs);
  }

  received(): ReceivedFrame[] {
    return this.ctx.storage.sql.exec<ReceivedFrame>("SELECT * FROM frames").toArray();
  }
}

async function answer(request: Request, env: TestEnv): Promise<unknown> {
  const link = env.LINK.getByName("link");
  switch (new URL(request.url).pathname) {
    case "/send": {
      const items = await request.json<SentItem[]>();
      const encoder = new TextEncoder();
      return link.send(
        items.map(({ peer, topic, key, text, own }) => ({
          peer,
          topic,
          key,
          frame: encoder.encode(text),
          own: own ?? null,
        })),
      );
    }
    case "/health":
      return link.health();
    case "/drain":
      return link.drain(await request.json<boolean>());
    case "/recall": {
      const decoder = new TextDecoder();
      return (await link.recall(await request.json<string>())).map((frame) => decoder.decode(frame));
    }
    case "/refused":
      return link.refused();
    default:
      return env.RECORDER.getByName("recorder").received();
  }
}

/** The bundle's entry makes it the default export, where the runtime looks for handlers. */
export const worker = {
  async fetch(request: Request, env: TestEnv): Promise<Response> {
    return Response.json(await answer(request, env));
  },
  async queue(batch: MessageBatch<InboundFrame>, env: TestEnv): Promise<void> {
    const atMs = Date.now();
    const decoder = new TextDecoder();
    const frames = batch.messages.map(({ body }) => ({
      account: body.account,
      topic: body.topic,
      text: decoder.decode(body.frame),
      atMs,
    }));
    await env.RECORDER.getByName("recorder").record(frames);
  },
};
