// What the journal is given, and when what it was given leaves for others.
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { Outbox } from "../../durable/link-outbox.ts";
import { createTables } from "../../durable/link-schema.ts";
import { sqliteStorage } from "../support/sqlite-storage.ts";
import { manualBus, status } from "./manual-bus.ts";
import { until } from "./parties.ts";

let storage: DurableObjectStorage;

beforeEach(() => {
  storage = sqliteStorage();
  createTables(storage.sql);
});

describe("the journal", () => {
  const to = (peer: string, own: number | null) => ({ ...status("said"), key: `said ${own}`, peer, own });

  it("is given an own statement before anyone is, and to the others without waiting for the receipt", async () => {
    const { bus, published } = manualBus();
    const outbox = new Outbox(storage, () => bus);
    outbox.put([to("beta", null)], 1);
    outbox.pump();
    outbox.put([to("beta", 7), to("gamma", 7)], 1);
    outbox.pump();
    const all = ["to.beta.mesh.00ff", "own.mesh.00ff.7", "to.beta.mesh.00ff", "to.gamma.mesh.00ff"];
    expect(published.map(({ subject }) => subject)).toEqual(all);
    expect(new TextDecoder().decode(outbox.lastOwn("mesh.00ff") ?? undefined)).toBe("said");
    published[1]?.settle();
    await sleep(0);
    expect(outbox.lastOwn("mesh.00ff")).toBeNull();
    expect(published).toHaveLength(all.length);
  });

  it("sends nothing more of a statement that the journal did not take, nor of the next, before it has again", async () => {
    const { bus, published } = manualBus();
    const outbox = new Outbox(storage, () => bus);
    outbox.put([to("beta", 7)], 1);
    outbox.pump();
    published[0]?.settle(new Error("no receipt"));
    published[1]?.settle(new Error("no receipt"));
    await sleep(0);
    outbox.put([to("gamma", 7), to("gamma", 8), to("gamma", null)], 1);
    outbox.pump();
    expect(published.slice(2).map(({ subject }) => subject)).toEqual(["to.gamma.mesh.00ff"]);
    const sent = (count: number) =>
      until(
        async () => published.slice(3).map(({ subject }) => subject),
        (found) => found.length === count,
      );
    expect(await sent(1)).toEqual(["own.mesh.00ff.8"]); // the probe
    await sleep(0);
    published[3]?.settle();
    const rest = (await sent(5)).slice(1);
    expect(rest.toSorted()).toEqual([
      "own.mesh.00ff.7",
      ...["beta", "gamma", "gamma"].map((peer) => `to.${peer}.mesh.00ff`),
    ]);
    expect(rest.indexOf("own.mesh.00ff.7")).toBeLessThan(rest.indexOf("to.beta.mesh.00ff"));
  });

  it("is given again what a lost connection had, before anyone else is sent it", async () => {
    const { bus, published } = manualBus();
    const outbox = new Outbox(storage, () => bus);
    outbox.put([to("beta", 7)], 1);
    outbox.pump();
    outbox.resume();
    outbox.put([to("gamma", 7)], 1);
    outbox.pump();
    expect(published.map(({ subject }) => subject)).toEqual(["own.mesh.00ff.7", "to.beta.mesh.00ff"]);
    published[0]?.settle();
    await sleep(0);
    expect(published.at(-1)?.subject).toBe("to.gamma.mesh.00ff");
  });
});
