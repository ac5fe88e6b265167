// The link between parties over a real nats-server: stamped delivery, and nothing lost whatever is stopped in between.
import { setTimeout as sleep } from "node:timers/promises";
import { headers } from "nats.ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FRAME_BYTES_MAX } from "../../shared/limits.ts";
import type { ReceivedFrame } from "./link-worker.ts";
import type { Party, Stack } from "./parties.ts";
import { arrive, asParty, labelled, numbered, startStack, TOPIC, until } from "./parties.ts";

let stack: Stack;
let alpha: Party;
let beta: Party;
let gamma: Party;

beforeAll(async () => {
  stack = await startStack(["alpha", "beta", "gamma"]);
  const { alpha: a, beta: b, gamma: c } = stack.parties;
  if (a === undefined || b === undefined || c === undefined) throw new Error("three parties were started");
  [alpha, beta, gamma] = [a, b, c];
  await Promise.all([alpha, beta, gamma].map((party) => until(party.health, ({ connected }) => connected)));
});

afterAll(() => stack.stop());

/** How many different frames there are; repetitions are allowed after a failure, and the ceremony drops them by id. */
function distinct(frames: readonly ReceivedFrame[]): number {
  return new Set(frames.map(({ text }) => text)).size;
}

async function drained(party: Party, withinMs?: number): Promise<void> {
  await until(party.health, ({ outbox }) => outbox === 0, withinMs);
}

describe("delivery", () => {
  it("brings each frame once, under the account that the server stamped", async () => {
    expect(await alpha.send(numbered("beta", "plain", 0, 300))).toEqual({ stored: 300, refused: [] });
    const frames = await arrive(beta, "plain", 0, 300);
    expect(frames).toHaveLength(300);
    expect(new Set(frames.map(({ account, topic }) => `${account} ${topic}`))).toEqual(new Set([`ALPHA ${TOPIC}`]));
    await drained(alpha);
    expect((await beta.health()).lastHeardMs.ALPHA).toBeGreaterThan(Date.now() - 60_000);
    expect(labelled(await gamma.received(), "plain")).toEqual([]);
  });

  it("takes milliseconds, not the period of a poll or of an alarm", async () => {
    const delays: number[] = [];
    for (let i = 0; i < 20; i++) {
      const sentMs = Date.now();
      await alpha.send(numbered("beta", "timed", i, i + 1));
      const frames = await arrive(beta, "timed", i, i + 1);
      delays.push((frames.at(-1)?.atMs ?? 0) - sentMs);
    }
    delays.sort((a, b) => a - b);
    expect(delays[10]).toBeLessThan(100);
  });

  it("does not let a peer that cannot be reached hold up another", async () => {
    await alpha.send([...numbered("nobody", "lost", 0, 100), ...numbered("beta", "other", 0, 10)]);
    await arrive(beta, "other", 0, 10);
    const { lanes, lastError } = await until(alpha.health, (health) =>
      health.lanes.some(({ failures }) => failures > 0),
    );
    expect(lanes).toMatchObject([{ peer: "nobody", rows: 100 }]);
    expect(lastError?.what).toMatch(/^publish to nobody: /);
  });
});

describe("the journal", () => {
  const said = (own: number) => ({ peer: "beta", topic: TOPIC, key: `own-${own}`, text: `own-${own}`, own });

  it("keeps a party's own statements outside its storage, and gives back the one of the highest number", async () => {
    expect(await alpha.recall(TOPIC)).toEqual([]);
    await alpha.send([10, 9, 2].map(said));
    await arrive(beta, "own", 9, 11);
    // Sent again by a repair: its place in the stream is the newest, its number is not.
    await alpha.send([said(2)]);
    await until(alpha.health, ({ lanes }) => lanes.every(({ peer }) => peer === "nobody"));
    expect(await alpha.recall(TOPIC)).toEqual(["own-10"]);
    expect(await alpha.recall("mesh.00fe")).toEqual([]);
  });

  it("is closed to other accounts", async () => {
    await asParty(gamma, async (connection) => {
      await connection.request(`own.${TOPIC}.11`, new Uint8Array(1));
      await expect(connection.request(`to.alpha.own.${TOPIC}.11`, new Uint8Array(1))).resolves.toBeDefined();
    });
    expect(await alpha.recall(TOPIC)).toEqual(["own-10"]);
  });
});

