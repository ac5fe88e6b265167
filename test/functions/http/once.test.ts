// One delivery opens at most one ceremony: sent twice, at once, across a crash at each step, after the source, its policy or its secrets have
// changed, and brought again weeks later.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HookRequests } from "../../../durable/hook-requests.ts";
import { toBase64 } from "../../../shared/bytes.ts";
import { signSource } from "../../../shared/source/statement.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { testParties } from "../../support/parties.ts";
import { sqliteStorage } from "../../support/sqlite-storage.ts";
import * as send from "../hooks/senders.ts";

const parties = testParties(3);
const [acme] = parties as readonly [(typeof parties)[number]];
const ORDERS = { ...send.ORDERS, map: { title: '"first reading"' } };
const LATER = { ...ORDERS, map: { title: '"second reading"' } };
const BODY = send.utf8('{"type":"order.large"}');
const NOW_MS = send.NOW * 1_000;
const DAY = 86_400;
type Document = { readonly [field: string]: unknown };
let agent: AgentHere;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_MS });
  for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockImplementation(() => undefined);
  agent = agentHere(acme, parties, {});
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function ask(path: string, given?: object): Promise<Document> {
  const body = given === undefined ? {} : { method: "POST", body: JSON.stringify(given) };
  const headers = { ...KEYED, "content-type": "application/json" };
  const response = await agent.request(path, { ...body, headers });
  return { http: response.status, ...((await response.json()) as Document) };
}

let signedAt = NOW_MS * 1_000;
async function add(document: object, secret: string | null = send.STANDARD_SECRET): Promise<void> {
  signedAt += 1;
  const frame = toBase64(signSource(JSON.stringify(document), acme.mesh, signedAt, acme.root));
  expect(await ask("/v1/sources", { frame, secret })).toMatchObject({ http: 201 });
}

const sent = (id: string, secret = send.STANDARD_SECRET, body = BODY) => {
  const now = Math.floor(Date.now() / 1_000);
  return { body, headers: send.standardHeaders(send.standardMac(body, now, id, secret), now, id) };
};

async function deliver(id: string, given = sent("msg_1")): Promise<Document> {
  const init = { method: "POST", headers: given.headers, body: Uint8Array.from(given.body) };
  const response = await agent.request(`/hooks/${id}`, init);
  return { http: response.status, ...((await response.json()) as Document) };
}

async function titles(): Promise<readonly unknown[]> {
  const { ceremonies } = await ask("/v1/ceremonies");
  return (ceremonies as readonly Document[]).map(({ title }) => title);
}

/** One method of an object dies once: before it does its work, or after it, when nobody hears of it any more. */
function dying(name: "HOOKS" | "CEREMONY", method: string, when: "before" | "after"): void {
  const room = agent.env[name] as unknown as { getByName: (id: string) => Record<string, unknown> };
  const { getByName } = room;
  let dead = false;
  const die = (object: Record<string, unknown>) =>
    new Proxy(object, {
      get: (target, field) => {
        const found = target[field as string];
        if (typeof found !== "function") return found;
        const call = found.bind(target) as (...given: unknown[]) => Promise<unknown>;
        if (field !== method || dead) return call;
        return async (...given: unknown[]) => {
          dead = true;
          if (when === "after") await call(...given);
          throw new Error("the object was reset");
        };
      },
    });
  Object.assign(agent.env, { [name]: { getByName: (id: string) => die(getByName(id)) } });
}

