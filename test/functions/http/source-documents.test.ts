// Sources as signed documents: what they map, what they say in ceremonies, how they are put in force, and how their secrets change.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HookSources } from "../../../durable/hook-sources.ts";
import { Hooks } from "../../../durable/hooks-object.ts";
import { toBase64, toHex } from "../../../shared/bytes.ts";
import { parseSource, signSource } from "../../../shared/source/statement.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { testParties } from "../../support/parties.ts";
import { sqliteStorage } from "../../support/sqlite-storage.ts";
import * as send from "../hooks/senders.ts";

const parties = testParties(3);
const [acme, bolt] = parties as readonly [(typeof parties)[number], (typeof parties)[number]];
const PARTIES = parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 }));
const OPENS = {
  id: "orders",
  scheme: "standard",
  event: "order.large",
  pattern: "approval",
  parties: PARTIES,
  closesIn: 600,
  expiresIn: 900,
  when: "payload.data.total > 1000",
  map: {
    title: '"Order " + payload.data.number + " of " + string(payload.data.total)',
    subject: { number: "payload.data.number", total: "payload.data.total", rush: "has(payload.data.rush)" },
    label: '"order/" + payload.data.number',
  },
};
const SAYS = {
  id: "erp",
  scheme: "standard",
  event: "order.checked",
  attest: {
    ceremony: '"order/" + payload.number',
    content: { choice: 'payload.fine ? "approve" : "reject"' },
  },
};
const NOW_MS = send.NOW * 1_000;
type Document = { readonly [field: string]: unknown };
let agent: AgentHere;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_MS });
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  agent = agentHere(acme, parties, {});
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function ask(
  path: string,
  given?: object | string,
  method = given === undefined ? "GET" : "POST",
): Promise<Document> {
  const body = given === undefined ? {} : { body: typeof given === "string" ? given : JSON.stringify(given) };
  const headers = { ...KEYED, "content-type": "application/json" };
  const response = await agent.request(path, { method, ...body, headers });
  return { http: response.status, ...((await response.json()) as Document) };
}

function add(document: object, at = NOW_MS * 1_000, more: object = {}, signer = acme.root) {
  const frame = toBase64(signSource(JSON.stringify(document), acme.mesh, at, signer));
  return ask("/v1/sources", { frame, ...more });
}

let deliveries = 0;
async function deliver(id: string, secret: string, payload: object): Promise<Document> {
  deliveries += 1;
  const [body, delivery] = [send.utf8(JSON.stringify(payload)), `msg_${deliveries}`];
  const now = Math.floor(Date.now() / 1_000);
  const headers = send.standardHeaders(send.standardMac(body, now, delivery, secret), now, delivery);
  const response = await agent.request(`/hooks/${id}`, { method: "POST", headers, body: Uint8Array.from(body) });
  return { http: response.status, ...((await response.json()) as Document) };
}

const order = (total: unknown, more: object = {}) => ({
  type: "order.large",
  data: { number: "A-7", total, ...more },
  noise: Array.from({ length: 3_000 }, (_, n) => ({ n, x: 1.5 })),
});

