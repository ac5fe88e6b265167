// How what is held is read: lists page by page, bodies known by their digests, and pictures of a lineage.
import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { testParties } from "../../support/parties.ts";

const parties = testParties(3);
const [acme, _bolt] = parties as readonly [Party, Party];
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

describe("a list", () => {
  type Page = { readonly ceremonies: readonly { readonly ceremony: string }[]; readonly next: string | null };

  it("is turned page by page, each row once, by its filters", async () => {
    const agent = here();
    const phases = ["gathering", "final", "final", "abandoned", "gathering"];
    for (let n = 0; n < 25; n++)
      await agent.directory.note({
        ceremony: n.toString(16).padStart(64, "0"),
        title: `${n}`,
        phase: phases[n % 5] as string,
        pattern: n % 2 === 0 ? "approval" : "vote",
        openedBy: "acme",
        parties: ["acme"],
        atMs: 1_000 + Math.floor(n / 10),
      });
    const all = async (query: string): Promise<readonly number[]> => {
      const seen: number[] = [];
      let path: string | null = `/v1/ceremonies?limit=4${query}`;
      for (let turns = 0; path !== null && turns < 10; turns++) {
        const answer: Response = await agent.request(path, { headers: KEYED });
        const { ceremonies, next } = (await answer.json()) as Page;
        seen.push(...ceremonies.map(({ ceremony }) => Number.parseInt(ceremony, 16)));
        path = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.[1] ?? null;
        expect(path !== null).toBe(next !== null);
      }
      return seen;
    };
    const every = Array.from({ length: 25 }, (_, n) => 24 - n);
    expect(await all("")).toEqual(every);
    expect(await all("&status=final")).toEqual(every.filter((n) => phases[n % 5] === "final"));
    expect(await all("&status=open&pattern=vote")).toEqual(every.filter((n) => (n % 5) % 4 === 0 && n % 2 === 1));
    expect(await all("&status=ended")).toEqual(every.filter((n) => (n % 5) % 4 !== 0));
    for (const odd of ["status=lost", "cursor=7", "limit=0", "limit=201", "limit=x"])
      expect((await agent.request(`/v1/ceremonies?${odd}`, { headers: KEYED })).status).toBe(400);
  });

  it("of what was refused, told and tried is turned likewise, to its last row and no further", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    // Nobody listens there: each delivery is tried once, and waits.
    const endpoints = [{ id: "erp", url: "http://127.0.0.1:9/" }];
    const secrets = { "endpoint:erp": [`whsec_${Buffer.alloc(32, 5).toString("base64")}`] };
    const agent = agentHere(acme, parties, { endpoints }, undefined, secrets);
    const rows = Array.from({ length: 7 }, (_, bytes) => ({
      code: "CBOR_TRUNCATED",
      road: "http",
      account: null,
      bytes,
      atMs: 9,
    }));
    await agent.directory.refuse(rows);
    for (let n = 0; n < 5; n++) await open(agent);
    await agent.settled();
    await agent.wake();
    await agent.settled();
    const all = async (name: string, limit: number, query = ""): Promise<readonly Record<string, unknown>[]> => {
      const seen: Record<string, unknown>[] = [];
      let path: string | null = `/v1/${name}?limit=${limit}${query}`;
      for (let turns = 0; path !== null && turns < 20; turns++) {
        const answer: Response = await agent.request(path, { headers: KEYED });
        const page = (await answer.json()) as Record<string, Record<string, unknown>[]> & { next: string | null };
        expect(page[name]?.length).toBeLessThanOrEqual(limit);
        seen.push(...(page[name] ?? []));
        path = page.next === null ? null : `/v1/${name}?limit=${limit}${query}&cursor=${page.next}`;
        const link = answer.headers.get("link");
        expect(link?.includes(`cursor=${page.next}`) ?? null).toBe(page.next === null ? null : true);
      }
      return seen;
    };
    for (const limit of [1, 3, 7, 50]) expect(await all("refusals", limit)).toEqual([...rows].reverse());
    for (const name of ["deliveries", "attempts"]) {
      const whole = await all(name, 200);
      expect(whole.length).toBeGreaterThan(3);
      expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
      for (const limit of [1, 2, whole.length]) expect(await all(name, limit, "&endpoint=erp")).toEqual(whole);
      expect(await all(name, 2, "&endpoint=none")).toEqual([]);
    }
    for (const name of ["refusals", "deliveries", "attempts"])
      for (const odd of ["cursor=x", "cursor=0", "limit=0", "limit=201"])
        expect((await agent.request(`/v1/${name}?${odd}`, { headers: KEYED })).status, `${name} ${odd}`).toBe(400);
  });
});

