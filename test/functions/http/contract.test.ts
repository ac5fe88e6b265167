// The description that the agent serves of itself is driven: every route of it is asked, and every answer must fit the schema that is served
// for its status. The router may hold no route of the API that the description does not tell.
import { type OutputUnit, Validator } from "@cfworker/json-schema";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { createApp } from "../../../functions/http/app.ts";
import { operationOf } from "../../../functions/http/contract/openapi.ts";
import { parametersOf } from "../../../functions/http/contract/route.ts";
import { ROUTES } from "../../../functions/http/contract/table.ts";
import { toBase64 } from "../../../shared/bytes.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { signSource } from "../../../shared/source/statement.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { approvalBy } from "../../support/alone.ts";
import { contributionFrame } from "../../support/frames.ts";
import { testParties } from "../../support/parties.ts";
import { revocationOf } from "../../support/recipes.ts";
import * as send from "../hooks/senders.ts";

type Spec = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
};
type Content = Readonly<Record<string, { readonly schema?: object }>>;
type Operation = {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};

const parties = testParties(3);
const [acme, bolt] = parties as readonly [Party, Party, Party];
const SOURCE = {
  id: "gh",
  scheme: "github",
  event: "deployment",
  action: null,
  pattern: "approval",
  set: [],
  parties: [{ authority: "acme", role: "approver", power: 1 }],
  closesIn: null,
  expiresIn: null,
};
let agent: AgentHere;
let spec: Spec;
/** Operations with an answer below 300 that fitted. */
const answered = new Set<string>();