describe("a signed source", () => {
  it("opens what its expressions say, over the fields that they name alone", async () => {
    const added = await add(OPENS);
    expect(added).toMatchObject({ http: 201, id: "orders", secret: expect.stringMatching(/^whsec_/) });
    const secret = added.secret as string;
    const opened = await deliver("orders", secret, order(1_250));
    expect(opened).toMatchObject({ http: 201 });
    const view = await agent.ceremony(opened.opened as string).view();
    expect(view).toMatchObject({
      title: "Order A-7 of 1250",
      subject: { number: "A-7", total: 1_250, rush: false, source: "orders", mapping: `sha256:${added.statement}` },
    });
    expect(await deliver("orders", secret, order(1_000))).toMatchObject({ http: 202, code: "SOURCE_EVENT" });
    expect(await deliver("orders", secret, order("1250"))).toMatchObject({ http: 409, code: "EXPRESSION_FAILED" });
    expect(await deliver("orders", secret, order(undefined))).toMatchObject({ http: 409, code: "EXPRESSION_FAILED" });
    expect(await deliver("orders", secret, order(1e300))).toMatchObject({ http: 409, code: "EXPRESSION_FAILED" });
    const [failed] = (await ask("/v1/sources/orders/requests?status=failed")).requests as readonly Document[];
    expect(failed).toMatchObject({ code: "EXPRESSION_FAILED", isReplayable: true });
  });

  it("says something in the ceremony that another one opened, once", async () => {
    const [opens, says] = [await add(OPENS), await add(SAYS)] as const;
    const checked = { type: "order.checked", number: "A-7", fine: true };
    const early = await deliver("erp", says.secret as string, checked);
    expect(early).toMatchObject({ http: 404, code: "ATTEST_UNPLACED" });
    const { opened } = await deliver("orders", opens.secret as string, order(2_000));
    const said = await deliver("erp", says.secret as string, checked);
    expect(said).toMatchObject({ http: 201, opened });
    const view = await agent.ceremony(opened as string).view();
    expect(view.parties.find(({ authority }) => authority === "acme")?.choice).toBe("approve");
    const other = await deliver("erp", says.secret as string, { ...checked, fine: false });
    expect(other).toMatchObject({ http: 409, code: "ALREADY_ATTESTED" });
    // What came too early is acted on when it is replayed, and says what it would have said.
    expect(await ask("/v1/sources/erp/requests/req_1/replay", {})).toMatchObject({ status: "attested" });
    const { events } = await ask("/v1/sources/erp/events");
    expect((events as readonly Document[]).map(({ status }) => status)).toEqual(["failed", "attested", "attested"]);
  });

  it("is in force under the party's own keys alone, and the later document of two", async () => {
    expect(await add(OPENS, NOW_MS * 1_000, {}, bolt.root)).toMatchObject({ http: 403, code: "SOURCE_SIGNER" });
    expect(await add(OPENS, NOW_MS * 1_000, {}, acme.identity.signer)).toMatchObject({ http: 201 });
    const { when: _, ...always } = OPENS;
    const later = await add(always, NOW_MS * 1_000 + 1);
    expect(later).toMatchObject({ http: 201, secret: null });
    expect(await add(OPENS, NOW_MS * 1_000)).toMatchObject({ http: 409, code: "SOURCE_OLDER" });
    const { sources } = await ask("/v1/sources");
    expect(sources).toMatchObject([{ id: "orders", statement: later.statement, does: "opens", of: "approval" }]);
    expect(await ask("/v1/sources/orders", undefined, "DELETE")).toMatchObject({ done: true });
    expect(await ask("/v1/sources/orders/requests")).toMatchObject({ http: 404 });
    // Whoever kept an earlier document, or the very one that was taken out, does not bring the source back with it.
    for (const at of [NOW_MS * 1_000, NOW_MS * 1_000 + 1])
      expect(await add(OPENS, at), String(at)).toMatchObject({ http: 409, code: "SOURCE_OLDER" });
    expect(await add(always, NOW_MS * 1_000 + 1)).toMatchObject({ http: 409, code: "SOURCE_OLDER" });
    expect(await add(OPENS, NOW_MS * 1_000 + 2)).toMatchObject({ http: 201 });
    expect(await ask("/v1/sources/orders", undefined, "DELETE")).toMatchObject({ done: true });
    expect(await add(OPENS, NOW_MS * 1_000 + 2)).toMatchObject({ code: "SOURCE_OLDER" });
    const frame = signSource(JSON.stringify(OPENS), "another-mesh", 1, acme.root);
    expect(await ask("/v1/sources", { frame: toBase64(frame) })).toMatchObject({ code: "SOURCE_INVALID" });
    const parsed = parseSource(frame);
    expect(parsed.ok && parsed.value.signer).toBe(toHex(acme.root.key));
    const broken = Uint8Array.from(frame);
    broken[broken.length - 1] = (broken[broken.length - 1] as number) ^ 1;
    expect((await ask("/v1/sources", { frame: toBase64(broken) })).http).not.toBe(201);
  });

  it("is refused with all that is wrong with it", async () => {
    const stranger = [...PARTIES, { authority: "zeta", role: "approver", power: 1 }, PARTIES[0]];
    const refused = await add({ ...OPENS, parties: stranger, closesIn: 900 });
    expect(refused).toMatchObject({ code: "SOURCE_INVALID" });
    const { findings } = refused.about as { findings: readonly { path: string; need: string }[] };
    expect(findings.map(({ path }) => path)).toEqual(["source.expiresIn", "source.parties", "source.parties"]);
    expect(await add({ ...OPENS, scheme: "slack" })).toMatchObject({ code: "BODY_INVALID" });
    expect(await add({ ...OPENS, scheme: "slack" }, 1, { secret: "shown by Slack" })).toMatchObject({
      http: 201,
      secret: null,
    });
  });
});

