// Webhooks out: what is told, under which signatures, how often, and what is done where nobody answers. The receiver is a real server.
import { createHmac, createPublicKey, verify } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { attempt, checkTarget } from "../../../durable/hook-send.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { testParties } from "../../support/parties.ts";
import { type Receiver, startReceiver } from "../../support/receiver.ts";

const parties = testParties(3);
const [acme] = parties as readonly [(typeof parties)[number]];
const OPENING = {
  pattern: "approval",
  title: "Release 2.4",
  subject: { ref: "v2.4" },
  parties: parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 })),
};
const SECRET = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;
const START_MS = 1_800_000_000_000;
type Document = { readonly [field: string]: unknown };

let receiver: Receiver;
let agent: AgentHere;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: START_MS });
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  receiver = await startReceiver();
  const endpoints = [{ id: "erp", url: `${receiver.url}/erp` }];
  agent = agentHere(acme, parties, { endpoints }, undefined, { "endpoint:erp": [SECRET] });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
  await receiver.stop();
});

async function ask(path: string, given?: object, method = given === undefined ? "GET" : "POST"): Promise<Document> {
  const json = { "content-type": "application/json" };
  const body = given === undefined ? {} : { body: JSON.stringify(given) };
  const response = await agent.request(path, { method, ...body, headers: { ...KEYED, ...json } });
  return { http: response.status, ...((await response.json()) as Document) };
}

async function open(title = "Release 2.4"): Promise<string> {
  const { ceremony } = await ask("/v1/ceremonies", { ...OPENING, title });
  await agent.settled();
  return ceremony as string;
}

/** The alarm as the platform would fire it, `afterMs` later. */
async function later(afterMs: number): Promise<void> {
  vi.setSystemTime(Date.now() + afterMs);
  await agent.hooks().alarm();
}

const list = async (path: string, field: string) => (await ask(path))[field] as readonly Document[];

describe("an event", () => {
  it("is told once to each endpoint, signed under its secret and under the agent's key", async () => {
    const ceremony = await open();
    await later(0);
    await later(60_000);
    expect(receiver.arrived.length).toBe(1);
    const [{ headers, body, url }] = receiver.arrived as [Receiver["arrived"][number]];
    expect(url).toBe("/erp");
    const event = JSON.parse(body) as { type: string; data: Document };
    expect(event).toMatchObject({
      type: "ceremony.opened",
      data: { ceremony, title: "Release 2.4", by: "acme", asSeenBy: "acme", subject: { ref: "v2.4" }, outcome: null },
    });
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const [v1, v1a] = String(headers["webhook-signature"]).split(" ");
    expect(v1).toBe(`v1,${createHmac("sha256", Buffer.alloc(32, 5)).update(signed).digest("base64")}`);
    const { publicKey } = await ask("/v1/endpoints");
    const raw = Buffer.from(String(publicKey).slice(5), "base64");
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" });
    expect(verify(null, Buffer.from(signed), key, Buffer.from(String(v1a).slice(4), "base64"))).toBe(true);
    expect(await ask(`/v1/events/${headers["webhook-id"]}`)).toMatchObject(event);
  });

  it("of each change is told, and of a type that nobody wants is not", async () => {
    await ask("/v1/endpoints", { id: "slow", url: `${receiver.url}/slow`, events: ["ceremony.attested"] });
    const ceremony = await open();
    await ask(`/v1/ceremonies/${ceremony}/attestations`, { choice: "approve" });
    await agent.settled();
    await later(0);
    const told = receiver.arrived.map(({ url, body }) => [url, (JSON.parse(body) as { type: string }).type]).sort();
    expect(told).toEqual([
      ["/erp", "ceremony.attested"],
      ["/erp", "ceremony.opened"],
      ["/slow", "ceremony.attested"],
    ]);
  });
});