describe("a draining link", () => {
  it("sends what waits and takes nothing in, over a restart too, until it goes on", async () => {
    expect((await alpha.drain(true)).draining).toBe(true);
    await beta.send(numbered("alpha", "inbound", 0, 5));
    await alpha.send(numbered("beta", "outbound", 0, 5));
    await arrive(beta, "outbound", 0, 5);
    await until(beta.health, ({ outbox }) => outbox === 0);
    await until(alpha.health, ({ lanes }) => lanes.every(({ peer }) => peer === "nobody"));
    await alpha.stop();
    await alpha.start();
    await until(alpha.health, ({ connected }) => connected);
    await sleep(500);
    expect((await alpha.health()).draining).toBe(true);
    expect(labelled(await alpha.received(), "inbound")).toEqual([]);
    expect((await alpha.drain(false)).draining).toBe(false);
    // What was asked for before the drain began was put off until that request was over.
    expect(distinct(await arrive(alpha, "inbound", 0, 5, 20_000))).toBe(5);
  });
});

describe("what another account can do", () => {
  it("cannot speak as somebody else", async () => {
    await asParty(gamma, async (connection) => {
      const data = new TextEncoder().encode("spoof-0");
      // Inside its own account this subject is its own inbox; beta's is behind the import only.
      await connection.request(`inbox.ALPHA.${TOPIC}`, data);
      await expect(connection.request(`to.beta.inbox.ALPHA.${TOPIC}`, data)).resolves.toBeDefined();
      await connection.request(`to.beta.${TOPIC}`, data);
    });
    const frames = await arrive(beta, "spoof", 0, 1);
    expect(frames.map(({ account }) => account)).toEqual(["GAMMA"]);
    await until(beta.refused, (refused) =>
      refused.some(({ subject }) => subject === `inbox.GAMMA.inbox.ALPHA.${TOPIC}`),
    );
  });

  it("cannot administer another's stream: what it asks is only one more message", async () => {
    const messages = () =>
      asParty(beta, async (connection) => {
        const { state } = await (await connection.jetstreamManager()).streams.info("INBOX");
        return state.last_seq;
      });
    const before = await messages();
    await asParty(gamma, (connection) => connection.request("to.beta.$JS.API.STREAM.PURGE.INBOX", new Uint8Array()));
    expect(await messages()).toBe(before + 1);
  });

  it("is refused with a record when a frame is too large or a subject malformed", async () => {
    const before = await beta.health();
    await asParty(gamma, async (connection) => {
      await connection.request(`to.beta.${TOPIC}`, new Uint8Array(FRAME_BYTES_MAX + 1));
      await connection.request("to.beta.three.tokens.here", new Uint8Array(1));
      const beyond = await connection.request(`to.beta.${TOPIC}`, new Uint8Array(2 * FRAME_BYTES_MAX));
      expect(beyond.json<{ error: { description: string } }>().error.description).toContain(
        "message size exceeds maximum",
      );
      await connection.request(`to.beta.${TOPIC}`, new TextEncoder().encode("after-0"));
    });
    await arrive(beta, "after", 0, 1);
    const refused = await until(beta.refused, (rows) => rows.some(({ bytes }) => bytes === FRAME_BYTES_MAX + 1));
    expect(refused.find(({ bytes }) => bytes === FRAME_BYTES_MAX + 1)?.code).toBe("FRAME_TOO_LARGE");
    expect(refused.find(({ subject }) => subject === "inbox.GAMMA.three.tokens.here")?.code).toBe("SUBJECT_MALFORMED");
    const after = await beta.health();
    expect(after.counts.FRAME_TOO_LARGE).toBe((before.counts.FRAME_TOO_LARGE ?? 0) + 1);
  });

  it("cannot suppress a frame by using its message id first", async () => {
    await asParty(gamma, async (connection) => {
      for (const id of ["stolen-0", "ALPHA:stolen-0"]) {
        const meta = headers();
        meta.set("Nats-Msg-Id", id);
        await connection.request(`to.beta.${TOPIC}`, new TextEncoder().encode("junk"), {
          headers: meta,
          timeout: 1_000,
        });
      }
    });
    await alpha.send(numbered("beta", "stolen", 0, 1));
    expect(distinct(await arrive(beta, "stolen", 0, 1))).toBe(1);
  });
});

describe("what the sender itself refuses", () => {
  it("stores nothing that could never be delivered", async () => {
    const text = "x".repeat(FRAME_BYTES_MAX + 1);
    const report = await alpha.send([
      { peer: "beta", topic: TOPIC, key: "large", text },
      { peer: "be.ta", topic: TOPIC, key: "peer", text: "x" },
      { peer: "beta", topic: "mesh.>", key: "topic", text: "x" },
      { peer: "beta", topic: TOPIC, key: "largest", text: text.slice(1) },
    ]);
    expect(report.refused.map(({ key, code }) => `${key} ${code}`)).toEqual([
      "large FRAME_TOO_LARGE",
      "peer SUBJECT_MALFORMED",
      "topic SUBJECT_MALFORMED",
    ]);
    expect(report.stored).toBe(1);
    await until(beta.received, (frames) => frames.some((frame) => frame.text.length === FRAME_BYTES_MAX));
  });

  it("hands on a burst of the largest frames, within the limits of the queue", async () => {
    const texts = Array.from({ length: 12 }, (_, i) => `big-${i}`.padEnd(FRAME_BYTES_MAX, "."));
    await alpha.send(texts.map((text) => ({ peer: "gamma", topic: TOPIC, key: text.slice(0, 8), text })));
    const frames = await until(gamma.received, (all) => labelled(all, "big").length === texts.length);
    expect(new Set(labelled(frames, "big").map(({ text }) => text))).toEqual(new Set(texts));
  });
});

