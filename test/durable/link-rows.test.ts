// The link's two halves against real SQLite and a bus and queue made to fail: what a server cannot be asked to do on cue.
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import type { Bus, Delivery } from "../../durable/bus.ts";
import type { InboundFrame } from "../../durable/link-inbound.ts";
import { gather, handOn } from "../../durable/link-inbound.ts";
import { Outbox } from "../../durable/link-outbox.ts";
import { counted, createTables, lastHeard, lastTrouble, listRefused, noteRefused } from "../../durable/link-schema.ts";
import { Unwritten } from "../../durable/link-unwritten.ts";
import { FRAME_BYTES_MAX } from "../../shared/limits.ts";
import { sqliteStorage } from "../support/sqlite-storage.ts";
import { manualBus, status } from "./manual-bus.ts";
import { until } from "./parties.ts";

let storage: DurableObjectStorage;

beforeEach(() => {
  storage = sqliteStorage();
  createTables(storage.sql);
});

describe("the outbox", () => {
  it("sends a row again when it was replaced while its predecessor was in flight", async () => {
    const { bus, published } = manualBus();
    const outbox = new Outbox(storage, () => bus);
    outbox.put([status("old")], 1);
    outbox.pump();
    outbox.put([status("new")], 2);
    outbox.pump();
    expect(published.map(({ text }) => text)).toEqual(["old"]);
    published[0]?.settle();
    await until(
      async () => published,
      (all) => all.length === 2,
    );
    expect(published[1]).toMatchObject({ text: "new", subject: "to.beta.mesh.00ff" });
    expect(published[1]?.msgId).not.toBe(published[0]?.msgId);
    published[1]?.settle();
    await until(
      async () => outbox.lanes(),
      (lanes) => lanes.length === 0,
    );
  });

  it("keeps the message id over retries and over an identical frame, so that a stream can drop the repetition", async () => {
    const { bus, published } = manualBus();
    const outbox = new Outbox(storage, () => bus);
    outbox.put([status("same")], 1);
    outbox.pump();
    outbox.put([status("same")], 2);
    published[0]?.settle(new Error("no receipt"));
    await until(
      async () => published,
      (all) => all.length === 2,
    );
    expect(published[1]?.msgId).toBe(published[0]?.msgId);
    expect(lastTrouble(storage.sql)?.what).toBe("publish to beta: no receipt");
  });

  it("probes with one row after a failure and opens the window on its receipt", async () => {
    const { bus, published } = manualBus();
    const outbox = new Outbox(storage, () => bus);
    const items = Array.from({ length: 100 }, (_, i) => ({ ...status(`frame ${i}`), key: String(i) }));
    outbox.put(items, 1);
    outbox.pump();
    expect(published).toHaveLength(32);
    for (const publication of published) publication.settle(new Error("down"));
    await sleep(0);
    outbox.pump();
    expect(published).toHaveLength(32);
    await until(
      async () => published.length,
      (n) => n > 32,
    );
    expect(published).toHaveLength(33);
    published[32]?.settle();
    await until(
      async () => published.length,
      (n) => n === 65,
    );
  });

  it("keeps a frame once, however many it goes to, and no longer than somebody waits for it", async () => {
    const { bus, published } = manualBus();
    const outbox = new Outbox(storage, () => bus);
    const bodies = () => storage.sql.exec("SELECT id FROM bodies").toArray().length;
    const same = { ...status("same"), own: 3 };
    outbox.put([same, { ...same, peer: "gamma" }, { ...status("other"), key: "other" }], 1);
    expect(bodies()).toBe(2);
    outbox.pump();
    for (const wait of [1, 2, 4]) {
      for (const { settle } of published) settle();
      await until(
        async () => published.length,
        (n) => n >= wait,
      );
    }
    for (const { settle } of published) settle();
    await until(
      async () => bodies(),
      (n) => n === 0,
    );
    expect(published.map(({ subject, text }) => `${subject} ${text}`).sort()).toEqual([
      "own.mesh.00ff.3 same",
      "to.beta.mesh.00ff other",
      "to.beta.mesh.00ff same",
      "to.gamma.mesh.00ff same",
    ]);
  });

  it("brings over what an earlier build left unsent, beside what waits when it had run once more", () => {
    new Outbox(storage, () => undefined).put([status("replaced"), { ...status("waits"), key: "other" }], 1);
    storage.sql.exec(
      "CREATE TABLE outbox (id INTEGER PRIMARY KEY, peer, topic, key, frame, msg_id, attempts, due, stored)",
    );
    storage.sql.exec("INSERT INTO outbox VALUES (1, 'beta', 'mesh.00ff', 'status', x'6869', 'm', 0, 0, 1)");
    createTables(storage.sql);
    createTables(storage.sql);
    const { bus, published } = manualBus();
    new Outbox(storage, () => bus).resume();
    expect(published.map(({ text }) => text).sort()).toEqual(["hi", "waits"]);
    expect(published.find(({ text }) => text === "hi")?.msgId).toBe("m");
  });

  it("reads its rows once for all that leave and arrive", async () => {
    const { bus, published } = manualBus();
    let reads = 0;
    const exec = (...args: Parameters<SqlStorage["exec"]>) => {
      if (args[0].includes("AS held")) reads++;
      return storage.sql.exec(...args);
    };
    const transactionSync = <T>(work: () => T) => work();
    const outbox = new Outbox({ sql: { exec }, transactionSync } as unknown as DurableObjectStorage, () => bus);
    outbox.put(
      [..."abcdefgh"].map((key) => ({ ...status(key), key })),
      1,
    );
    outbox.pump();
    expect(published).toHaveLength(8);
    for (const { settle } of published) settle();
    await sleep(0);
    outbox.pump();
    expect(reads).toBe(2); // of the peer's lane and the journal's
  });

  it("writes once for many receipts, and sends no row again meanwhile", async () => {
    const { bus, published } = manualBus();
    let written = 0;
    const transactionSync = <T>(work: () => T) => [work(), written++][0];
    const counting = { sql: storage.sql, transactionSync } as unknown as DurableObjectStorage;
    const outbox = new Outbox(counting, () => bus);
    outbox.put(
      [..."abcdefgh"].map((key) => ({ ...status(key), key, peer: `peer-${key}`, own: 1 })),
      1,
    );
    outbox.pump();
    for (let settled = 0; settled < 16; await sleep(0))
      for (const publication of published.slice(settled)) {
        publication.settle();
        settled++;
      }
    outbox.pump();
    expect([published.length, written]).toEqual([16, 1]);
    expect(outbox.lanes()).toEqual([]);
    expect([written, counted(storage.sql).SENT]).toEqual([2, 8]);
  });

  it("gives up a row after a week, and counts it", () => {
    const outbox = new Outbox(storage, () => undefined);
    const week = 7 * 86_400_000;
    outbox.put([{ ...status("old"), key: "old" }], 1_000);
    outbox.put([{ ...status("young"), key: "young" }], 2_000);
    outbox.expire(week + 1_500);
    expect(outbox.lanes()).toEqual([{ peer: "beta", rows: 1, failures: 0 }]);
    expect(counted(storage.sql)).toEqual({ OUTBOX_EXPIRED: 1 });
  });

  it("sends nothing without a bus, and everything once there is one", () => {
    const { bus, published } = manualBus();
    let present: Bus | undefined;
    const outbox = new Outbox(storage, () => present);
    outbox.put([status("waiting")], 1);
    outbox.pump();
    expect(published).toEqual([]);
    present = bus;
    outbox.resume();
    expect(published.map(({ text }) => text)).toEqual(["waiting"]);
  });
});

