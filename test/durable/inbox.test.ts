// A party's inbox at its NATS server: it keeps what was not taken, within its bounds, for one consumer.
import { AckPolicy, RetentionPolicy, type StreamInfo } from "nats.ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Party, Stack } from "./parties.ts";
import { arrive, asParty, labelled, numbered, startStack, TOPIC, until } from "./parties.ts";

let stack: Stack;
let alpha: Party;
let beta: Party;

beforeAll(async () => {
  stack = await startStack(["alpha", "beta"]);
  [alpha, beta] = Object.values(stack.parties) as [Party, Party];
  await Promise.all([alpha, beta].map((party) => until(party.health, ({ connected }) => connected)));
});

afterAll(() => stack.stop());

function inboxOf(party: Party): Promise<StreamInfo> {
  return asParty(party, async (connection) => (await connection.jetstreamManager()).streams.info("INBOX"));
}

describe("an inbox", () => {
  it("keeps what was not taken yet, and nothing else", async () => {
    await alpha.send(numbered("beta", "taken-off", 0, 50));
    await arrive(beta, "taken-off", 0, 50);
    const { state } = await until(
      () => inboxOf(beta),
      (info) => info.state.messages === 0,
    );
    expect(state.bytes).toBe(0);
  });

  it("has one consumer: nobody reads along, nor can another one hold back what this one took", async () => {
    await asParty(beta, async (connection) => {
      const manager = await connection.jetstreamManager();
      await expect(
        manager.consumers.add("INBOX", { durable_name: "tap", ack_policy: AckPolicy.Explicit }),
      ).rejects.toThrow("not allowed on workqueue stream");
    });
  });

  it("that is full refuses, and its senders keep what they have until there is room", async () => {
    await beta.stop();
    await asParty(beta, async (connection) => {
      await (await connection.jetstreamManager()).streams.update("INBOX", { max_bytes: 20_000 });
    });
    const texts = Array.from({ length: 20 }, (_, i) => `full-${i}`.padEnd(4_000, "."));
    await alpha.send(texts.map((text) => ({ peer: "beta", topic: TOPIC, key: text.slice(0, 8), text })));
    const { lanes, lastError } = await until(alpha.health, (health) =>
      health.lanes.some(({ peer, failures }) => peer === "beta" && failures > 0),
    );
    expect(lanes.find(({ peer }) => peer === "beta")?.rows).toBeGreaterThan(10);
    expect(lastError?.what).toContain("maximum bytes exceeded");
    expect((await inboxOf(beta)).state.bytes).toBeLessThanOrEqual(20_000);
    await beta.start();
    const frames = await until(beta.received, (all) => labelled(all, "full").length >= texts.length, 30_000);
    expect(new Set(labelled(frames, "full").map(({ text }) => text))).toEqual(new Set(texts));
  });

  it("of an older agent, which kept everything, is made anew", async () => {
    await beta.stop();
    await asParty(beta, async (connection) => {
      const manager = await connection.jetstreamManager();
      await manager.streams.delete("INBOX");
      await manager.streams.add({ name: "INBOX", subjects: ["inbox.>"], retention: RetentionPolicy.Limits });
    });
    await beta.start();
    await until(beta.health, ({ connected }) => connected);
    expect((await inboxOf(beta)).config).toMatchObject({
      retention: "workqueue",
      discard: "new",
      max_bytes: 268_435_456,
    });
    await alpha.send(numbered("beta", "anew", 0, 5));
    await arrive(beta, "anew", 0, 5);
  });
});