describe("a receiver that fails", () => {
  it("is tried again after longer and longer, and what is dead is listed and replayed", async () => {
    receiver.answer = () => ({ status: 500 });
    await open();
    await later(0);
    for (let n = 0; n < 9; n++) {
      await later(3_000);
      expect(receiver.arrived.length).toBe(n + 1);
      await later(60_000_000);
    }
    expect(receiver.arrived.length).toBe(10);
    await later(60_000_000);
    expect(receiver.arrived.length).toBe(10);
    const [dead] = await list("/v1/deliveries?status=dead", "deliveries");
    expect(dead).toMatchObject({ owner: "erp", attempts: 10, type: "ceremony.opened" });
    expect((await list("/v1/attempts?endpoint=erp", "attempts")).length).toBe(10);
    receiver.answer = () => ({ status: 200 });
    expect(await ask(`/v1/deliveries/${dead?.id}/replay`, {})).toMatchObject({ http: 200 });
    await later(0);
    expect(await list("/v1/deliveries?status=delivered", "deliveries")).toMatchObject([{ id: dead?.id }]);
    const [last] = await list("/v1/attempts", "attempts");
    expect(last).toMatchObject({ http: 200, why: null });
    expect(new Set(receiver.arrived.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  });

  it("is not followed where it redirects, and waits as long as it asks for", async () => {
    receiver.answer = () => ({ status: 302, headers: { location: `${receiver.url}/elsewhere`, "retry-after": "600" } });
    await open();
    await later(0);
    await later(599_000);
    expect(receiver.arrived.map(({ url }) => url)).toEqual(["/erp"]);
    await later(2_000);
    expect(receiver.arrived.map(({ url }) => url)).toEqual(["/erp", "/erp"]);
    const [tried] = await list("/v1/attempts", "attempts");
    expect(tried).toMatchObject({ http: 302, why: "it redirects, which is not followed" });
  });

  it("is told nothing more once it answers 410, until it is enabled again", async () => {
    receiver.answer = () => ({ status: 410 });
    await open();
    await later(0);
    expect(await list("/v1/endpoints", "endpoints")).toMatchObject([{ id: "erp", why: "it answered 410" }]);
    await open("Release 2.5");
    await later(60_000_000);
    expect(receiver.arrived.length).toBe(1);
    receiver.answer = () => ({ status: 204 });
    await ask("/v1/endpoints/erp/enable", {});
    await open("Release 2.6");
    await later(0);
    expect(receiver.arrived.length).toBe(2);
  });

  it("that never answers is given up after its time", async () => {
    receiver.answer = () => null;
    const sending = { url: `${receiver.url}/slow`, headers: {}, body: "{}" };
    const answered = await attempt(sending, { loopback: true, resolver: null }, 100);
    expect(answered).toMatchObject({ http: null, why: "no answer within 0.1 s" });
  });

  it("that answers without end is heard as far as its status, and holds nothing", async () => {
    receiver.answer = () => ({ status: 200, body: "x".repeat(65_536), endless: true });
    const sending = { url: `${receiver.url}/endless`, headers: {}, body: "{}" };
    const started = performance.now();
    expect(await attempt(sending, { loopback: true, resolver: null }, 5_000)).toMatchObject({ http: 200, why: null });
    expect(performance.now() - started).toBeLessThan(2_500);
  });

  it("that is slow has one turn a round, and no more are called at once than there are connections", async () => {
    let [calling, most] = [0, 0];
    vi.stubGlobal("fetch", async (target: URL) => {
      calling += 1;
      most = Math.max(most, calling);
      await new Promise((done) => setTimeout(done, 60));
      if (target.pathname === "/erp") vi.setSystemTime(Date.now() + 9_000);
      calling -= 1;
      return new Response(null, { status: 204 });
    });
    for (const title of ["One", "Two", "Three"]) await open(title);
    const left = async (owner: string) =>
      (await list(`/v1/deliveries?endpoint=${owner}&status=pending`, "deliveries")).length;
    const after: number[] = [];
    for (let round = 0; round < 3; round++) {
      await later(0);
      after.push(await left("erp"));
    }
    expect(after).toEqual([2, 1, 0]);
    for (let n = 0; n < 9; n++)
      await ask("/v1/endpoints", { id: `e${n}`, url: `${receiver.url}/${n}`, events: ["ceremony.opened"] });
    await open("Four");
    for (let round = 0; round < 4; round++) await later(0);
    for (let n = 0; n < 9; n++) expect(await left(`e${n}`)).toBe(0);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(6);
    const attempts = await list("/v1/attempts", "attempts");
    expect([attempts.length, attempts.every(({ why }) => why === null)]).toEqual([13, true]);
  });

  it("that cannot be reached is on record as that", async () => {
    await ask("/v1/endpoints", { id: "gone", url: "http://127.0.0.1:9/", events: ["ceremony.opened"] });
    await open();
    await later(0);
    const attempts = await list("/v1/attempts?endpoint=gone", "attempts");
    expect(attempts).toMatchObject([{ http: null, why: "it could not be reached" }]);
  });
});

describe("an endpoint", () => {
  it("has its secret shown once, rotates it with an overlap, and is removed", async () => {
    const added = await ask("/v1/endpoints", { id: "two", url: `${receiver.url}/two`, events: ["ceremony.opened"] });
    expect(added).toMatchObject({ http: 201, secret: expect.stringMatching(/^whsec_/) });
    const rotated = await ask("/v1/endpoints/two/rotate?overlap=3600", {});
    expect(rotated.secret).not.toBe(added.secret);
    expect(JSON.stringify(await ask("/v1/endpoints"))).not.toContain("whsec_");
    const signatures = async () => {
      await open(`At ${Date.now()}`);
      await later(0);
      const last = receiver.arrived.filter(({ url }) => url === "/two").at(-1);
      return String(last?.headers["webhook-signature"])
        .split(" ")
        .map((each) => each.split(",")[0]);
    };
    expect(await signatures()).toEqual(["v1", "v1", "v1a"]);
    vi.setSystemTime(START_MS + 3_601_000);
    expect(await signatures()).toEqual(["v1", "v1a"]);
    expect(await ask("/v1/endpoints/two", undefined, "DELETE")).toMatchObject({ http: 200 });
    expect(await ask("/v1/endpoints/erp", undefined, "DELETE")).toMatchObject({ http: 404 });
    expect((await list("/v1/endpoints", "endpoints")).map(({ id }) => id)).toEqual(["erp"]);
  });

  it("is refused where it must not be called, exists already, or is one too many", async () => {
    const code = async (id: string, url: string) => (await ask("/v1/endpoints", { id, url })).code;
    expect(await code("a", "https://169.254.169.254/")).toBe("HOOK_TARGET_REFUSED");
    expect(await code("a", "http://hooks.acme.com/")).toBe("HOOK_TARGET_REFUSED");
    expect(await code("self", "http://localhost/hooks/gh")).toBe("HOOK_TARGET_REFUSED");
    expect(await code("erp", "https://hooks.acme.com/")).toBe("HOOK_EXISTS");
    expect(await code("e r p", "https://hooks.acme.com/")).toBe("BODY_INVALID");
    for (let n = 1; n < 32; n++) expect(await code(`e${n}`, "https://hooks.acme.com/")).toBeUndefined();
    expect(await code("e32", "https://hooks.acme.com/")).toBe("HOOKS_FULL");
  });
});

describe("a name", () => {
  it("is looked up first where a resolver is configured, and all its addresses must be public", async () => {
    const records: Record<string, readonly string[]> = { A: ["93.184.216.34"], AAAA: [] };
    receiver.answer = ({ url }) => {
      const type = new URL(url, receiver.url).searchParams.get("type") ?? "";
      const answers = (records[type] ?? []).map((data) => ({ type: type === "A" ? 1 : 28, data }));
      return { status: 200, body: JSON.stringify({ Status: records.Status === undefined ? 0 : 3, Answer: answers }) };
    };
    const rule = { loopback: true, resolver: `${receiver.url}/dns-query` };
    const reason = async (url: string) => {
      const target = await checkTarget(url, rule);
      return target.ok ? null : String(target.fault.detail.reason);
    };
    expect(await reason("https://hooks.acme.com/")).toBeNull();
    records.AAAA = ["::ffff:10.0.0.1"];
    expect(await reason("https://hooks.acme.com/")).toContain("hooks.acme.com: ::ffff:10.0.0.1 is not a public");
    records.AAAA = [];
    records.A = ["93.184.216.34", "127.0.0.1"];
    expect(await reason("https://127.0.0.1.nip.io/")).toContain("loopback");
    records.A = [];
    expect(await reason("https://hooks.acme.com/")).toContain("has no address");
    records.Status = ["3"];
    expect(await reason("https://hooks.acme.com/")).toContain("could not be looked up");
    expect(await checkTarget("https://hooks.acme.com/", { ...rule, resolver: "http://127.0.0.1:9/" })).toMatchObject({
      ok: false,
    });
    receiver.answer = () => ({ status: 200, body: "[".repeat(65_536), endless: true });
    const started = performance.now();
    expect(await reason("https://hooks.acme.com/")).toContain("could not be looked up");
    expect(performance.now() - started).toBeLessThan(2_500);
  });
});
