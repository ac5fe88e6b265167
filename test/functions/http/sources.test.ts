// What an agent keeps of webhooks, and how their owner sees it and brings it again.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { testParties } from "../../support/parties.ts";
import * as send from "../hooks/senders.ts";

const parties = testParties(3);
const [acme] = parties as readonly [(typeof parties)[number]];
const rest = {
  action: null,
  pattern: "approval",
  set: [],
  parties: parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 })),
  closesIn: 60,
  expiresIn: 120,
};
const SOURCES = [
  { id: "gh", scheme: "github", event: "deployment", ...rest },
  { id: "std", scheme: "standard", event: "invoice.paid", ...rest },
];
const NOW_MS = send.NOW * 1_000;
const body = (n: number) => send.utf8(`{"deployment":{"ref":"r${n}"}}`);

type Document = { readonly [field: string]: unknown };
let agent: AgentHere;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_MS });
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const secrets = { gh: [send.SECRET], std: [send.STANDARD_SECRET] };
  agent = agentHere(acme, parties, { sources: SOURCES }, undefined, secrets);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function deliver(id: string, sent: send.Sent): Promise<Document> {
  const init = { method: "POST", headers: sent.headers, body: Uint8Array.from(sent.body) };
  const response = await agent.request(`/hooks/${id}`, init);
  return { http: response.status, ...((await response.json()) as Document) };
}

async function ask(path: string, given?: object): Promise<Document> {
  const json = { "content-type": "application/json" };
  const init = given === undefined ? {} : { method: "POST", body: JSON.stringify(given), headers: json };
  const response = await agent.request(path, { ...init, headers: { ...KEYED, ...(init.headers ?? {}) } });
  return { http: response.status, ...((await response.json()) as Document) };
}

async function listed(query = "", id = "gh"): Promise<readonly Document[]> {
  return (await ask(`/v1/sources/${id}/requests${query}`)).requests as readonly Document[];
}

describe("a request", () => {
  it("is kept with what it did, and its event once for all its requests", async () => {
    const first = await deliver("gh", send.github(body(1)));
    expect(first).toMatchObject({ http: 201, request: "req_1" });
    expect(await deliver("gh", send.github(body(1)))).toMatchObject({ http: 200, opened: first.opened });
    expect(await deliver("gh", send.github(send.utf8('{"issue":{}}')))).toMatchObject({ http: 202, opened: null });
    expect((await listed()).map(({ status, event, delivery }) => [status, event, delivery])).toEqual([
      ["ignored", null, "d-1"],
      ["duplicate", "deployment", "d-1"],
      ["opened", "deployment", "d-1"],
    ]);
    const { events } = await ask("/v1/sources/gh/events");
    expect(events).toMatchObject([{ id: "evt_1", status: "opened", ceremony: first.opened, requests: 2 }]);
  });

  it("that is refused is kept without anything that its body said, and with the cause for its owner", async () => {
    const sent = send.github(body(2));
    const answer = await deliver("gh", { ...sent, body: send.utf8('{"deployment":{"ref":"r2"}}\n') });
    expect(answer).toMatchObject({ http: 401, why: "see the agent's log" });
    const [kept] = await listed();
    expect(kept).toMatchObject({
      status: "rejected",
      code: "HOOK_SIGNATURE_MISMATCH",
      why: "a newline was added at the end of the body",
      event: null,
      digest: null,
      isReplayable: false,
    });
    expect(await ask("/v1/sources/gh/requests/req_1/replay", {})).toMatchObject({ http: 404, code: "HOOK_BODY_GONE" });
  });

  it("is listed a page at a time, and what came since oldest first", async () => {
    for (const n of [1, 2, 3, 4, 5]) await deliver("gh", send.github(body(n)));
    const ids = async (query: string) => (await listed(query)).map(({ id }) => id);
    expect(await ids("?limit=2")).toEqual(["req_5", "req_4"]);
    expect(await ids("?limit=2&cursor=4")).toEqual(["req_3", "req_2"]);
    expect(await ids("?after=3")).toEqual(["req_4", "req_5"]);
    expect(await ids("?status=failed")).toEqual([]);
    expect(await ask("/v1/sources/gh/requests?status=odd")).toMatchObject({ http: 400, code: "QUERY_INVALID" });
    expect(await ask("/v1/sources/none/requests")).toMatchObject({ http: 404, code: "SOURCE_UNKNOWN" });
  });

  it("that forges many times a second is not written down each time", async () => {
    vi.setSystemTime(NOW_MS + 10_000);
    const forged = { ...send.github(body(1)), body: body(2) };
    for (let i = 0; i < 50; i++) await deliver("gh", forged);
    expect((await listed("?limit=200")).length).toBe(20);
  });
});

