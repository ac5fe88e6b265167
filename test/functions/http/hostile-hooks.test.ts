// Webhooks from a sender that has the secret and means ill, or has none: odd bytes, odd headers, expressions that would run long, a source
// that is taken out meanwhile; and nothing of what it sends in the log.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { toBase64 } from "../../../shared/bytes.ts";
import { signSource } from "../../../shared/source/statement.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { testParties } from "../../support/parties.ts";
import * as send from "../hooks/senders.ts";

const CANARY = "c4nary-9e1f";
const SECRET = `whsec_${Buffer.from(`${CANARY}-and-more-of-the-secret`).toString("base64")}`;
const parties = testParties(3);
const [acme] = parties as readonly [(typeof parties)[number]];
const ORDERS = send.ORDERS;
const NOW_MS = send.NOW * 1_000;
type Document = { readonly [field: string]: unknown };
let agent: AgentHere;
let logged: string[];

beforeEach(() => {
  logged = [];
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_MS });
  for (const level of ["log", "warn", "error", "info", "debug"] as const)
    vi.spyOn(console, level).mockImplementation((...said: unknown[]) => void logged.push(JSON.stringify(said)));
  agent = agentHere(acme, parties, {});
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function ask(path: string, given?: object, method = given === undefined ? "GET" : "POST"): Promise<Document> {
  const body = given === undefined ? {} : { body: JSON.stringify(given) };
  const headers = { ...KEYED, "content-type": "application/json" };
  const response = await agent.request(path, { method, ...body, headers });
  return { http: response.status, ...((await response.json()) as Document) };
}

async function add(changes: object = {}): Promise<void> {
  const frame = toBase64(signSource(JSON.stringify({ ...ORDERS, ...changes }), acme.mesh, NOW_MS * 1_000, acme.root));
  expect(await ask("/v1/sources", { frame, secret: SECRET })).toMatchObject({ http: 201 });
}