describe("what does not change", () => {
  it("is told by its digest, and not sent again to whoever has it", async () => {
    const agent = here();
    const { ceremony } = (await (await open(agent)).json()) as { ceremony: string };
    const path = `/v1/ceremonies/${ceremony}/call`;
    const first = await agent.request(path, { headers: KEYED });
    const bytes = new Uint8Array(await first.arrayBuffer());
    const etag = `"sha256:${createHash("sha256").update(bytes).digest("hex")}"`;
    expect(first.headers.get("etag")).toBe(etag);
    const again = async (known: string) => {
      const answer = await agent.request(path, { headers: { ...KEYED, "if-none-match": known } });
      return [answer.status, (await answer.arrayBuffer()).byteLength];
    };
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) expect(await again(known)).toEqual([304, 0]);
    expect(await again('"sha256:00"')).toEqual([200, bytes.length]);
    const frame = await agent.request(`/v1/observations/${ceremony.slice(0, 16)}`, { headers: KEYED });
    expect([frame.status, frame.headers.get("etag")]).toEqual([200, etag]);
  });

  it("is no outcome before there is one: that can be asked for again", async () => {
    const agent = here();
    const { ceremony } = (await (await open(agent)).json()) as { ceremony: string };
    const path = `/v1/ceremonies/${ceremony}/outcome`;
    const answer = await agent.request(path, { headers: KEYED });
    expect([answer.status, answer.headers.get("location"), answer.headers.get("retry-after")]).toEqual([
      202,
      path,
      "2",
    ]);
    expect(await answer.json()).toMatchObject({ code: "PROVISIONAL", retryable: true });
  });
});

describe("a picture of a lineage", () => {
  it("holds no name that ends a label or begins markup", async () => {
    const agent = here();
    const title = '"];evil [label="<script>';
    const { ceremony } = (await (await open(agent, {}, { ...OPENING, title })).json()) as { ceremony: string };
    const drawn = async (format: string) =>
      (await agent.request(`/v1/ceremonies/${ceremony}/lineage?format=${format}`, { headers: KEYED })).text();
    expect(await drawn("svg")).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^<]*<style>/);
    expect(await drawn("svg")).toContain("evil [label=&quot;&lt;script&gt;");
    expect(await drawn("dot")).not.toMatch(/evil \[label/);
    expect(await drawn("dot")).toMatch(/^digraph lineage \{[\s\S]*"[0-9a-f]{64}" \[label="0 \w/);
  });
});

describe("a stream of events", () => {
  it("says every quarter of a minute that it is alive, and hands on what happens meanwhile", async () => {
    const agent = here();
    const { ceremony } = (await (await open(agent)).json()) as { ceremony: string };
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.now() });
    const answer = await agent.request(`/v1/ceremonies/${ceremony}/events`, { headers: KEYED });
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const said: string[] = [];
    const reading = (async () => {
      for (let read = await reader.read(); !read.done; read = await reader.read())
        said.push(new TextDecoder().decode(read.value));
    })();
    await vi.advanceTimersByTimeAsync(31_000);
    expect(said.map((text) => text.slice(0, 7))).toEqual([
      "retry: ",
      expect.stringMatching(/^id: /),
      ": alive",
      ": alive",
    ]);
    await agent.request(`/v1/ceremonies/${ceremony}/attestations`, {
      method: "POST",
      headers: { ...KEYED, ...json },
      body: '{"choice":"approve"}',
    });
    await vi.advanceTimersByTimeAsync(10);
    expect(said.at(-1)).toContain('"kind":"attestation"');
    await reader.cancel();
    await vi.advanceTimersByTimeAsync(6_000);
    await reading;
    vi.useRealTimers();
  });

  it("says nothing more from the moment that its key is withdrawn", async () => {
    const agent = here();
    const [quiet, busy] = await Promise.all(
      ["quiet", "busy"].map(async (title) => {
        const opened = await open(agent, {}, { ...OPENING, title });
        return ((await opened.json()) as { ceremony: string }).ceremony;
      }),
    );
    const sha256 = createHash("sha256").update("a lost key").digest("hex");
    Object.assign(agent.env, { API_KEYS: JSON.stringify([{ id: "lost", sha256, scopes: ["read"] }]) });
    const headers = { authorization: "Bearer a lost key" };
    const follow = async (ceremony: string | undefined) =>
      (await agent.request(`/v1/ceremonies/${ceremony}/events`, { headers })).text();
    const reading = [quiet, busy].map(follow);
    await new Promise((resolve) => setTimeout(resolve, 50)); // they have read what there is, and wait
    const startedMs = Date.now();
    expect((await agent.request("/v1/keys/lost", { method: "DELETE", headers: KEYED })).status).toBe(200);
    await agent.request(`/v1/ceremonies/${busy}/attestations`, {
      method: "POST",
      headers: { ...KEYED, ...json },
      body: '{"choice":"approve"}',
    });
    for (const said of await Promise.all(reading)) {
      expect(said).toMatch(/event: cut\ndata: \{"code":"KEY_WITHDRAWN"[^\n]*\n\n$/);
      expect(said).not.toContain('"kind":"attestation"');
    }
    expect(Date.now() - startedMs).toBeLessThan(2_000);
  });

  it("ends when the time of its key is over", async () => {
    const agent = here();
    const { ceremony } = (await (await open(agent)).json()) as { ceremony: string };
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.parse("2027-01-10T00:00:00Z") });
    const sha256 = createHash("sha256").update("a short key").digest("hex");
    const key = { id: "short", sha256, scopes: ["read"], until: "2027-01-10T00:00:12Z" };
    Object.assign(agent.env, { API_KEYS: JSON.stringify([key]) });
    const answer = await agent.request(`/v1/ceremonies/${ceremony}/events`, {
      headers: { authorization: "Bearer a short key" },
    });
    const reading = answer.text();
    await vi.advanceTimersByTimeAsync(16_000);
    expect(await reading).toMatch(/event: cut\ndata: \{"code":"KEY_WITHDRAWN"[^\n]*\n\n$/);
    vi.useRealTimers();
  });
});