/** Sends a request to a route of the table, and checks its answer against the served description. */
async function ask(method: string, path: string, init: RequestInit = {}, template = path): Promise<Response> {
  const response = await agent.request(path, {
    method,
    ...init,
    headers: { ...KEYED, ...(init.headers as Record<string, string>) },
  });
  const [bare] = template.split("?") as [string];
  const operation = spec.paths[bare]?.[method.toLowerCase()];
  if (operation === undefined) throw new Error(`${method} ${bare} is not described`);
  const described = operation.responses[response.status];
  const text = await response.clone().text();
  expect(described, `${method} ${path} answers ${response.status}: ${text.slice(0, 300)}`).toBeDefined();
  const type = (response.headers.get("content-type") ?? "").split(";")[0] as string;
  if (response.status === 202) expect(response.headers.get("location"), `${method} ${path}`).toMatch(/^\/v1\//);
  if (described?.content !== undefined) {
    expect(Object.keys(described.content), `${method} ${path} ${response.status}`).toContain(type);
    const { schema } = described.content[type] ?? {};
    if (schema !== undefined && type.endsWith("json"))
      expect(misfits(schema, JSON.parse(text)), `${method} ${path} ${text}`).toEqual([]);
  } else expect(text).toBe("");
  if (type !== "application/problem+json") answered.add(operation.operationId);
  return response;
}

function misfits(schema: object, value: unknown): readonly OutputUnit[] {
  const { components } = spec;
  return new Validator({ ...schema, components } as never, "2020-12").validate(value).errors;
}

const post = (path: string, body: unknown, template = path) =>
  ask("POST", path, { body: JSON.stringify(body), headers: { "content-type": "application/json" } }, template);
const cbor = (path: string, body: Uint8Array) =>
  ask("POST", path, { body: Uint8Array.from(body), headers: { "content-type": "application/cbor" } });

const OPENING = approvalBy("acme");

beforeAll(async () => {
  agent = agentHere(acme, parties, { sources: [SOURCE] }, undefined, { gh: [send.SECRET] });
  spec = (await (await agent.request("/openapi.json")).json()) as Spec;
});

describe("the served description", () => {
  it("holds every route of the API that the router has, and no other", () => {
    const routed = createApp()
      .routes.filter(
        ({ path, method }) => method !== "ALL" && /^\/(v1|hooks|healthz|readyz|metrics|docs|openapi|\.well)/.test(path),
      )
      .map(({ method, path }) => `${method} ${path.replace(/\/:(\w+)/g, "/{$1}")}`);
    const told = Object.entries(spec.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect([...new Set(routed)].sort()).toEqual(told.sort());
    const names = ROUTES.map(operationOf);
    expect(new Set(names).size).toBe(names.length);
    for (const { path } of ROUTES) expect(new Set(parametersOf(path)).size).toBe(parametersOf(path).length);
  });

  it("fits what ceremonies are answered", async () => {
    const opened = await post("/v1/ceremonies", OPENING);
    expect(opened.status, await opened.clone().text()).toBe(201);
    const { ceremony } = (await opened.json()) as { ceremony: string };
    const at = (rest = "") => [`/v1/ceremonies/${ceremony}${rest}`, `/v1/ceremonies/{id}${rest}`] as const;
    await ask("GET", "/v1/ceremonies?status=open&limit=1", {}, "/v1/ceremonies");
    for (const rest of ["", "/call", "/lineage", "/outcome", "/evidence"])
      await ask("GET", at(rest)[0], {}, at(rest)[1]);
    const said = await post(at("/attestations")[0], { choice: "approve" }, at("/attestations")[1]);
    const { observation } = (await said.json()) as { observation: string };
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 5_000 });
    for (let i = 0; i < 5; i++) {
      vi.setSystemTime(Date.now() + 1_000);
      await agent.ceremony(ceremony).wake();
    }
    vi.useRealTimers();
    for (const rest of ["/outcome", "/evidence", "/lineage?limit=1", "/lineage?format=svg", "/lineage?format=dot"])
      await ask("GET", at(rest)[0], {}, at(rest)[1]);
    const ended = await ask("GET", at("/events")[0], {}, at("/events")[1]);
    expect(await ended.text()).toMatch(/^retry: 3000\n\nid: [0-9a-f]{64}\ndata: [\s\S]*\n\nevent: end\n/);
    const bundle = await (await agent.request(at("/evidence")[0], { headers: KEYED })).json();
    const { trust } = agent.config.party;
    const verdict = await post("/v1/verify", { bundle, trust });
    expect(await verdict.json()).toMatchObject({ verdict: "passed", network: 0 });
    const scenario = { parties: OPENING.parties.map(({ authority, role }) => ({ id: authority, role })), rounds: [[]] };
    await post("/v1/policies:simulate", { pattern: "approval", set: OPENING.set, scenario, silent: 1 });
    const explain = `/v1/ceremonies/{id}/observations/{observation}/explain`;
    await ask("GET", at(`/observations/${observation}/explain`)[0], {}, explain);
    await ask("GET", `/v1/observations/${observation.slice(0, 12)}`, {}, "/v1/observations/{observation}");
    await ask(
      "GET",
      `/v1/observations/${observation.slice(0, 12)}/explain`,
      {},
      "/v1/observations/{observation}/explain",
    );
    await post(at("/disputes")[0], { reason: "too early" }, at("/disputes")[1]);
    const second = (await (await post("/v1/ceremonies", { ...OPENING, title: "Release 2.5" })).json()) as {
      ceremony: string;
    };
    const credential = bolt.identity.credentials[0] as Uint8Array;
    const revocation = { revocation: toBase64(revocationOf(credential, 1, bolt.root)) };
    await post(`/v1/ceremonies/${second.ceremony}/revocations`, revocation, at("/revocations")[1]);
    await post("/v1/revocations:plan", revocation);
    await post("/v1/revocations", revocation);
    const call = await (await agent.request(at("/call")[0], { headers: KEYED })).arrayBuffer();
    await cbor("/v1/observations", new Uint8Array(call));
    await cbor("/v1/observations", contributionFrame(bolt, ceremony, 1));
    await cbor("/v1/observations", contributionFrame(bolt, "0".repeat(64), 1));
    await cbor("/v1/observations:batch", encodeCanonical([contributionFrame(bolt, ceremony, 1), new Uint8Array(3)]));
  });

  it("fits what is drafted before it is signed", async () => {
    const { ceremony } = (await (await post("/v1/ceremonies", OPENING)).json()) as { ceremony: string };
    const at = (rest: string) => [`/v1/ceremonies/${ceremony}${rest}`, `/v1/ceremonies/{id}${rest}`] as const;
    const drafted = await (await post(at("/drafts")[0], { choice: "approve" }, at("/drafts")[1])).json();
    const { observation, at: instant } = drafted as { observation: string; at: number };
    const confirm = at(`/drafts/${observation}?at=${instant}`)[0];
    expect((await post(confirm, { choice: "reject" }, at("/drafts/{observation}")[1])).status).toBe(409);
    expect((await post(confirm, { choice: "approve" }, at("/drafts/{observation}")[1])).status).toBe(201);
  });

  it("fits what meshes are answered", async () => {
    const path = `/v1/meshes/${acme.mesh}`;
    const at = (rest: string) => [`${path}${rest}`, `/v1/meshes/{mesh}${rest}`] as const;
    expect((await ask("GET", "/v1/meshes")).status).toBe(200);
    const fact = { subject: "pallet/88", value: "here" };
    const told = await post(at("/facts")[0], fact, at("/facts")[1]);
    const { ids } = (await told.json()) as { ids: readonly string[] };
    await post(at("/facts")[0], { facts: [fact] }, at("/facts")[1]);
    for (const rest of ["", "/lineage", "/coalition", "/coalition/status", "/revocations", "/statements"])
      await ask("GET", at(rest)[0], {}, at(rest)[1]);
    for (const rest of ["/coalition/plan", "/coalition/withdrawals"]) await ask("GET", at(rest)[0], {}, at(rest)[1]);
    await ask("GET", at(`/facts/${ids[0]}/story`)[0], {}, at("/facts/{id}/story")[1]);
    const file = await (await agent.request(`${path}/statements`, { headers: KEYED })).json();
    await post(at("/statements")[0], file, at("/statements")[1]);
    const apart = { with: "other", reason: "scheduled", condition: "until the exercise is over" };
    await post(at("/disconnection")[0], apart, at("/disconnection")[1]);
    const returning = { body: JSON.stringify({ with: "other" }), headers: { "content-type": "application/json" } };
    await ask("DELETE", at("/disconnection")[0], returning, at("/disconnection")[1]);
    await ask("POST", at("/coalition/pull")[0], {}, at("/coalition/pull")[1]);
    await post(at("/declarations")[0], { type: "unheard-of" }, at("/declarations")[1]);
    for (const rest of ["/reconcile", "/merge"])
      await post(
        at(rest)[0],
        { with: "other", ...(rest === "/merge" ? { ceremony: "0".repeat(64) } : {}) },
        at(rest)[1],
      );
  });

  it("fits what is told of files that people carry", async () => {
    const at = (rest: string) => [`/v1/exchange/${acme.mesh}${rest}`, `/v1/exchange/{mesh}${rest}`] as const;
    const released = await post(
      at("/files")[0],
      { to: "office", policy: { classes: ["coordination"] } },
      at("/files")[1],
    );
    const file = (await released.json()) as { readonly manifest: string };
    expect(released.status).toBe(201);
    const { out } = (await (await ask("GET", at("")[0], {}, at("")[1])).json()) as { out: { manifest: string }[] };
    await ask("GET", at(`/files/${out[0]?.manifest}`)[0], {}, at("/files/{manifest}")[1]);
    await ask("GET", at("/want")[0], {}, at("/want")[1]);
    for (const rest of ["/verify", "/import"]) {
      expect((await post(at(rest)[0], file, at(rest)[1])).status).toBe(409);
      expect((await post(at(rest)[0], {}, at(rest)[1])).status).toBe(409);
    }
  });

  it("fits what the agent says of itself, and what webhooks are answered", async () => {
    for (const path of [
      "/healthz",
      "/readyz",
      "/.well-known/quorate-party.json",
      "/metrics",
      "/v1/health",
      "/v1/refusals",
    ])
      await ask("GET", path);
    for (const method of ["POST", "DELETE"]) await ask(method, "/v1/link/drain");
    await ask("DELETE", "/v1/keys/access:bo@acme.example", {}, "/v1/keys/{key}");
    await ask("DELETE", "/v1/sessions?key=ci", {}, "/v1/sessions");
    await ask("GET", "/v1/keys");
    for (const path of ["/openapi.json", "/docs"]) await ask("GET", path);
    expect((await post("/hooks/none", {}, "/hooks/{source}")).status).toBe(404);
    const sent = send.github(send.utf8('{"action":"created"}'));
    const init = { headers: { ...sent.headers, "content-type": "application/json" }, body: Uint8Array.from(sent.body) };
    const { request } = (await (await ask("POST", "/hooks/gh", init, "/hooks/{source}")).json()) as { request: string };
    await ask("GET", "/v1/sources");
    const at = (rest: string, template = rest) => [`/v1/sources/gh${rest}`, `/v1/sources/{source}${template}`] as const;
    await ask("GET", at("/requests?limit=1&status=ignored")[0], {}, at("/requests")[1]);
    await ask("GET", at("/events?limit=1")[0], {}, at("/events")[1]);
    const one = at(`/requests/${request}`, "/requests/{request}");
    await ask("GET", one[0], {}, one[1]);
    await ask("POST", `${one[0]}/replay`, {}, `${one[1]}/replay`);
    await post(at("/missing")[0], { deliveries: ["d-1"] }, at("/missing")[1]);
    const brought = { headers: sent.headers, body: toBase64(sent.body) };
    await post(at("/deliveries")[0], brought, at("/deliveries")[1]);
    await ask("POST", at("/trigger")[0], { body: '{"action":"created"}' }, at("/trigger")[1]);
    await post(at("/rotate?overlap=60")[0], {}, at("/rotate")[1]);
    await post(at("/pause")[0], {}, at("/pause")[1]);
    await ask("DELETE", at("/pause")[0], {}, at("/pause")[1]);
    const frame = toBase64(signSource(JSON.stringify({ ...SOURCE, id: "two" }), acme.mesh, 1, acme.root));
    expect((await post("/v1/sources", { frame })).status).toBe(201);
    await post("/v1/sources", { frame: toBase64(signSource("{}", acme.mesh, 2, acme.root)) });
    await ask("DELETE", "/v1/sources/two", {}, "/v1/sources/{source}");
  });

  it("fits what is told of webhooks that the agent sends", async () => {
    const [path, one] = ["/v1/endpoints", "/v1/endpoints/{endpoint}"];
    await post(path, { id: "erp", url: "https://hooks.example.com/" });
    for (const each of [path, "/v1/deliveries?status=dead", "/v1/attempts?endpoint=erp"])
      await ask("GET", each, {}, each.split("?")[0]);
    await ask("POST", `${path}/erp/rotate?overlap=60`, {}, `${one}/rotate`);
    await ask("POST", `${path}/erp/enable`, {}, `${one}/enable`);
    const opened = await post("/v1/ceremonies", OPENING);
    expect(opened.status).toBe(201);
    await agent.settled();
    const { deliveries } = (await (await agent.request("/v1/deliveries", { headers: KEYED })).json()) as {
      deliveries: readonly { readonly id: string; readonly event: string }[];
    };
    const [told] = deliveries;
    await ask("POST", `/v1/deliveries/${told?.id}/replay`, {}, "/v1/deliveries/{delivery}/replay");
    await ask("GET", `/v1/events/${told?.event}`, {}, "/v1/events/{event}");
    await ask("DELETE", `${path}/erp`, {}, one);
  });

  it("was answered in full by every route that this agent can answer", () => {
    const elsewhere = [
      "getCeremoniesIdObservationsObservationInclusion",
      "getMeshesMeshCoalition",
      "getMeshesMeshCoalitionPlan",
      "getExchangeMeshReceiptsReceipt",
      "postExchangeMeshImport",
      "postExchangeMeshVerify",
      "postMeshesMeshDeclarations",
      "postMeshesMeshMerge",
      "postMeshesMeshReconcile",
    ];
    const all = Object.values(spec.paths).flatMap((operations) => Object.values(operations));
    const never = all.map(({ operationId }) => operationId).filter((name) => !answered.has(name));
    expect(never.sort()).toEqual(elsewhere.sort());
  });
});
