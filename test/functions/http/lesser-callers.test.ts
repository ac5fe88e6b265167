// What callers with little may not reach: a key that may only open ceremonies says nothing in one, and whoever has no key makes the agent
// keep nothing and do little.
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { ROUTES } from "../../../functions/http/contract/table.ts";
import { toBase64 } from "../../../shared/bytes.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { consoleOf } from "../../support/console-here.ts";
import { testParties } from "../../support/parties.ts";
import * as send from "../hooks/senders.ts";

const parties = testParties(3);
const [acme] = parties as readonly [Party];
const SECRET = `whsec_${toBase64(new Uint8Array(32).fill(7))}`;
const SAYS = {
  id: "erp",
  scheme: "standard",
  event: "order.checked",
  attest: { ceremony: "payload.ceremony", content: { choice: 'payload.fine ? "approve" : "reject"' } },
};
const KEYS = { opener: ["open"], speaker: ["open", "attest"] } as const;
type Document = { readonly [field: string]: unknown };
let agent: AgentHere;

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  agent = agentHere(acme, parties, { sources: [SAYS] }, undefined, { erp: [SECRET] });
  const keys = Object.entries(KEYS).map(([id, scopes]) => {
    return { id, sha256: createHash("sha256").update(`the key of ${id}`).digest("hex"), scopes };
  });
  Object.assign(agent.env, { API_KEYS: JSON.stringify(keys) });
});
afterEach(() => vi.restoreAllMocks());

async function ask(by: keyof typeof KEYS, path: string, given: object): Promise<Document> {
  const headers = { authorization: `Bearer the key of ${by}`, "content-type": "application/json" };
  const response = await agent.request(path, { method: "POST", headers, body: JSON.stringify(given) });
  return (await response.json()) as Document;
}

describe("a key that may only open ceremonies", () => {
  it("says nothing in one by way of a source that does: not under its word, not by a sample, not by a replay", async () => {
    const parts = parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 }));
    const opening = { pattern: "approval", title: "Release 2.4", parties: parts };
    const { ceremony } = (await ask("opener", "/v1/ceremonies", opening)) as { readonly ceremony: string };
    const choice = async () =>
      (await agent.ceremony(ceremony).view()).parties.find(({ authority }) => authority === acme.name)?.choice ?? null;
    const payload = { type: "order.checked", ceremony, fine: true };
    const early = send.utf8(JSON.stringify({ ...payload, ceremony: "not yet" }));
    const now = Math.floor(Date.now() / 1_000);
    const headers = send.standardHeaders(send.standardMac(early, now, "msg_1", SECRET), now, "msg_1");
    await agent.request("/hooks/erp", { method: "POST", headers, body: Uint8Array.from(early) });
    const vouched = { body: toBase64(send.utf8(JSON.stringify(payload))), vouch: true };
    const roads = [
      ["/v1/sources/erp/deliveries", vouched],
      ["/v1/sources/erp/trigger", payload],
      ["/v1/sources/erp/requests/req_1/replay", {}],
    ] as const;
    for (const [path, given] of roads)
      expect(await ask("opener", path, given), path).toMatchObject({ status: 403, code: "SCOPE_MISSING" });
    expect(await choice()).toBe(null);
    expect(await ask("speaker", "/v1/sources/erp/requests/req_1/replay", {})).toMatchObject({ status: "failed" });
    expect(await ask("speaker", "/v1/sources/erp/deliveries", vouched)).toMatchObject({ status: "attested" });
    expect(await choice()).toBe("approve");
  });
});

describe("an id that no ceremony has", () => {
  const unknown = "ab".repeat(32);

  it("makes no object, whoever asks for it and by whichever route or page", async () => {
    const named = vi.spyOn(agent.env.CEREMONY, "getByName");
    const routes = ROUTES.filter(({ path }) => path.startsWith("/v1/ceremonies/{id}"));
    expect(routes.length).toBeGreaterThan(10);
    for (const { method, path, body } of routes) {
      const at = path.replace("{id}", unknown).replace("{observation}", "cd".repeat(32));
      const given = body === undefined ? {} : { body: '{"choice":"approve"}' };
      const headers = { ...KEYED, "content-type": "application/json" };
      const answer = await agent.request(at, { method, headers, ...given });
      expect([at, answer.status < 500]).toEqual([at, true]);
    }
    const console = await consoleOf(agent);
    const pages = [`/c/${unknown}`, `/c/${unknown}/sign`, `/policies/ceremony:${unknown}`];
    for (const path of pages) expect([path, (await console.get(path)).status]).toEqual([path, 404]);
    expect((await console.get(`/policies/simulate?from=${unknown}`)).status).toBe(200);
    expect(named).not.toHaveBeenCalled();
  });

  it("is known from the moment that the ceremony is opened, before its object has noted it", async () => {
    const note = vi.spyOn(agent.directory, "note").mockRejectedValue(new Error("away"));
    vi.spyOn(globalThis.console, "error").mockImplementation(() => undefined);
    const parts = parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 }));
    const opening = { pattern: "approval", title: "Release 2.4", parties: parts };
    const { ceremony } = (await ask("opener", "/v1/ceremonies", opening)) as { readonly ceremony: string };
    expect((await agent.request(`/v1/ceremonies/${ceremony}`, { headers: KEYED })).status).toBe(200);
    expect(note).toHaveBeenCalled();
  });
});

describe("whoever has no key", () => {
  it("has the budget of its address on every route that asks anything of the agent", async () => {
    const headers = { "cf-connecting-ip": "192.0.2.77" };
    const first = await agent.request("/.well-known/quorate-party.json", { headers });
    for (let left = Number(first.headers.get("ratelimit-remaining")); left > 0; left -= 1)
      await agent.request("/.well-known/quorate-party.json", { headers });
    const over = await agent.request("/readyz", { headers });
    expect(over.status).toBe(429);
    expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await agent.request("/healthz", { headers })).status).toBe(200);
    expect((await agent.request("/readyz", { headers: { "cf-connecting-ip": "192.0.2.78" } })).status).not.toBe(429);
  });
});

describe("headers that somebody brings with a delivery", () => {
  it("are read as they stand: what no request could carry is refused, fails nothing, and comes into no log", async () => {
    const failed = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const body = toBase64(send.utf8("{}"));
    for (const value of ["v1,secret\r\nword", "\u2603"]) {
      const brought = {
        body,
        headers: { "Webhook-Id": "msg_2", "Webhook-Signature": value, "webhook-timestamp": "1" },
      };
      const answer = await ask("speaker", "/v1/sources/erp/deliveries", brought);
      expect(answer).toMatchObject({ status: 400, code: "HOOK_HEADER_MALFORMED" });
    }
    const twice = { "webhook-id": "msg_2", "Webhook-ID": "msg_3", "webhook-signature": "v1,AA==" };
    const answer = await ask("speaker", "/v1/sources/erp/deliveries", { body, headers: twice });
    expect(answer).toMatchObject({ code: "HOOK_HEADER_MALFORMED", why: expect.stringContaining("came twice") });
    expect(failed).not.toHaveBeenCalled();
  });
});