describe("a delivery", () => {
  it("that comes many times at once opens one ceremony, and again under the next secret none", async () => {
    await add(ORDERS);
    const answers = await Promise.all(Array.from({ length: 8 }, () => deliver("orders")));
    expect(new Set(answers.map(({ opened }) => opened)).size).toBe(1);
    const { secret } = await ask("/v1/sources/orders/rotate?overlap=0", {});
    expect(await deliver("orders", sent("msg_1", secret as string))).toMatchObject({ http: 200, duplicate: true });
    expect(await titles()).toEqual(["first reading"]);
  });

  it.each([
    ["HOOKS", "claim", "before"],
    ["HOOKS", "claim", "after"],
    ["HOOKS", "intend", "before"],
    ["HOOKS", "intend", "after"],
    ["CEREMONY", "open", "before"],
    ["CEREMONY", "open", "after"],
    ["HOOKS", "settle", "before"],
    ["HOOKS", "settle", "after"],
  ] as const)("whose attempt dies in %s.%s, %s its work, is opened once", async (name, method, when) => {
    await add(ORDERS);
    dying(name, method, when);
    expect(await deliver("orders")).toMatchObject({ http: 500, code: "INTERNAL" });
    await add(LATER, null);
    const { secret } = await ask("/v1/sources/orders/rotate?overlap=0", {});
    vi.setSystemTime(NOW_MS + 60_000);
    const again = await deliver("orders", sent("msg_1", secret as string));
    expect(again.opened).toEqual(expect.any(String));
    expect(await deliver("orders", sent("msg_1", secret as string))).toMatchObject({ opened: again.opened });
    // Before it was written down what is opened, the source as it is now may say so; after that, as it was.
    const unwritten = method === "claim" || (method === "intend" && when === "before");
    expect(await titles()).toEqual([unwritten ? "second reading" : "first reading"]);
  });

  it("that may be open is not read anew by a source that cannot read it any more", async () => {
    await add(ORDERS);
    dying("CEREMONY", "open", "after");
    expect(await deliver("orders")).toMatchObject({ code: "INTERNAL" });
    await add({ ...ORDERS, map: { title: "payload.gone" } }, null);
    expect(await deliver("orders")).toMatchObject({ http: 201 });
    expect(await titles()).toEqual(["first reading"]);
  });

  it("that was refused is read anew by the source as it is then", async () => {
    await add(ORDERS);
    const { CEREMONY } = agent.env;
    const refusing = { open: async () => [{ id: "", verdict: "refused", code: "QUEUE_BACKLOGGED", detail: {} }] };
    Object.assign(agent.env, { CEREMONY: { getByName: () => refusing } });
    expect(await deliver("orders")).toMatchObject({ code: "QUEUE_BACKLOGGED" });
    Object.assign(agent.env, { CEREMONY });
    await add(LATER, null);
    expect(await ask("/v1/sources/orders/requests/req_1/replay", {})).toMatchObject({ status: "opened" });
    expect(await titles()).toEqual(["second reading"]);
  });

  it("is another one under another id, and at another source, whatever else is the same", async () => {
    await add(ORDERS);
    await add({ ...ORDERS, id: "others" });
    const opened = [await deliver("orders"), await deliver("orders", sent("msg_2")), await deliver("others")];
    expect(opened.map(({ http }) => http)).toEqual([201, 201, 201]);
    expect(new Set(opened.map((one) => one.opened)).size).toBe(3);
  });
});

describe("what its people bring", () => {
  const brought = (given: send.Sent) =>
    ask("/v1/sources/orders/deliveries", { headers: given.headers, body: Buffer.from(given.body).toString("base64") });

  it("is taken as old as deliveries are remembered, and no older", async () => {
    await add(ORDERS);
    const given = sent("msg_1");
    const { opened } = await deliver("orders", given);
    vi.setSystemTime((send.NOW + 29 * DAY) * 1_000);
    expect(await brought(given)).toMatchObject({ status: "duplicate", ceremony: opened });
    vi.setSystemTime((send.NOW + 29 * DAY + 1) * 1_000);
    expect(await brought(given)).toMatchObject({ http: 401, code: "HOOK_TIMESTAMP_TOO_OLD" });
    vi.setSystemTime((send.NOW + 31 * DAY) * 1_000);
    expect(await brought(given)).toMatchObject({ http: 401, code: "HOOK_TIMESTAMP_TOO_OLD" });
  });

  it("is known by the id in its body where its sender has none elsewhere", async () => {
    await add({ ...ORDERS, id: "stripe", scheme: "stripe" }, send.SECRET);
    const event = (id: string) => send.stripe(send.utf8(`{"id":"${id}","type":"order.large"}`));
    await deliver("stripe", event("evt_1"));
    await deliver("stripe", send.stripe(send.utf8('{"id":"evt_2","type":"another"}')));
    const deliveries = ["evt_1", "evt_2", "evt_3"];
    expect(await ask("/v1/sources/stripe/missing", { deliveries })).toMatchObject({ missing: ["evt_3"] });
  });

  it("is not missing once later requests have pushed its own out", () => {
    const { sql } = sqliteStorage();
    const list = new HookRequests(sql);
    const told = { status: "opened", event: "e", delivery: "msg_0", digest: "sha256:x", ceremony: "c0" } as const;
    list.claim("std", "id:msg_0", 0, true);
    const record = { source: "std", atMs: 0, tookMs: 1, bytes: 2, code: null, why: null, replayOf: null, ...told };
    list.settle(record, "id:msg_0", null, null);
    sql.exec("DELETE FROM requests");
    expect(list.one("std", "req_1")).toBeNull();
    expect(list.missing("std", ["msg_0", "msg_x"])).toEqual(["msg_x"]);
  });
});