let sent = 0;
async function deliver(body: Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<Document> {
  sent += 1;
  const [now, id] = [Math.floor(Date.now() / 1_000), `msg_${sent}`];
  const own = send.standardHeaders(send.standardMac(body, now, id, SECRET), now, id);
  const init = { method: "POST", headers: { ...own, ...headers }, body: Uint8Array.from(body) };
  const response = await agent.request("/hooks/orders", init);
  return { http: response.status, ...((await response.json()) as Document) };
}
const deliverText = (text: string) => deliver(send.utf8(text));

describe("bytes under a good signature", () => {
  const large = '"type":"order.large"';
  it.each([
    ["a byte order mark", `\ufeff{${large}}`, 400, "BODY_INVALID"],
    ["nothing", "", 400, "BODY_INVALID"],
    ["a list", `[{${large}}]`, 400, "BODY_INVALID"],
    ["a form", "type=order.large", 400, "BODY_INVALID"],
    ["two documents", `{${large}}{}`, 400, "BODY_INVALID"],
    ["a comment", `{${large}}//`, 400, "BODY_INVALID"],
    ["its type twice, the last another", `{${large},"type":"x"}`, 202, "SOURCE_EVENT"],
    ["its type in an object that would be inherited", `{"__proto__":{${large}}}`, 202, "SOURCE_EVENT"],
    ["its type as a list", '{"type":["order.large"]}', 202, "SOURCE_EVENT"],
    ["numbers past all bounds", `{${large},"n":1e999,"m":-0.0,"k":${"9".repeat(5_000)}}`, 201, undefined],
    ["a depth of ten thousand", `{${large},"x":${"[".repeat(10_000)}${"]".repeat(10_000)}}`, 201, undefined],
    [
      "twenty thousand names",
      `{${large},${Array.from({ length: 20_000 }, (_, n) => `"${n}":0`).join()}}`,
      201,
      undefined,
    ],
  ])("that are %s are taken for what they are", async (_name, text, http, code) => {
    await add();
    expect(await deliverText(text)).toMatchObject({ http, ...(code === undefined ? {} : { code }) });
  });

  it("that are no UTF-8 are refused", async () => {
    await add();
    for (const odd of [
      [0x7b, 0xff, 0x7d],
      [0x7b, 0xc0, 0xaf, 0x7d],
      [0xed, 0xa0, 0x80],
      [0xff, 0xfe, 0x7b, 0x00],
    ])
      expect(await deliver(Uint8Array.from(odd))).toMatchObject({ http: 400, code: "BODY_INVALID" });
  });
});

describe("headers", () => {
  const body = send.utf8('{"type":"order.large"}');
  const good = () => send.standardMac(body, send.NOW, "msg_x", SECRET);
  const under = (headers: Readonly<Record<string, string>>) =>
    deliver(body, { ...send.standardHeaders(good(), send.NOW, "msg_x"), ...headers });
  const signature = (text: string) => under({ "webhook-signature": text });

  it("are read in one spelling alone, however many there are", async () => {
    await add();
    const value = good().slice(3);
    for (const odd of [`v1,${value},x`, `v1,,${value}`, `v1 ,${value}`, value, "v1,", ",", " ", `${good()}, ${good()}`])
      expect([odd, (await signature(odd)).http]).toEqual([odd, odd.trim() === "" ? 401 : 400]);
    expect(await signature(`V1,${value}`)).toMatchObject({ http: 400, code: "HOOK_HEADER_MALFORMED" });
    expect(await signature(Array.from({ length: 9 }, good).join(" "))).toMatchObject({ http: 400 });
    for (const odd of [
      "",
      "0x10",
      "1e9",
      `+${send.NOW}`,
      `0${send.NOW}`,
      `${send.NOW}.0`,
      `${send.NOW}, ${send.NOW}`,
      "-1",
    ])
      expect(await under({ "webhook-timestamp": odd })).toMatchObject({ http: 400, code: "HOOK_HEADER_MALFORMED" });
    for (const odd of ["a.b", "a, b", "x".repeat(257), "a b"])
      expect(await under({ "webhook-id": odd })).toMatchObject({ http: 400, code: "HOOK_HEADER_MALFORMED" });
    expect(await under({ "webhook-timestamp": String(send.NOW + 1) })).toMatchObject({ http: 401 });
    expect(await signature(`v2,AAAA ${good()}`)).toMatchObject({ http: 201 });
  });
});

describe("an expression", () => {
  const text = "a".repeat(200_000);
  it.each([
    ["a pattern over a long text", 'payload.t.matches("(a?){50}a{50}$")', { t: text }],
    [
      "a pattern in a loop",
      'payload.a.exists(x, payload.t.matches("(a?){50}b"))',
      { t: "a".repeat(4_000), a: Array(900).fill(1) },
    ],
    ["a search in a loop", 'payload.a.all(x, payload.t.contains("ab"))', { t: text, a: Array(900).fill(1) }],
    ["more items than it may have", "payload.a.all(x, x in payload.a)", { a: Array(40_000).fill(1) }],
  ])("with %s is stopped before it runs long", async (_name, when, payload) => {
    await add({ when });
    const started = performance.now();
    expect(await deliverText(JSON.stringify({ type: "order.large", ...payload }))).toMatchObject({
      http: 409,
      code: "EXPRESSION_FAILED",
    });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it.each([
    ["payload.m", { m: { a: 1 } }],
    ["payload.l", { l: [1] }],
    ["payload.gone.further", {}],
    ["payload.n / 0", { n: 1 }],
    ["payload.n * 9007199254740991", { n: 9 }],
    ['payload.t == "" ? 1 : payload.t', { t: "\u202e\u0000" }],
  ])("%s as a title gives no text, and opens nothing", async (title, payload) => {
    await add({ map: { title } });
    const refused = { http: 409, code: "EXPRESSION_FAILED" };
    expect(await deliverText(JSON.stringify({ type: "order.large", ...payload }))).toMatchObject(refused);
    expect(await ask("/v1/ceremonies")).toMatchObject({ ceremonies: [] });
  });

  it("of a reasonable document goes through what a sender sends", async () => {
    await add({ when: 'payload.labels.exists(x, x.matches("^prod")) && payload.body.contains("deploy")' });
    const labels = Array.from({ length: 30 }, (_, n) => `prod-${n}`);
    const answer = await deliverText(JSON.stringify({ type: "order.large", labels, body: "deploy it" }));
    expect(answer).toMatchObject({ http: 201 });
  });
});

describe("a source", () => {
  it("that is taken out while a delivery is under way lets that one end, and takes no other", async () => {
    await add();
    const { HOOKS } = agent.env;
    const removing = (object: object) =>
      new Proxy(object, {
        get: (target, name) => {
          const found = (target as Record<string | symbol, unknown>)[name];
          if (typeof found !== "function") return found;
          return async (...given: unknown[]) => {
            if (name === "claim") await agent.hooks().removeSource("orders");
            return found.apply(target, given);
          };
        },
      });
    Object.assign(agent.env, { HOOKS: { getByName: (name: string) => removing(HOOKS.getByName(name)) } });
    expect(await deliverText('{"type":"order.large"}')).toMatchObject({ http: 201 });
    expect(await deliverText('{"type":"order.large"}')).toMatchObject({ http: 404, code: "SOURCE_UNKNOWN" });
    expect(await ask("/v1/sources/orders/requests")).toMatchObject({ http: 404 });
  });
});

describe("the log", () => {
  it("holds nothing of bodies, headers and secrets, whatever becomes of them", async () => {
    await add({ map: { title: "payload.t" } });
    const body = (more: object) => send.utf8(JSON.stringify({ type: "order.large", t: CANARY, ...more }));
    const header = { "x-canary": CANARY, "user-agent": CANARY, authorization: `Bearer ${CANARY}` };
    await deliver(body({}), header);
    await deliver(body({ t: { [CANARY]: CANARY } }), header);
    await deliver(send.utf8(`{"${CANARY}`), header);
    await deliver(body({}), { ...header, "webhook-signature": `v1,${CANARY}` });
    await deliver(body({}), { ...header, "webhook-timestamp": CANARY, "webhook-id": CANARY });
    await deliver(body({}), { ...header, "webhook-signature": `v1,${Buffer.alloc(32).toString("base64")}` });
    vi.setSystemTime(NOW_MS + 2_000);
    await deliver(send.utf8(`${CANARY}\n`), {
      ...header,
      "webhook-signature": send.standardMac(send.utf8(CANARY), send.NOW),
    });
    const { CEREMONY } = agent.env;
    Object.assign(agent.env, { CEREMONY: { getByName: () => ({ open: () => Promise.reject(new Error("away")) }) } });
    await deliver(body({}), header);
    Object.assign(agent.env, { CEREMONY });
    await ask("/v1/sources/orders/rotate", { secret: SECRET });
    await ask("/v1/sources/orders/rotate", { secret: CANARY });
    await ask("/v1/sources/orders/trigger", { type: "order.large", t: CANARY });
    await ask("/v1/sources/orders/deliveries", {
      headers: { [CANARY]: CANARY },
      body: toBase64(body({})),
      vouch: true,
    });
    await ask("/v1/sources/orders/requests/req_1/replay", {});
    await agent.request(`/hooks/${CANARY}?${CANARY}`, { method: "POST", body: CANARY });
    const secret = SECRET.slice(6);
    expect(logged.length).toBeGreaterThan(10);
    expect(logged.filter((line) => line.includes(CANARY) || line.includes(secret))).toEqual([]);
    expect(logged.some((line) => line.includes("hook-failed"))).toBe(true);
    expect(logged.some((line) => line.includes("hook-refused"))).toBe(true);
  });
});
