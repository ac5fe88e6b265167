// What every route takes at most, and the forms in which it answers: said in each description, and kept to.
import { beforeAll, describe, expect, it } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { createApp } from "../../../functions/http/app.ts";
import { limitsOf, limitsText } from "../../../functions/http/contract/limits.ts";
import { openApi, operationOf } from "../../../functions/http/contract/openapi.ts";
import type { Route } from "../../../functions/http/contract/route.ts";
import { ROUTES } from "../../../functions/http/contract/table.ts";
import { problem } from "../../../functions/http/problem.ts";
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { toJson } from "../../../shared/cbor/json.ts";
import { sha256Hex } from "../../../shared/hash.ts";
import { fault } from "../../../shared/result.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { contributionFrame } from "../../support/frames.ts";
import { testParties } from "../../support/parties.ts";

const parties = testParties(3);
const [acme, bolt] = parties as readonly [Party, Party];
let agent: AgentHere;
let ceremony: string;

beforeAll(async () => {
  agent = agentHere(acme, parties);
  const parts = parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 }));
  const body = JSON.stringify({ pattern: "approval", title: "Release 2.4", parties: parts });
  const headers = { ...KEYED, "content-type": "application/json" };
  const opened = await agent.request("/v1/ceremonies", { method: "POST", headers, body });
  ({ ceremony } = (await opened.json()) as { ceremony: string });
});

/** Each address floods for itself alone. */
let asked = 0;
function headersFor({ body }: Route, more: object = {}): Record<string, string> {
  const type = body?.types[0];
  const address = { "cf-connecting-ip": `192.0.2.${asked++ % 250}` };
  return { ...KEYED, ...address, ...(type === undefined ? {} : { "content-type": type }), ...more };
}
const placeOf = ({ path }: Route) =>
  path
    .replace("{mesh}", acme.mesh)
    .replace("{id}", ceremony)
    .replace(/\{\w+\}/g, "none");

describe("the limits of a route", () => {
  it("are said in its description, for programs and for people", async () => {
    const { paths } = openApi(ROUTES) as { paths: Record<string, Record<string, Record<string, object>>> };
    const page = await (await agent.request("/docs")).text();
    for (const route of ROUTES) {
      const { path, method } = route;
      const limits = limitsOf(route);
      const told = paths[path]?.[method.toLowerCase()] as Record<string, object>;
      const name = operationOf(route);
      expect([name, told["x-quorate-limits"]]).toEqual([name, limits]);
      expect(String(told.description), name).toContain(limitsText(limits));
      const statuses = Object.keys(told.responses as object);
      expect([name, statuses.includes("413"), statuses.includes("429")]).toEqual([name, true, limits.budget !== null]);
      expect(page, name).toContain(`At most: ${limitsText(limits)}`);
      if (route.query?.limit !== undefined) expect([name, limits.page]).toEqual([name, expect.any(Number)]);
    }
  });

  it("hold a body that says that it is longer, on every route, and what is left of the budget is told", async () => {
    for (const route of ROUTES) {
      const { body: limit, budget } = limitsOf(route);
      const at = `${route.method} ${placeOf(route)}`;
      const headers = headersFor(route, { "content-length": String(limit + 1) });
      const answer = await agent.request(placeOf(route), { method: route.method, headers });
      expect([at, answer.status]).toEqual([at, 413]);
      expect([at, answer.headers.has("ratelimit-remaining")]).toEqual([at, budget !== null]);
      const fits = headersFor(route, { "content-length": String(limit) });
      const taken = await agent.request(placeOf(route), { method: route.method, headers: fits });
      expect([at, taken.status !== 413]).toEqual([at, true]);
      await taken.body?.cancel();
    }
  });

  it("hold a body that says nothing of its length, on every route that reads one", async () => {
    const reading = ROUTES.filter(({ body, path }) => body !== undefined && !/\{(source|observation)\}/.test(path));
    expect(reading.length).toBeGreaterThan(15);
    for (const route of reading) {
      const part = new Uint8Array(limitsOf(route).body / 2 + 1);
      const body = new ReadableStream({
        type: "bytes",
        start(controller) {
          for (let n = 0; n < 2; n++) controller.enqueue(part.slice());
          controller.close();
        },
      });
      const init = { method: route.method, headers: headersFor(route), body, duplex: "half" } as RequestInit;
      const answer = await agent.request(placeOf(route), init);
      expect([placeOf(route), answer.status]).toEqual([placeOf(route), 413]);
    }
  });

  it("cost what they say", async () => {
    for (const route of ROUTES.filter(({ path }) => !path.endsWith("/events"))) {
      const { budget } = limitsOf(route);
      const headers = headersFor(route, { accept: "image/x-none" });
      const left = async () => {
        const answer = await agent.request(placeOf(route), { method: route.method, headers });
        return Number(answer.headers.get("ratelimit-remaining"));
      };
      const [before, after] = [await left(), await left()];
      expect([placeOf(route), before - after]).toEqual([placeOf(route), budget?.units ?? 0]);
    }
  });
});

