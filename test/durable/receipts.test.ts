// Receipts of what was published: each to its own, refusals as errors, and none for ever.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Receipts } from "../../durable/nats-receipts.ts";

const answer = (json: unknown, code = 0) => ({ code, json: () => json });

describe("receipts", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("come to whoever waits for each, in any order", async () => {
    const receipts = new Receipts(1_000);
    const [first, second] = [receipts.next(), receipts.next()];
    receipts.take(second.token, answer({ stream: "INBOX", seq: 2 }));
    await second.receipt;
    receipts.take("unknown", answer({ stream: "INBOX" }));
    receipts.take(first.token, answer({ error: { description: "maximum bytes exceeded" } }));
    await expect(first.receipt).rejects.toThrow("maximum bytes exceeded");
  });

  it.each([
    ["nobody takes that subject", answer({}, 503)],
    ["the answer is not a receipt of a stream", answer({})],
    ["the answer is not a receipt of a stream", answer(null)],
    ["the stream refused the message", answer({ error: {} })],
  ])("say that %s", async (what, given) => {
    const receipts = new Receipts(1_000);
    const { token, receipt } = receipts.next();
    receipts.take(token, given);
    await expect(receipt).rejects.toThrow(what);
  });

  it("are given up one after the other, each after its time, and all with the connection", async () => {
    const receipts = new Receipts(1_000);
    const failed: string[] = [];
    const next = (name: string) => void receipts.next().receipt.catch(() => failed.push(name));
    next("first");
    await vi.advanceTimersByTimeAsync(600);
    next("second");
    await vi.advanceTimersByTimeAsync(400);
    expect(failed).toEqual(["first"]);
    await vi.advanceTimersByTimeAsync(600);
    expect(failed).toEqual(["first", "second"]);
    next("third");
    receipts.fail(new Error("closed"));
    await vi.advanceTimersByTimeAsync(0);
    expect([failed, vi.getTimerCount()]).toEqual([["first", "second", "third"], 0]);
  });
});