describe("after an outage", () => {
  it("what failed is replayed from the bodies kept, and opens what it would have opened", async () => {
    const { CEREMONY } = agent.env;
    const away = { getByName: () => ({ open: () => Promise.reject(new Error("away")) }) };
    Object.assign(agent.env, { CEREMONY: away });
    for (const n of [1, 2, 3]) expect((await deliver("gh", send.github(body(n)))).http).toBe(500);
    Object.assign(agent.env, { CEREMONY });
    const failed = await listed("?status=failed");
    expect(failed.length).toBe(3);
    const opened = new Set<unknown>();
    for (const { id } of failed) {
      const told = await ask(`/v1/sources/gh/requests/${id}/replay`, {});
      expect(told).toMatchObject({ http: 200, status: "opened" });
      opened.add(told.ceremony);
      expect(await ask(`/v1/sources/gh/requests/${id}/replay`, {})).toMatchObject({ status: "duplicate" });
    }
    expect(opened.size).toBe(3);
    expect(await deliver("gh", send.github(body(1)))).toMatchObject({ http: 200, duplicate: true });
  });

  it("keeps bodies for a day", async () => {
    await deliver("gh", send.github(body(1)));
    vi.setSystemTime(NOW_MS + 86_399_000);
    expect(await ask("/v1/sources/gh/requests/req_1/replay", {})).toMatchObject({ status: "duplicate" });
    vi.setSystemTime(NOW_MS + 86_400_000);
    await deliver("gh", send.github(body(2)));
    expect(await ask("/v1/sources/gh/requests/req_1/replay", {})).toMatchObject({ code: "HOOK_BODY_GONE" });
  });
});

describe("what the sender lists and never came", () => {
  const brought = (sent: send.Sent, more: object = {}) =>
    ask("/v1/sources/std/deliveries", {
      headers: sent.headers,
      body: Buffer.from(sent.body).toString("base64"),
      ...more,
    });
  const paid = send.utf8('{"type":"invoice.paid"}');

  it("is told by its ids, and brought under the sender's old signature", async () => {
    await deliver("std", send.standard(paid, send.NOW, "msg_1"));
    const deliveries = ["msg_1", "msg_2", "msg_3"];
    expect(await ask("/v1/sources/std/missing", { deliveries })).toMatchObject({ missing: ["msg_2", "msg_3"] });
    const late = send.standard(paid, send.NOW - 90_000, "msg_2");
    expect(await deliver("std", late)).toMatchObject({ http: 401, code: "HOOK_TIMESTAMP_TOO_OLD" });
    expect(await brought(late)).toMatchObject({ http: 200, status: "opened" });
    expect(await brought(late)).toMatchObject({ http: 200, status: "duplicate" });
    expect(await ask("/v1/sources/std/missing", { deliveries })).toMatchObject({ missing: ["msg_3"] });
  });

  it("is refused under a wrong signature, unless the owner vouches for it", async () => {
    const forged = { ...send.standard(paid, send.NOW, "msg_4"), body: send.utf8('{"type":"invoice.paid","n":1}') };
    expect(await brought(forged)).toMatchObject({ http: 401, code: "HOOK_SIGNATURE_MISMATCH" });
    expect(await brought(forged, { vouch: true, delivery: "msg_4" })).toMatchObject({ status: "opened" });
    expect(await ask("/v1/sources/std/missing", { deliveries: ["msg_4"] })).toMatchObject({ missing: [] });
  });
});
