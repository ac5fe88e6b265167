// Frames that their ceremony cannot bear, on a real queue: they end among the dead letters, and hold up nobody.
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentVariables } from "../support/agent-env.ts";
import { bundleWorker } from "../support/bundle-worker.ts";
import { contributionFrame } from "../support/frames.ts";
import { testParties, testParty } from "../support/parties.ts";
import { until } from "./parties.ts";

const one = "11".repeat(32);
const two = "22".repeat(32);
const bolt = testParty("bolt");
let miniflare: Miniflare;

beforeAll(async () => {
  miniflare = new Miniflare({
    modules: true,
    script: await bundleWorker(
      'export { Ceremony, Directory, worker as default } from "./poison-worker.ts";',
      import.meta.dirname,
    ),
    compatibilityDate: "2026-07-30",
    compatibilityFlags: ["nodejs_compat"],
    durableObjects: {
      CEREMONY: { className: "Ceremony", useSQLite: true },
      DIRECTORY: { className: "Directory", useSQLite: true },
    },
    bindings: { ...agentVariables(testParty("acme"), testParties(3)) },
    queueProducers: { OBSERVATIONS: { queueName: "seen" } },
    queueConsumers: {
      seen: { maxBatchSize: 100, maxBatchTimeout: 0, maxRetries: 1, deadLetterQueue: "seen-dead" },
      "seen-dead": { maxBatchSize: 100, maxBatchTimeout: 0 },
    },
  });
  await miniflare.ready;
});

afterAll(() => miniflare?.dispose());

async function ask<T>(path: string): Promise<T> {
  return (await (await miniflare.dispatchFetch(`http://agent/${path}`)).json()) as T;
}

describe("six poison frames", () => {
  it("do not delay the good ones behind them, and are on record in the end", async () => {
    const queue = await miniflare.getQueueProducer<unknown>("OBSERVATIONS");
    const body = (ceremony: string, seat: number, choice: string) => ({
      body: { road: "queue", frame: contributionFrame(bolt, ceremony, seat, choice) },
      contentType: "v8" as const,
    });
    const poison = Array.from({ length: 6 }, (_, seat) => body(one, seat, "poison"));
    const good = [body(one, 7, "approve"), body(two, 1, "approve"), body(two, 2, "approve")];
    // The consumer and both objects run before the clock does.
    await queue.sendBatch([body(one, 9, "approve"), body(two, 9, "approve")]);
    const taken = (own: number, other: number) =>
      until(
        () => Promise.all([ask<number>(one), ask<number>(two)]),
        ([first, second]) => first === own && second === other,
      );
    await taken(1, 1);
    const sentMs = Date.now();
    await queue.sendBatch([...poison, ...good]);
    await taken(2, 3);
    expect(Date.now() - sentMs).toBeLessThan(1_000);
    const refusals = await until(
      () => ask<{ code: string }[]>("refusals"),
      (rows) => rows.length >= 6,
    );
    expect(refusals.map(({ code }) => code)).toEqual(Array.from({ length: 6 }, () => "INTERNAL"));
  });
});