describe("a secret", () => {
  it("is rotated with an overlap, after which its use is told apart from a forgery", async () => {
    const { secret: first } = await add({ ...OPENS, when: null });
    const { secret: second } = await ask("/v1/sources/orders/rotate?overlap=3600", {});
    expect(second).not.toBe(first);
    for (const secret of [first, second])
      expect(await deliver("orders", secret as string, order(1))).toMatchObject({ http: 201 });
    vi.setSystemTime(NOW_MS + 3_601_000);
    expect(await deliver("orders", second as string, order(2))).toMatchObject({ http: 201 });
    expect(await deliver("orders", first as string, order(3))).toMatchObject({ http: 401 });
    const [rejected] = (await ask("/v1/sources/orders/requests")).requests as readonly Document[];
    expect(rejected).toMatchObject({ why: "the sender still signs with a secret that was retired" });
  });

  it("that the deployment configures is rotated too", async () => {
    const source = { ...OPENS, when: null };
    agent = agentHere(acme, parties, { sources: [source] }, undefined, { orders: [send.STANDARD_SECRET] });
    const { secret } = await ask("/v1/sources/orders/rotate?overlap=0", {});
    expect(await deliver("orders", secret as string, order(1))).toMatchObject({ http: 201 });
    expect(await deliver("orders", send.STANDARD_SECRET, order(2))).toMatchObject({ http: 401 });
    expect(await ask("/v1/sources/orders/rotate", { secret: "too short" })).toMatchObject({
      code: "HOOK_SECRET_MALFORMED",
    });
  });

  it("stands in no answer but the one that made it", async () => {
    const { secret } = await add(OPENS);
    await deliver("orders", secret as string, order(1_250));
    const told = await Promise.all(
      ["/v1/sources", "/v1/sources/orders/requests", "/v1/sources/orders/events"].map((path) => ask(path)),
    );
    expect(JSON.stringify(told)).not.toContain((secret as string).slice(6));
  });
});

describe("adding a source", () => {
  /** The platform's cipher fails once, which is where the agent waits between the document and its secret. */
  const crash = () => vi.spyOn(crypto.subtle, "encrypt").mockRejectedValueOnce(new Error("gone"));

  it("that dies half-way leaves nothing in force, and so does adding an endpoint", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    crash();
    expect(await add(OPENS)).toMatchObject({ http: 500 });
    expect(await ask("/v1/sources")).toMatchObject({ sources: [] });
    const added = await add(OPENS);
    expect(added).toMatchObject({ http: 201, secret: expect.stringMatching(/^whsec_/) });
    expect(await deliver("orders", added.secret as string, order(1_250))).toMatchObject({ http: 201 });
    const endpoint = { id: "erp", url: "https://hooks.acme.com/" };
    crash();
    expect(await ask("/v1/endpoints", endpoint)).toMatchObject({ http: 500 });
    expect(await ask("/v1/endpoints")).toMatchObject({ endpoints: [] });
    expect(await ask("/v1/endpoints", endpoint)).toMatchObject({ http: 201 });
  });

  it("again keeps its secret, and makes one where there is none or where it is none of the scheme", async () => {
    const { secret } = await add(OPENS);
    expect(await add(OPENS)).toMatchObject({ http: 201, secret: null });
    const frame = signSource(JSON.stringify({ ...OPENS, id: "bare" }), acme.mesh, 1, acme.root);
    const storage = sqliteStorage();
    const hooks = new Hooks({ storage } as unknown as DurableObjectState, agent.env);
    const source = parseSource(frame);
    if (source.ok) new HookSources(storage.sql).add(source.value);
    expect(await hooks.addSource(frame, null, false)).toMatchObject({ value: { secret: expect.any(String) } });
    expect(await hooks.addSource(frame, null, false)).toMatchObject({ value: { secret: null } });
    const slack = { ...OPENS, scheme: "slack" };
    expect(await add(slack, NOW_MS * 1_000 + 1, { secret: "shown by Slack" })).toMatchObject({ http: 201 });
    const back = await add(OPENS, NOW_MS * 1_000 + 2);
    expect(back).toMatchObject({ http: 201, secret: expect.stringMatching(/^whsec_/) });
    expect(back.secret).not.toBe(secret);
    expect(await deliver("orders", back.secret as string, order(1_250))).toMatchObject({ http: 201 });
  });
});

describe("a sample", () => {
  it("is signed by every scheme with a shared secret, and taken as any delivery is", async () => {
    const signature = {
      header: "X-Sig",
      prefix: "v1=",
      encoding: "base64",
      time: { header: "X-At", joint: "." },
      event: "type",
      delivery: null,
    };
    const base = { ...OPENS, when: null, map: null };
    const sources = [
      [base, '{"type":"order.large"}'],
      [{ ...base, id: "gh", scheme: "github", event: "deployment" }, '{"deployment":{}}'],
      [{ ...base, id: "st", scheme: "stripe" }, '{"id":"evt_1","type":"order.large"}', "whsec_x"],
      [
        { ...base, id: "sl", scheme: "slack", event: "asked" },
        '{"type":"event_callback","event_id":"E","event":{"type":"asked"}}',
        "s",
      ],
      [{ ...base, id: "pl", scheme: "hmac", signature }, '{"type":"order.large"}'],
    ] as const;
    for (const [document, body, secret = null] of sources) {
      expect(await add(document, 1, { secret })).toMatchObject({ http: 201 });
      expect(await ask(`/v1/sources/${document.id}/trigger`, body)).toMatchObject({ http: 200, status: "opened" });
    }
    const pair = { ...base, id: "pair", scheme: "ed25519", signature };
    await add(pair, 1, { secret: send.PUBLIC_KEY });
    expect(await ask("/v1/sources/pair/trigger", "{}")).toMatchObject({ http: 409, code: "HOOK_UNSIGNABLE" });
  });
});
