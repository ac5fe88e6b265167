// Webhooks in and out of real agents: GitHub's deployment waits for three organisations, hears the outcome, and an endpoint is told of each
// change; the same delivery twice at once opens one ceremony; hostile bodies and headers as workerd itself receives them.
import { createHmac, createPublicKey, randomUUID, verify } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { buildBundle } from "../../cli/stack/bundle.ts";
import { type Stack, startStack } from "../../cli/stack/stack.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";

const NAMES = ["acme", "bolt", "crux"] as const;
const EVENT = "deployment_protection_rule";
type Document = { readonly [field: string]: unknown };

let github: Receiver;
let erp: Receiver;
let stack: Stack;
let acme: LocalAgent;
let dir: string;
let secret: string;

beforeAll(async () => {
  [github, erp] = await Promise.all([startReceiver(), startReceiver()]);
  dir = mkdtempSync(join(tmpdir(), "quorate-webhooks-"));
  const { script } = await buildBundle();
  const parties = NAMES.map((authority) => ({ authority, role: "approver", power: 1 }));
  const rest = { scheme: "github", event: EVENT, action: "requested", pattern: "approval", parties };
  const sources = [
    { id: "gh", ...rest, closesIn: 30, expiresIn: 90, respond: { api: github.url } },
    { id: "quick", ...rest, closesIn: 2, expiresIn: 4, respond: { api: github.url } },
  ];
  stack = await startStack({
    names: NAMES,
    mesh: "hooks-mesh",
    dir,
    script,
    sources: { acme: sources },
    documents: { acme: { endpoints: [{ id: "erp", url: `${erp.url}/in` }] } },
    hookSecrets: { acme: { "token:gh": ["ghs_local"], "token:quick": ["ghs_local"] } },
  });
  acme = stack.agent("acme");
  secret = stack.hookSecret;
});

afterAll(async () => {
  await stack?.stop();
  await Promise.all([github?.stop(), erp?.stop()]);
  rmSync(dir, { recursive: true, force: true });
});

const callback = (run: number) => `/repos/acme/shop/actions/runs/${run}/deployment_protection_rule`;

function body(run: number, more: object = {}): Buffer {
  const deployment_callback_url = `${github.url}${callback(run)}`;
  return Buffer.from(
    JSON.stringify({ action: "requested", environment: "production", deployment_callback_url, ...more }),
  );
}

const signed = (bytes: Buffer) => `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`;

async function deliver(source: string, bytes: Buffer, headers: Record<string, string> = {}): Promise<Document> {
  const all = {
    "x-github-event": EVENT,
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": signed(bytes),
    ...headers,
  };
  const init = { method: "POST", headers: all, body: Uint8Array.from(bytes) };
  const response = await fetch(new URL(`/hooks/${source}`, acme.url), init);
  return { http: response.status, ...((await response.json()) as Document) };
}

const answersOf = (run: number) => github.arrived.filter(({ url }) => url === callback(run));
const told = (ceremony: string) =>
  erp.arrived
    .map(({ body: text, headers }) => ({ headers, text, event: JSON.parse(text) as { type: string; data: Document } }))
    .filter(({ event }) => event.data.ceremony === ceremony);