describe("when something stops", () => {
  it("keeps what is sent while the server is down, and replaces statuses by key", async () => {
    await stack.nats.kill();
    await until(alpha.health, ({ connected }) => !connected);
    await alpha.send(numbered("beta", "down", 0, 200));
    for (const text of ["status-old", "status-older", "status-new"]) {
      await alpha.send([{ peer: "beta", topic: TOPIC, key: "status", text }]);
    }
    await sleep(2_000);
    expect((await alpha.health()).lanes).toContainEqual(expect.objectContaining({ peer: "beta", rows: 201 }));
    await stack.nats.restart();
    expect(distinct(await arrive(beta, "down", 0, 200, 20_000))).toBe(200);
    await until(alpha.health, ({ lanes }) => lanes.every(({ peer }) => peer === "nobody"));
    const frames = await until(beta.received, (all) => labelled(all, "status").length > 0);
    expect(labelled(frames, "status").map(({ text }) => text)).toEqual(["status-new"]);
  });

  it("loses nothing when the server is killed in the middle of traffic", async () => {
    for (let i = 0; i < 20; i++) {
      await alpha.send(numbered("beta", "killed", i * 20, i * 20 + 20));
      if (i === 8) await stack.nats.kill();
      if (i === 14) await stack.nats.restart();
    }
    // A delivery that was on its way when the server died comes again after the acknowledgement wait of 30 s.
    expect(distinct(await arrive(beta, "killed", 0, 400, 60_000))).toBe(400);
  });

  it("heals when the server froze with its connections open", async () => {
    await alpha.send(numbered("beta", "frozen", 0, 20));
    stack.nats.freeze();
    await alpha.send(numbered("beta", "frozen", 20, 60));
    await sleep(12_000);
    stack.nats.thaw();
    await alpha.send(numbered("beta", "frozen", 60, 80));
    expect(distinct(await arrive(beta, "frozen", 0, 80, 60_000))).toBe(80);
    await until(
      alpha.health,
      ({ connected, lanes }) => connected && lanes.every(({ peer }) => peer === "nobody"),
      30_000,
    );
  });

  it("notices a freeze that lasts, and dials anew after it", async () => {
    stack.nats.freeze();
    await until(alpha.health, ({ connected }) => !connected, 40_000);
    await alpha.send(numbered("beta", "stale", 0, 20));
    stack.nats.thaw();
    expect(distinct(await arrive(beta, "stale", 0, 20, 60_000))).toBe(20);
  });
});

describe("when an agent stops", () => {
  it("sends after a restart what it had stored before", async () => {
    await stack.nats.kill();
    await alpha.send(numbered("gamma", "stored", 0, 50));
    await alpha.stop();
    await stack.nats.restart();
    await alpha.start();
    expect(distinct(await arrive(gamma, "stored", 0, 50, 20_000))).toBe(50);
  });

  it("receives after a restart what was sent to it meanwhile", async () => {
    await beta.stop();
    await alpha.send(numbered("beta", "away", 0, 150));
    await until(alpha.health, ({ lanes }) => lanes.every(({ peer }) => peer === "nobody"));
    await beta.start();
    expect(distinct(await arrive(beta, "away", 0, 150, 20_000))).toBe(150);
  });

  it("receives again what a crashed predecessor had taken and not acknowledged", async () => {
    await gamma.stop();
    await alpha.send(numbered("gamma", "taken", 0, 10));
    await until(alpha.health, ({ lanes }) => lanes.every(({ peer }) => peer === "nobody"));
    const taken = await asParty(gamma, async (connection) => {
      const messages = await (await connection.jetstream().consumers.get("INBOX", "agent")).fetch({
        max_messages: 10,
        expires: 2_000,
      });
      let seen = 0;
      for await (const _ of messages) seen += 1;
      return seen;
    });
    expect(taken).toBe(10);
    await gamma.start();
    expect(distinct(await arrive(gamma, "taken", 0, 10, 60_000))).toBe(10);
  });
});
