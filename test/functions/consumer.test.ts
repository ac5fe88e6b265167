// The queue's consumer: one message, one fate. What fails in one ceremony fails there alone, and a chain is verified once.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Party } from "../../cli/stack/party.ts";
import type { EdgeRefusal } from "../../durable/directory-object.ts";
import type { AgentEnv } from "../../durable/env.ts";
import { consumeObservations } from "../../functions/queue/consumer.ts";
import type { Receipt } from "../../shared/ceremony/effect.ts";
import { agentVariables } from "../support/agent-env.ts";
import { contributionFrame } from "../support/frames.ts";
import { testParties } from "../support/parties.ts";

const parties = testParties(3);
const [acme, bolt] = parties as readonly [Party, Party, Party];
const one = "11".repeat(32);
const two = "22".repeat(32);

type Submit = (frames: readonly Uint8Array[]) => Promise<readonly Receipt[]>;

const admitted: Submit = async (frames) =>
  frames.map(() => ({ id: "", verdict: "admitted", code: null, detail: {} }) as const);

let filed: EdgeRefusal[] = [];
let calls: Record<string, number> = {};
let refuse: (rows: readonly EdgeRefusal[]) => Promise<void>;

beforeEach(() => {
  filed = [];
  calls = {};
  refuse = async (rows) => void filed.push(...rows);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function environment(objects: Readonly<Record<string, Submit>>): AgentEnv {
  const submit = (name: string) => (frames: readonly Uint8Array[]) => {
    calls[name] = (calls[name] ?? 0) + 1;
    return (objects[name] ?? admitted)(frames);
  };
  return {
    ...agentVariables(acme, parties),
    CEREMONY: { getByName: (name: string) => ({ submit: submit(name) }) },
    DIRECTORY: {
      getByName: () => ({
        keepRefused: async () => undefined,
        refuse: (rows: readonly EdgeRefusal[]) => refuse(rows),
        revocations: async () => ({ upTo: 0, frames: [] }),
      }),
    },
  } as unknown as AgentEnv;
}

async function consume(env: AgentEnv, bodies: readonly unknown[]): Promise<readonly string[]> {
  const fates = bodies.map(() => "none");
  const messages = bodies.map((body, index) => {
    const settle = (fate: string) => () => {
      fates[index] = fate;
    };
    return { id: String(index), body, attempts: 1, ack: settle("ack"), retry: settle("retry") };
  });
  await consumeObservations({ queue: "q", messages } as unknown as MessageBatch<unknown>, env);
  return fates;
}

const frameFor = (ceremony: string, seat = 1, choice = "approve") => contributionFrame(bolt, ceremony, seat, choice);
const queued = (frame: Uint8Array) => ({ road: "queue", frame });
const byText = (text: string) => (frame: Uint8Array) => new TextDecoder("latin1").decode(frame).includes(text);

describe("a batch", () => {
  it("acknowledges what one ceremony took although another one throws", async () => {
    const env = environment({ [one]: async () => Promise.reject(new Error("broken")) });
    const bodies = [queued(frameFor(one)), queued(frameFor(two)), { hello: "world" }];
    expect(await consume(env, bodies)).toEqual(["retry", "ack", "ack"]);
    expect(filed.map(({ code }) => code)).toEqual(["ROAD_UNKNOWN"]);
  });

  it("finds the one frame that its ceremony cannot bear, and hands on the ninety-nine others", async () => {
    const isPoison = byText("poison");
    const env = environment({
      [one]: async (frames) => (frames.some(isPoison) ? Promise.reject(new Error("no")) : admitted(frames)),
    });
    const bodies = Array.from({ length: 100 }, (_, index) =>
      queued(frameFor(one, index, index === 61 ? "poison" : "approve")),
    );
    const fates = await consume(env, bodies);
    expect(fates.flatMap((fate, index) => (fate === "retry" ? [index] : []))).toEqual([61]);
    expect(fates.filter((fate) => fate === "ack")).toHaveLength(99);
    expect(calls[one]).toBeLessThanOrEqual(16);
  });

  it("asks an object that fails whatever it is given sixteen times at most", async () => {
    const env = environment({ [one]: async () => Promise.reject(new Error("broken")) });
    const fates = await consume(
      env,
      Array.from({ length: 100 }, (_, index) => queued(frameFor(one, index))),
    );
    expect(new Set(fates)).toEqual(new Set(["retry"]));
    expect(calls[one]).toBeLessThanOrEqual(16);
  });

  it("does not wait for an object that never answers", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const env = environment({ [one]: () => new Promise(() => undefined) });
    const fates = consume(env, [queued(frameFor(one)), queued(frameFor(two))]);
    await vi.waitFor(() => expect(calls[one]).toBe(1));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await fates).toEqual(["retry", "ack"]);
  });

  it("is done with a refused message only once the refusal is on record", async () => {
    refuse = async () => Promise.reject(new Error("away"));
    expect(await consume(environment({}), [{ hello: "world" }, queued(frameFor(two))])).toEqual(["retry", "ack"]);
  });

  it("costs one signature check for each observation whose chain was verified before", async () => {
    const verify = vi.spyOn(crypto.subtle, "verify");
    const count = async (env: AgentEnv, seats: readonly number[]) => {
      verify.mockClear();
      const fates = await consume(
        env,
        seats.map((seat) => queued(frameFor(one, seat))),
      );
      expect(new Set(fates)).toEqual(new Set(["ack"]));
      return verify.mock.calls.length;
    };
    // Another key is another configuration, which remembers nothing yet.
    const fresh = { ...environment({}), API_KEY: "a key that was never used" };
    expect(await count(fresh, [0])).toBe(2);
    expect(await count({ ...fresh }, [1, 2, 3])).toBe(3);
    expect(await count({ ...fresh, API_KEY: "and yet another key" }, [4])).toBe(2);
  });
});