describe("a deployment", () => {
  it("waits for three organisations, hears the outcome once, and each change is told", async () => {
    const { opened, http } = await deliver("gh", body(1));
    expect(http).toBe(201);
    const ceremony = opened as string;
    for (const agent of stack.agents)
      await vi.waitFor(
        async () => {
          const answer = await agent.request(`/v1/ceremonies/${ceremony}/attestations`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: '{"choice":"approve"}',
          });
          expect(answer.status).toBe(201);
        },
        { timeout: 20_000, interval: 300 },
      );
    await vi.waitFor(() => expect(answersOf(1).length).toBe(1), { timeout: 60_000, interval: 200 });
    const [answer] = answersOf(1);
    expect(answer?.headers.authorization).toBe("Bearer ghs_local");
    expect(JSON.parse(answer?.body ?? "")).toMatchObject({ state: "approved", environment_name: "production" });
    const types = () => told(ceremony).map(({ event }) => event.type);
    await vi.waitFor(() => expect(types()).toContain("ceremony.decided"), { timeout: 20_000 });
    expect(
      types()
        .filter((type) => type !== "ceremony.attested")
        .sort(),
    ).toEqual(["ceremony.decided", "ceremony.opened"]);
    expect(types().filter((type) => type === "ceremony.attested").length).toBe(3);
    const decided = told(ceremony).find(({ event }) => event.type === "ceremony.decided");
    const { publicKey } = await acme.json<{ publicKey: string }>("/v1/endpoints");
    const x = Buffer.from(publicKey.slice(5), "base64").toString("base64url");
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    const [id, at, signature] = ["id", "timestamp", "signature"].map((name) =>
      String(decided?.headers[`webhook-${name}`]),
    );
    const v1a = (signature as string).split(" ").find((each) => each.startsWith("v1a,")) as string;
    expect(verify(null, Buffer.from(`${id}.${at}.${decided?.text}`), key, Buffer.from(v1a.slice(4), "base64"))).toBe(
      true,
    );
    const { attempts } = await acme.json<{ attempts: readonly Document[] }>(`/v1/attempts?ceremony=${ceremony}`);
    expect(attempts.every(({ why }) => why === null)).toBe(true);
    expect(attempts.filter(({ road }) => road === "github").length).toBe(1);
  });

  it("is rejected where nobody approves in time, and while the receiver is away nothing is lost", async () => {
    erp.answer = () => ({ status: 503, body: "x".repeat(65_536), endless: true });
    const { opened } = await deliver("quick", body(2));
    await vi.waitFor(() => expect(answersOf(2).length).toBe(1), { timeout: 60_000, interval: 200 });
    expect(JSON.parse(answersOf(2)[0]?.body ?? "")).toMatchObject({ state: "rejected" });
    const path = `/v1/deliveries?endpoint=erp&status=pending`;
    const pending = async () =>
      (await acme.json<{ deliveries: readonly Document[] }>(path)).deliveries.filter(
        ({ ceremony }) => ceremony === opened,
      );
    expect((await pending()).length).toBeGreaterThan(0);
    erp.answer = () => ({ status: 204 });
    await acme.kill();
    await acme.start();
    await vi.waitFor(async () => expect(await pending()).toEqual([]), { timeout: 60_000, interval: 500 });
  });
});

describe("an agent's intake", () => {
  it("is counted at the bus itself, where nothing waits now, and at the platform's queue", async () => {
    const inbox = async () => (await acme.json<{ link: { inbox: number | null } }>("/v1/health")).link.inbox;
    await vi.waitFor(async () => expect(await inbox()).toBe(0), { timeout: 30_000, interval: 500 });
    const metrics = await (await acme.request("/metrics")).text();
    for (const at of ["bus", "queue"]) expect(metrics).toContain(`quorate_intake_waiting{at="${at}"} 0`);
  });
});

describe("a delivery", () => {
  it("that comes twice at once opens one ceremony", async () => {
    const bytes = body(3);
    const answers = await Promise.all([1, 2, 3, 4].map(() => deliver("gh", bytes)));
    expect(new Set(answers.map(({ opened }) => opened)).size).toBe(1);
    expect(answers.every(({ http }) => http === 200 || http === 201)).toBe(true);
    const { events } = await acme.json<{ events: readonly Document[] }>("/v1/sources/gh/events");
    expect(events.filter(({ ceremony }) => ceremony === answers[0]?.opened)).toMatchObject([{ requests: 4 }]);
  });

  it("that is compressed, cut, doubled in its headers, huge or no text is refused or taken for what it is", async () => {
    const bytes = body(4);
    const zipped = gzipSync(bytes);
    expect(
      await deliver("gh", zipped, { "content-encoding": "gzip", "x-hub-signature-256": signed(bytes) }),
    ).toMatchObject({ http: 401 });
    expect(await deliver("gh", bytes.subarray(0, 40), { "x-hub-signature-256": signed(bytes) })).toMatchObject({
      http: 401,
    });
    expect(await deliver("gh", Buffer.alloc(300_000, 0x20))).toMatchObject({ http: 413 });
    expect(await deliver("gh", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))).toMatchObject({
      http: 400,
      code: "BODY_INVALID",
    });
    expect(await twice(bytes)).toBe(400);
    const { requests } = await acme.json<{ requests: readonly Document[] }>("/v1/sources/gh/requests?status=rejected");
    const causes = requests.map(({ why }) => String(why));
    expect(causes.some((why) => why.startsWith("the body came compressed"))).toBe(true);
    expect(requests.every(({ digest, isReplayable }) => digest === null && isReplayable === false)).toBe(true);
  });
});

/** With two lines of one header, which `fetch` cannot send. */
function twice(bytes: Buffer): Promise<number> {
  const headers = [
    ...["x-github-event", EVENT, "x-github-delivery", randomUUID()],
    ...["x-hub-signature-256", `sha256=${"0".repeat(64)}`, "x-hub-signature-256", signed(bytes)],
    ...["content-length", String(bytes.length), "host", "agent"],
  ];
  return new Promise((done, fail) => {
    const sent = httpRequest(new URL("/hooks/gh", acme.url), { method: "POST", headers }, (answer) => {
      answer.resume();
      done(answer.statusCode ?? 0);
    });
    sent.on("error", fail).end(bytes);
  });
}
