// How every route is asked and answers: methods, media types, request ids, refusals, requests that come twice, budgets and back-pressure.
import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { ANSWERS_MAX, EdgeAnswers } from "../../../durable/edge-answers.ts";
import { EDGE_NAME, LINK_NAME } from "../../../durable/env.ts";
import { PROBLEM_TYPE } from "../../../functions/http/contract/route.ts";
import { ROUTES } from "../../../functions/http/contract/table.ts";
import { OUTBOX_BACKLOG_MAX } from "../../../shared/limits.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { contributionFrame } from "../../support/frames.ts";
import { testParties } from "../../support/parties.ts";
import { sqliteStorage } from "../../support/sqlite-storage.ts";

const parties = testParties(3);
const [acme, bolt] = parties as readonly [Party, Party];
const json = { "content-type": "application/json" };
const OPENING = {
  pattern: "approval",
  title: "Release 2.4",
  parties: parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 })),
};
const here = () => agentHere(acme, parties);
const open = (agent: AgentHere, headers: Record<string, string> = {}, body: object = OPENING) =>
  agent.request("/v1/ceremonies", {
    method: "POST",
    headers: { ...KEYED, ...json, ...headers },
    body: JSON.stringify(body),
  });

describe("an address", () => {
  it("takes its own methods, HEAD beside GET, and says so of any other", async () => {
    const agent = here();
    const head = await agent.request("/v1/meshes", { method: "HEAD", headers: KEYED });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const options = await agent.request("/v1/ceremonies", { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, POST, HEAD, OPTIONS"]);
    for (const path of new Set(ROUTES.map((route) => route.path.replace(/\{\w+\}/g, "x")))) {
      const answer = await agent.request(path, { method: "PUT", headers: KEYED });
      expect([path, answer.status, answer.headers.get("content-type")]).toEqual([path, 405, PROBLEM_TYPE]);
      expect(answer.headers.get("allow")).toContain("OPTIONS");
    }
    for (const path of ["/v1", "/v1/nothing", "/v1/ceremonies/", "/hooks", "/v1/meshes/x/nothing"]) {
      const answer = await agent.request(path, { headers: KEYED });
      expect([path, answer.status, answer.headers.get("content-type")]).toEqual([path, 404, PROBLEM_TYPE]);
    }
  });

  it("answers in the form that is asked for, or says that it cannot", async () => {
    const agent = here();
    const asked = async (accept: string) =>
      (await agent.request("/v1/meshes", { headers: { ...KEYED, accept } })).status;
    const forms = ["application/json", "*/*", "application/*;q=0.5", "text/html, application/json", PROBLEM_TYPE];
    expect(await Promise.all(forms.map(asked))).toEqual([200, 200, 200, 200, 200]);
    expect(await Promise.all(["text/html", "application/json;q=0", "text/*"].map(asked))).toEqual([406, 406, 406]);
  });

  it("reads only what it says that it reads, and no more of it", async () => {
    const agent = here();
    for (const { method, path, body, access } of ROUTES) {
      if (body === undefined || body.types.length === 0) continue;
      const at = path.replace("{mesh}", acme.mesh).replace(/\{\w+\}/g, "x");
      const odd = await agent.request(at, { method, headers: { ...KEYED, "content-type": "text/csv" }, body: "a,b" });
      expect([at, odd.status]).toEqual([at, 415]);
      const large = { ...KEYED, "content-type": body.types[0] as string, "content-length": String(body.limit + 1) };
      const answer = await agent.request(at, { method, headers: large, body: "{}" });
      const known = access === "signer" || !/\{(id|source)\}/.test(path);
      if (known) expect([at, answer.status]).toEqual([at, 413]);
    }
  });
});

describe("an answer", () => {
  it("bears the request's own id, or one that it was given", async () => {
    const agent = here();
    const idOf = async (headers: Record<string, string>) =>
      (await agent.request("/healthz", { headers })).headers.get("request-id");
    expect(await idOf({ "request-id": "deploy-17.2" })).toBe("deploy-17.2");
    for (const odd of ["a b", "x".repeat(65), "é"])
      expect(await idOf({ "request-id": odd })).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("that refuses has one shape everywhere", async () => {
    const answer = await here().request("/v1/ceremonies/none", { headers: KEYED });
    const told = (await answer.json()) as Record<string, unknown>;
    expect(told).toMatchObject({
      type: "/e/NOT_FOUND",
      status: 404,
      code: "NOT_FOUND",
      instance: "/v1/ceremonies/none",
      retryable: false,
    });
    expect([told.title, told.detail]).toEqual([told.what, told.why]);
  });
});

describe("a request that comes twice", () => {
  const keyed = { "idempotency-key": "deploy-17" };

  it("is answered as the first time, and opens nothing more", async () => {
    const agent = here();
    const [first, second] = [await open(agent, keyed), await open(agent, keyed)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(await second.text()).toBe(await first.text());
    expect([first, second].map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, "true"]);
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    const third = await open(agent);
    expect(await third.text()).not.toBe(await (await open(agent, keyed)).text());
  });

  it("is refused under another body, another address, and while the first is answered", async () => {
    const agent = here();
    const codes = await Promise.all([open(agent, keyed), open(agent, keyed)].map(async (sent) => (await sent).status));
    expect(codes.sort()).toEqual([201, 409]);
    const other = await open(agent, keyed, { ...OPENING, title: "Release 2.5" });
    expect(await other.json()).toMatchObject({ code: "IDEMPOTENCY_CONFLICT", retryable: false });
    const elsewhere = await agent.request("/v1/revocations", {
      method: "POST",
      headers: { ...KEYED, ...json, ...keyed },
      body: JSON.stringify(OPENING),
    });
    expect(await elsewhere.json()).toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    expect((await open(agent, { "idempotency-key": "a b" })).status).toBe(400);
  });

  it("signs the same call where the first attempt died before it was answered", async () => {
    const agent = here();
    const edge = agent.env.EDGE.getByName(EDGE_NAME);
    const settle = vi.spyOn(edge, "settle").mockImplementationOnce(async () => undefined);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const first = (await (await open(agent, keyed)).json()) as { ceremony: string };
    expect((await open(agent, keyed)).status).toBe(409);
    vi.setSystemTime(Date.now() + 61_000);
    const second = await open(agent, keyed);
    expect([second.status, ((await second.json()) as { ceremony: string }).ceremony]).toEqual([201, first.ceremony]);
    vi.useRealTimers();
    settle.mockRestore();
  });

  it("is kept sealed: no answer lies readable on disk, and after a change of the agent's key it is refused, not done again", async () => {
    const agent = here();
    const settle = vi.spyOn(agent.env.EDGE.getByName(EDGE_NAME), "settle");
    const told = await (await open(agent, keyed)).text();
    const [, , kept] = settle.mock.calls[0] as Parameters<typeof settle>;
    expect(kept?.body.length).toBeGreaterThan(told.length);
    expect(new TextDecoder().decode(kept?.body)).not.toContain(told.slice(0, 24));
    expect(await (await open(agent, keyed)).text()).toBe(told);
    vi.spyOn(crypto.subtle, "decrypt").mockRejectedValueOnce(new Error("another key"));
    expect(await (await open(agent, keyed)).json()).toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    vi.restoreAllMocks();
  });

  it("is refused where its caller has too many kept; what is kept is still answered", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const agent = here();
    const edge = agent.env.EDGE.getByName(EDGE_NAME);
    const first = await (await open(agent, keyed)).text();
    vi.setSystemTime(Date.now() + 1_000);
    for (let n = 1; n < ANSWERS_MAX.ofOne; n++) await edge.claim("API_KEY", `k${n}`, "d", Date.now());
    const refused = await open(agent, { "idempotency-key": "one-more" });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, String(86_400 - 1)]);
    expect(await refused.json()).toMatchObject({ code: "IDEMPOTENCY_FULL", retryable: true });
    expect(await (await open(agent, keyed)).text()).toBe(first);
    expect((await open(agent)).status).toBe(201);
    expect((await edge.claim("ci", "k", "d", Date.now())).state).toBe("new");
    vi.useRealTimers();
  });

  it("is refused where too many are kept of all callers, or too much of their answers, until the oldest are forgotten", () => {
    const { sql } = sqliteStorage();
    const answers = () => new EdgeAnswers(sql, { ofOne: 2, ofAll: 3, bytes: 100 });
    const claim = (who: string, key: string, nowMs: number) => {
      const told = answers().claim(who, key, "d", nowMs);
      return told.state === "full" ? told.thing : told.state;
    };
    expect(["a", "b", "c"].map((key) => claim("one", key, 1_000))).toEqual(["new", "new", "keys of this caller"]);
    expect([claim("two", "a", 2_000), claim("two", "b", 2_000), claim("six", "a", 2_000)]).toEqual([
      "new",
      "keys",
      "keys",
    ]);
    const later = 1_000 + 86_400_001;
    expect([claim("two", "b", later), claim("one", "a", later)]).toEqual(["new", "new"]);
    answers().settle("one", "a", { status: 200, type: "", location: null, body: new Uint8Array(100) });
    expect(claim("one", "c", later + 2_000)).toBe("bytes of answers");
    expect(claim("one", "a", later + 2_000)).toBe("answered");
  });

  it("is forgotten after a day, and belongs to its own key", async () => {
    const agent = here();
    Object.assign(agent.env, {
      API_KEYS: JSON.stringify([
        { id: "ci", sha256: createHash("sha256").update("the key of ci").digest("hex"), scopes: ["open"] },
      ]),
    });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const first = await (await open(agent, keyed)).text();
    const other = await (await open(agent, { ...keyed, authorization: "Bearer the key of ci" })).text();
    expect(other).not.toBe(first);
    vi.setSystemTime(Date.now() + 86_400_000 - 1);
    expect(await (await open(agent, keyed)).text()).toBe(first);
    vi.setSystemTime(Date.now() + 2);
    expect(await (await open(agent, keyed)).text()).not.toBe(first);
    vi.useRealTimers();
  });
});

describe("a budget", () => {
  it("is one for all isolates, told with every answer, and new each minute", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 600_000 });
    const agent = here();
    const sha256 = createHash("sha256").update("the key of ci").digest("hex");
    Object.assign(agent.env, { API_KEYS: JSON.stringify([{ id: "ci", sha256, scopes: ["read"], perMinute: 40 }]) });
    // Another isolate has its own memory, and the same object behind it.
    const { EDGE } = agent.env;
    const isolates = [{ ...agent.env }, { ...agent.env, EDGE: { getByName: (name: string) => EDGE.getByName(name) } }];
    let answered = 0;
    const headers = { authorization: "Bearer the key of ci" };
    for (let sent = 0; sent < 60; sent++) {
      Object.assign(agent.env, isolates[sent % 2]);
      const answer = await agent.request("/v1/meshes", { headers });
      if (answer.status === 200) answered++;
      else expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "60"]);
      expect(answer.headers.get("ratelimit-limit")).toBe("40");
    }
    expect(answered).toBe(40);
    vi.setSystemTime(660_000);
    const next = await agent.request("/v1/meshes", { headers });
    expect([next.status, next.headers.get("ratelimit-remaining")]).toEqual([200, "39"]);
    vi.useRealTimers();
  });

  it("keeps one address that floods from asking on, without a key", async () => {
    const agent = here();
    const frame = Uint8Array.from(contributionFrame(bolt, "0".repeat(64), 1));
    const send = (address: string) =>
      agent.request("/v1/observations:batch", {
        method: "POST",
        headers: { "content-type": "application/cbor", "cf-connecting-ip": address },
        body: frame.slice(0, 3),
      });
    const statuses = new Set<number>();
    for (let sent = 0; sent < 601; sent++) statuses.add((await send("192.0.2.1")).status);
    expect([...statuses]).toEqual([400, 429]);
    expect((await send("192.0.2.2")).status).toBe(400);
  });
});

describe("a backlog", () => {
  it("holds back what would add to it, and nothing else", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const agent = here();
    const frame = new Uint8Array(8);
    const item = (n: number) => ({ peer: "bolt", topic: `${acme.mesh}.${n}`, key: String(n), frame, own: null });
    await agent.env.LINK.getByName(LINK_NAME).send(Array.from({ length: OUTBOX_BACKLOG_MAX + 1 }, (_, n) => item(n)));
    const refused = await open(agent);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "10"]);
    expect(await refused.json()).toMatchObject({ code: "QUEUE_BACKLOGGED", retryable: true });
    const revocation = { method: "POST", headers: { ...KEYED, ...json }, body: JSON.stringify({ revocation: "" }) };
    expect((await agent.request("/v1/revocations", revocation)).status).toBe(400);
    expect((await agent.request("/v1/ceremonies", { headers: KEYED })).status).toBe(200);
    vi.useRealTimers();
  });
});