describe("handing on", () => {
  const verdicts: string[] = [];
  let unwritten: Unwritten;

  function delivery(subject: string, bytes: number): Delivery {
    const say = (verdict: string) => () => void verdicts.push(verdict);
    return { subject, data: new Uint8Array(bytes), ack: say("ack"), retry: say("retry"), deadLetter: say("dead") };
  }

  function queue(take: (bodies: InboundFrame[]) => Promise<void>): Queue<InboundFrame> {
    const sendBatch = (messages: Iterable<{ body: InboundFrame }>) => take([...messages].map(({ body }) => body));
    return { sendBatch } as unknown as Queue<InboundFrame>;
  }

  beforeEach(() => {
    verdicts.length = 0;
    unwritten = new Unwritten(storage);
  });

  it("acknowledges nothing before the queue has taken it", async () => {
    let taken = () => undefined as unknown;
    const waiting = queue(() => new Promise<void>((resolve) => (taken = resolve)));
    const handing = handOn([delivery("inbox.BETA.mesh.00ff", 10)], storage.sql, waiting, unwritten);
    await sleep(10);
    expect(verdicts).toEqual([]);
    void taken();
    await handing;
    expect(verdicts).toEqual(["ack"]);
    unwritten.write();
    expect(Object.keys(lastHeard(storage.sql))).toEqual(["BETA"]);
  });

  it("gathers what comes within a moment, unless much has come already", async () => {
    const later = [delivery("inbox.BETA.mesh.00ff", 2)];
    const bus = { pull: async (max: number, expiresMs: number) => later.splice(0, 1 + max + expiresMs) };
    const many = Array.from({ length: 16 }, () => delivery("inbox.BETA.mesh.00ff", 1));
    const few = many.slice(0, 1);
    await Promise.all([gather(many, bus), gather([], bus)]);
    expect([many.length, later.length]).toEqual([16, 1]);
    await gather(few, bus);
    expect(few.map(({ data }) => data.length)).toEqual([1, 2]);
  });

  it("asks for another delivery when the queue refuses", async () => {
    const refusing = queue(() => Promise.reject(new Error("Too Many Requests")));
    await handOn([delivery("inbox.BETA.mesh.00ff", 10)], storage.sql, refusing, unwritten);
    expect(verdicts).toEqual(["retry"]);
    expect(lastTrouble(storage.sql)?.what).toBe("hand on to the queue: Too Many Requests");
    expect(lastHeard(storage.sql)).toEqual({});
  });

  it("stays within the queue's limits and carries no neighbour's bytes", async () => {
    const batches: InboundFrame[][] = [];
    const sizes = [...Array.from({ length: 7 }, () => FRAME_BYTES_MAX), ...Array.from({ length: 250 }, () => 100)];
    const taking = queue(async (bodies) => void batches.push(bodies));
    await handOn(
      sizes.map((bytes) => delivery("inbox.BETA.mesh.00ff", bytes)),
      storage.sql,
      taking,
      unwritten,
    );
    expect(batches.flat()).toHaveLength(sizes.length);
    for (const batch of batches) {
      expect(batch.length).toBeLessThanOrEqual(100);
      expect(batch.reduce((total, { frame }) => total + frame.buffer.byteLength, 0)).toBeLessThan(250_000);
    }
    unwritten.write();
    expect(counted(storage.sql).RECEIVED).toBe(sizes.length);
  });

  it("dead-letters what it refuses and keeps a bounded record of it", async () => {
    const untouched = queue(() => Promise.reject(new Error("nothing may come here")));
    await handOn(
      [delivery("inbox.BETA.mesh.00ff", FRAME_BYTES_MAX + 1), delivery("inbox.BETA", 1)],
      storage.sql,
      untouched,
      unwritten,
    );
    expect(verdicts).toEqual(["dead", "dead"]);
    expect(listRefused(storage.sql).map(({ code }) => code)).toEqual(["SUBJECT_MALFORMED", "FRAME_TOO_LARGE"]);
    for (let i = 0; i < 1_000; i++) {
      noteRefused(storage.sql, { code: "FRAME_TOO_LARGE", subject: "s".repeat(5_000), bytes: i, atMs: i });
    }
    expect(listRefused(storage.sql)).toHaveLength(256);
    expect(listRefused(storage.sql)[0]?.subject).toHaveLength(200);
  });
});
