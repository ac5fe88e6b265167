// The same frame by queue, HTTP and NATS, and frames whose road contradicts them.
import { connect, type NatsConnection } from "nats.ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stage } from "../../cli/demo/stage.ts";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { parseBase64 } from "../../shared/bytes.ts";
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import { BATCH_FRAMES_MAX } from "../../shared/limits.ts";
import { contributionFrame } from "../support/frames.ts";
import { type TestStack, testStack } from "../support/stack.ts";

let made: TestStack;
let stage: Stage;
let bolt: LocalAgent;
let client: NatsConnection;

beforeAll(async () => {
  made = await testStack(3);
  stage = new Stage(made.stack, () => undefined);
  await stage.connected();
  await stage.openByWebhook();
  bolt = made.stack.agent("bolt");
  await stage.until("bolt holds the call", 20, async () => (await stage.view(bolt)).policy !== null);
  const { user, password } = made.stack.login("crux");
  client = await connect({ servers: made.stack.nats.wsUrl, user, pass: password });
});

afterAll(async () => {
  await client?.close();
  await made?.stop();
});

type Refusal = { readonly code: string; readonly road: string };
const refusals = async () => (await bolt.json<{ refusals: readonly Refusal[] }>("/v1/refusals")).refusals;

async function byHttp(frame: Uint8Array): Promise<string> {
  const response = await bolt.request("/v1/observations", {
    method: "POST",
    body: new Uint8Array(frame),
    headers: { "content-type": "application/cbor" },
  });
  const answer = (await response.json()) as { code: string | null; verdict?: string };
  return answer.code ?? answer.verdict ?? "";
}

/** Sends by a road that answers nothing, and waits for the refusal that it leaves. */
async function bySilentRoad(road: string, send: () => Promise<void> | void): Promise<string> {
  const before = (await refusals()).filter((row) => row.road === road).length;
  await send();
  let rows: readonly Refusal[] = [];
  await stage.until(`a refusal by ${road}`, 10, async () => {
    rows = (await refusals()).filter((row) => row.road === road);
    return rows.length > before;
  });
  return rows[0]?.code ?? "";
}

const byQueue = (frame: Uint8Array) => bySilentRoad("queue", () => bolt.enqueue({ road: "queue", frame }));
const byNats = (frame: Uint8Array, ceremony = stage.ceremony) =>
  bySilentRoad("nats", () => client.publish(`to.bolt.test-mesh.${ceremony}`, new Uint8Array(frame)));
const party = (name: string) => {
  const found = made.stack.parties.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe("the roads", () => {
  it("give one verdict for one frame", async () => {
    const good = contributionFrame(party("crux"), stage.ceremony, 2);
    const altered = Uint8Array.from(good);
    altered[good.length - 1] = (altered[good.length - 1] as number) ^ 1;
    const cases = [
      [altered, "SIGNATURE_INVALID"],
      [good.slice(0, -1), "CBOR_TRUNCATED"],
      [contributionFrame(party("crux"), stage.ceremony, 1), "SEAT_MISMATCH"],
    ] as const;
    for (const [frame, code] of cases)
      expect([await byHttp(frame), await byQueue(frame), await byNats(frame)]).toEqual([code, code, code]);
  });

  it("refuse a frame whose subject names another ceremony, and a message that is no frame", async () => {
    const frame = contributionFrame(party("crux"), stage.ceremony, 2);
    expect(await byNats(frame, "ab".repeat(32))).toBe("SUBJECT_MISMATCH");
    expect(
      await bySilentRoad("nats", () =>
        bolt.enqueue({ road: "nats", account: "MALLORY", topic: `test-mesh.${stage.ceremony}`, frame }),
      ),
    ).toBe("ACCOUNT_UNKNOWN");
    expect(await bySilentRoad("queue", () => bolt.enqueue({ hello: "world" }))).toBe("ROAD_UNKNOWN");
  });

  it("count a contribution once that comes by all of them", async () => {
    const frame = contributionFrame(party("crux"), stage.ceremony, 2);
    client.publish(`to.bolt.test-mesh.${stage.ceremony}`, new Uint8Array(frame));
    await bolt.enqueue({ road: "queue", frame });
    await stage.until("bolt holds it", 10, async () => (await stage.view(bolt)).parties[2]?.contribution !== null);
    expect(await byHttp(frame)).toBe("DUPLICATE");
    const { lineage } = await bolt.json<{ lineage: readonly { kind: string; detail: { kind?: string } }[] }>(
      `/v1/ceremonies/${stage.ceremony}/lineage`,
    );
    expect(lineage.filter(({ kind, detail }) => kind === "admission" && detail.kind === "contribution")).toHaveLength(
      1,
    );
  });

  it("answer each frame of a batch by itself, and refuse a batch that is none", async () => {
    const good = contributionFrame(party("acme"), stage.ceremony, 0, "reject");
    const post = async (body: Uint8Array, type = "application/cbor") =>
      bolt.request("/v1/observations:batch", {
        method: "POST",
        body: new Uint8Array(body),
        headers: { "content-type": type },
      });
    const batch = [good, good.slice(0, -1), contributionFrame(party("crux"), stage.ceremony, 1), good];
    const { answers } = (await (await post(encodeCanonical(batch))).json()) as {
      answers: { verdict: string; code: string | null }[];
    };
    expect(answers.map(({ verdict, code }) => [verdict, code])).toEqual([
      ["admitted", null],
      ["refused", "CBOR_TRUNCATED"],
      ["refused", "SEAT_MISMATCH"],
      ["ignored", "DUPLICATE"],
    ]);
    const crowd = encodeCanonical(Array.from({ length: BATCH_FRAMES_MAX + 1 }, () => good.slice(0, 9)));
    for (const body of [crowd, encodeCanonical([]), encodeCanonical("a frame"), good.slice(3)])
      expect(await (await post(body)).json()).toMatchObject({ code: "BODY_INVALID", status: 400 });
    expect((await post(encodeCanonical(batch), "text/plain")).status).toBe(415);
  });

  it("publish a card that names the party's key, and never a secret", async () => {
    const card = await (await fetch(new URL("/.well-known/quorate-party.json", bolt.url))).text();
    const { credentials, key } = JSON.parse(card) as { credentials: readonly string[]; key: string };
    expect(credentials.map(parseBase64)).not.toContain(null);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    const secret = Buffer.from(party("bolt").secret).toString("hex");
    expect(card).not.toContain(secret);
  });
});