describe("an answer in CBOR", () => {
  const ask = async (path: string, accept: string, more: object = {}) =>
    agent.request(path, { headers: { ...KEYED, accept, ...more } });

  it("says the same as in JSON, has a digest of its own, and is not taken for the other", async () => {
    const lists = ["/v1/ceremonies?limit=1", `/v1/ceremonies/${ceremony}`];
    const explained = [`/v1/observations/${ceremony}/explain`, `/v1/observations/${ceremony}`];
    for (const path of [...lists, ...explained]) {
      const [json, cbor] = [await ask(path, "application/json"), await ask(path, "application/cbor")];
      expect([path, cbor.status, cbor.headers.get("content-type")]).toEqual([path, 200, "application/cbor"]);
      expect([json, cbor].map(({ headers }) => headers.get("vary"))).toEqual(["accept", "accept"]);
      const bytes = new Uint8Array(await cbor.arrayBuffer());
      const etag = `"sha256:${sha256Hex(bytes)}"`;
      expect(cbor.headers.get("etag")).toBe(etag);
      const again = await ask(path, "application/cbor", { "if-none-match": etag });
      expect([path, again.status]).toEqual([path, 304]);
      const mixed = await ask(path, "application/cbor", { "if-none-match": json.headers.get("etag") ?? '"none"' });
      expect([path, mixed.status]).toEqual([path, 200]);
      if (path === `/v1/observations/${ceremony}`) continue; // the frame itself
      const value = decodeCanonical(bytes);
      expect(value.ok && toJson(value.value)).toEqual(await json.json());
    }
  });

  it("is given where it is liked best, and an observation as what it is, in bytes or in words", async () => {
    const typeOf = async (path: string, accept: string) => (await ask(path, accept)).headers.get("content-type");
    const one = `/v1/ceremonies/${ceremony}`;
    expect(await typeOf(one, "application/json;q=0.5, application/cbor")).toBe("application/cbor");
    expect(await typeOf(one, "application/cbor;q=0.5, */*;q=0.4")).toBe("application/cbor");
    expect(await typeOf(one, "application/cbor;q=0.5, */*")).toBe("application/json");
    expect(await typeOf(one, "application/*, application/json;q=0")).toBe("application/cbor");
    expect((await ask("/v1/meshes", "application/cbor")).status).toBe(406);
    const frame = `/v1/observations/${ceremony}`;
    expect(await typeOf(frame, "*/*")).toBe("application/cose");
    const words = (await (await ask(frame, "application/json")).json()) as object;
    expect(words).toMatchObject({ id: ceremony, kind: "call", body: { title: "Release 2.4" } });
    const drawn = await ask(`${one}/lineage`, "image/svg+xml");
    expect([drawn.headers.get("content-type"), (await drawn.text()).slice(0, 4)]).toEqual(["image/svg+xml", "<svg"]);
  });
});

describe("what is only accepted", () => {
  it("is told of further at the address that is given", async () => {
    const frame = Uint8Array.from(contributionFrame(bolt, "ab".repeat(32), 1));
    const headers = { "content-type": "application/cose" };
    const held = await agent.request("/v1/observations", { method: "POST", headers, body: frame });
    const { id } = (await held.json()) as { id: string };
    expect([held.status, held.headers.get("location")]).toEqual([202, `/v1/observations/${id}/explain`]);
    const told = await agent.request(held.headers.get("location") as string, { headers: KEYED });
    expect([told.status, await told.json()]).toMatchObject([200, { verdict: "held" }]);
    const apart: Partial<Route> = { handle: (context) => problem(context, fault("MESH_APART").fault) };
    const app = createApp(
      ROUTES.map((route): Route => (/reconcile$/.test(route.path) ? { ...route, ...apart } : route)),
    );
    const mesh = `/v1/meshes/${acme.mesh}`;
    const asking = { method: "POST", headers: { ...KEYED, "content-type": "application/json" }, body: '{"with":"x"}' };
    const refused = await app.request(`${mesh}/reconcile`, asking, agent.env);
    expect([refused.status, refused.headers.get("location")]).toEqual([202, mesh]);
  });
});

describe("a route that will go", () => {
  it("says so on each answer, refusals too, and in its descriptions", async () => {
    const deprecated = { since: "2027-01-01", sunset: "2027-07-01", instead: "/v1/ceremonies" };
    const routes = ROUTES.map((route): Route => (route.path === "/v1/meshes" ? { ...route, deprecated } : route));
    const app = createApp(routes);
    for (const headers of [KEYED, {}]) {
      const answer = await app.request("/v1/meshes", { headers }, agent.env);
      expect([answer.status, answer.headers.get("deprecation")]).toEqual([
        headers === KEYED ? 200 : 401,
        "@1798761600",
      ]);
      expect(answer.headers.get("sunset")).toBe("Thu, 01 Jul 2027 00:00:00 GMT");
      expect(answer.headers.get("link")).toBe('</v1/ceremonies>; rel="successor-version"');
    }
    expect((await app.request("/v1/keys", { headers: KEYED }, agent.env)).headers.has("deprecation")).toBe(false);
    const told = openApi(routes).paths["/v1/meshes"]?.get as { deprecated: boolean; description: string };
    expect(told.deprecated).toBe(true);
    expect(told.description).toMatch(/^deprecated since 2027-01-01, gone on 2027-07-01; use \/v1\/ceremonies\./);
  });
});
