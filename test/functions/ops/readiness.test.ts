// Each reason for which an agent is not ready, or will not be before long, is caused in real objects and then told by its code; and what
// monitoring reads follows from the same.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeParty, type Party } from "../../../cli/stack/party.ts";
import { LINK_NAME } from "../../../durable/env.ts";
import { ingest } from "../../../functions/ingest.ts";
import { METRICS } from "../../../functions/ops/metrics.ts";
import { INTAKE_LATE_MS, INTAKE_LONG, OUTBOX_LONG } from "../../../functions/ops/readiness.ts";
import { toBase64 } from "../../../shared/bytes.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { contributionFrame } from "../../support/frames.ts";
import { testParties } from "../../support/parties.ts";
import { revocationOf } from "../../support/recipes.ts";
import { idOf } from "../../support/statements.ts";

const parties = testParties(3);
const [acme, bolt] = parties as readonly [Party, Party];
const json = { "content-type": "application/json" };
const DAY = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2027-01-10T12:00:00Z") });
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** An agent whose link is up, as far as anybody asks; its rows are real and stay. */
function linked(party: Party = acme): AgentHere {
  const agent = agentHere(party, parties);
  const link = agent.env.LINK.getByName(LINK_NAME);
  const health = async () => ({ ...(await link.health()), connected: true });
  const up = { ...link, health };
  Object.assign(agent.env, { LINK: { getByName: () => up } });
  return agent;
}

type Readiness = {
  readonly ready: boolean;
  readonly status: string;
  readonly reasons: readonly { readonly code: string }[];
};
async function readiness(agent: AgentHere): Promise<readonly [number, string, ...string[]]> {
  const answer = await agent.request("/readyz");
  const { status, reasons } = (await answer.json()) as Readiness;
  return [answer.status, status, ...reasons.map(({ code }) => code)];
}

async function metrics(agent: AgentHere): Promise<ReadonlyMap<string, number>> {
  const text = await (await agent.request("/metrics", { headers: KEYED })).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

async function arrive(agent: AgentHere, stampedMs: number): Promise<void> {
  const now = Date.now();
  vi.setSystemTime(stampedMs);
  const frame = contributionFrame(bolt, idOf("a ceremony"), 1);
  vi.setSystemTime(now);
  await ingest(agent.env, agent.config, [{ road: "nats", account: "BOLT", topic: null, frame }]);
}

describe("an agent", () => {
  it("is ready where nothing is the matter", async () => {
    expect(await readiness(linked())).toEqual([200, "ready"]);
  });

  it("answers the same for a second, however often it is asked", async () => {
    const agent = linked();
    const asked = vi.spyOn(agent.directory, "tallies");
    for (let n = 0; n < 50; n++) await readiness(agent);
    expect(asked).toHaveBeenCalledTimes(1);
    vi.setSystemTime(Date.now() + 1_000);
    await readiness(agent);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it("is not ready while its link is down or drains, and says which", async () => {
    expect(await readiness(agentHere(acme, parties))).toEqual([503, "not ready", "BUS_UNREACHABLE"]);
    const agent = linked();
    await agent.request("/v1/link/drain", { method: "POST", headers: KEYED });
    expect(await readiness(agent)).toEqual([503, "not ready", "AGENT_DRAINING"]);
  });

  it("is degraded while too much waits for partners", async () => {
    const agent = linked();
    const item = (n: number) => ({ peer: "bolt", topic: `m.${n}`, key: `k${n}`, frame: new Uint8Array(8), own: null });
    await agent.env.LINK.getByName(LINK_NAME).send(Array.from({ length: OUTBOX_LONG + 1 }, (_, n) => item(n)));
    expect(await readiness(agent)).toEqual([200, "degraded", "OUTBOX_LONG"]);
    expect((await metrics(agent)).get('quorate_queue_backlog{partner="bolt"}')).toBe(OUTBOX_LONG + 1);
  });

  it("is degraded while too much waits to be taken in, at the bus or in the platform's queue, or waits too long", async () => {
    const state = async (inbox: number | null, queue: object | null) => {
      const agent = linked();
      const { health, ...rest } = agent.env.LINK.getByName(LINK_NAME);
      const link = { ...rest, health: async () => ({ ...(await health()), inbox }) };
      const metrics = async () => queue ?? Promise.reject(new Error("not here"));
      Object.assign(agent.env, { LINK: { getByName: () => link }, OBSERVATIONS: { metrics } });
      return agent;
    };
    const queued = (backlogCount: number, forMs: number) => ({
      ...{ backlogCount, backlogBytes: 0, oldestMessageTimestamp: new Date(Date.now() - forMs) },
    });
    const degraded = [200, "degraded", "INTAKE_LONG"];
    expect(await readiness(await state(INTAKE_LONG, null))).toEqual([200, "ready"]);
    expect(await readiness(await state(INTAKE_LONG + 1, null))).toEqual(degraded);
    expect(await readiness(await state(null, queued(INTAKE_LONG + 1, 0)))).toEqual(degraded);
    expect(await readiness(await state(0, queued(1, INTAKE_LATE_MS)))).toEqual([200, "ready"]);
    const late = await state(3, queued(1, INTAKE_LATE_MS + 1_000));
    expect(await readiness(late)).toEqual(degraded);
    const read = await metrics(late);
    const waiting = ["bus", "queue"].map((at) => read.get(`quorate_intake_waiting{at="${at}"}`));
    expect([...waiting, read.get("quorate_intake_age_seconds")]).toEqual([3, 1, 61]);
    const behind = await state(null, null);
    await behind.directory.shard({ shard: "c/3", waiting: 7, sinceMs: Date.now() - INTAKE_LATE_MS });
    await behind.directory.shard({ shard: "c/4", waiting: 5, sinceMs: Date.now() });
    expect(await readiness(behind)).toEqual([200, "ready"]);
    await behind.directory.shard({ shard: "c/3", waiting: 8, sinceMs: Date.now() - INTAKE_LATE_MS - 2_000 });
    vi.setSystemTime(Date.now() + 1_000); // what is known of it is a second old at most
    expect(await readiness(behind)).toEqual(degraded);
    expect((await metrics(behind)).get("quorate_shard_waiting")).toBe(13);
    await behind.directory.shard({ shard: "c/3", waiting: 0, sinceMs: Date.now() });
    expect((await metrics(behind)).get("quorate_shard_waiting")).toBe(5);
    const unknown = await metrics(await state(null, null));
    expect([...unknown.keys()].filter((name) => name.startsWith("quorate_intake"))).toEqual([]);
  });

  it("is degraded in the week before a key of its chain ends", async () => {
    const secrets = { root: new Uint8Array(32).fill(1), agent: new Uint8Array(32).fill(2) };
    const ending = (inMs: number) =>
      makeParty("acme", acme.mesh, secrets, ["*"], { notBefore: 0, notAfter: (Date.now() + inMs) * 1_000 });
    expect(await readiness(linked(ending(8 * DAY)))).toEqual([200, "ready"]);
    const soon = linked(ending(6 * DAY));
    expect(await readiness(soon)).toEqual([200, "degraded", "KEY_EXPIRING"]);
    const [seconds] = [...(await metrics(soon))].filter(([name]) => name.startsWith("quorate_key_expiry_seconds"));
    expect(seconds?.[1]).toBe((6 * DAY) / 1_000);
  });

  it("is degraded where a partner's clock is far off, either way, until its statements come in time again", async () => {
    for (const off of [90_000, -90_000]) {
      const agent = linked();
      await arrive(agent, Date.now() - off);
      expect(await readiness(agent)).toEqual([200, "degraded", "CLOCKS_APART"]);
      expect((await metrics(agent)).get('quorate_clock_skew_seconds{partner="bolt"}')).toBe(off / 1_000);
    }
    const late = linked();
    await arrive(late, Date.now() - 90_000);
    await arrive(late, Date.now() - 100);
    expect(await readiness(late)).toEqual([200, "ready"]);
    const once = linked();
    await arrive(once, Date.now() - 90_000);
    vi.setSystemTime(Date.now() + 20 * 60_000);
    expect(await readiness(once)).toEqual([200, "ready"]);
  });

  it("is degraded while a revocation has not reached every partner", async () => {
    const agent = linked();
    const credential = bolt.identity.credentials[0] as Uint8Array;
    const body = JSON.stringify({ revocation: toBase64(revocationOf(credential, 1, bolt.root)) });
    await agent.request("/v1/revocations", { method: "POST", headers: { ...KEYED, ...json }, body });
    expect(await readiness(agent)).toEqual([200, "ready"]);
    vi.setSystemTime(Date.now() + 60_000);
    expect(await readiness(agent)).toEqual([200, "degraded", "REVOCATION_UNSEEN"]);
    const read = await metrics(agent);
    for (const partner of ["bolt", "crux"]) expect(read.get(`quorate_revocation_unseen{partner="${partner}"}`)).toBe(1);
  });
});

describe("metrics", () => {
  it("are written as Prometheus reads them, each of the table with its kind", async () => {
    const text = await (await linked().request("/metrics", { headers: KEYED })).text();
    for (const { name, kind } of METRICS) expect(text).toContain(`# TYPE ${name} ${kind}\n`);
    for (const line of text.trimEnd().split("\n"))
      expect(line).toMatch(/^(# (HELP|TYPE) quorate_\w+ .+|quorate_\w+(\{(\w+="[^"\n]*",?)+\})? -?[\d.]+)$/);
    expect((await linked().request("/metrics")).status).toBe(401);
  });

  it("count what became of statements, ceremonies and webhooks", async () => {
    const agent = linked();
    await arrive(agent, Date.now());
    const note = (n: number, phase: string, agreed?: "all" | "some" | "different") =>
      agent.directory.note({
        ceremony: idOf(`${n}`),
        title: "",
        phase,
        pattern: 'odd"\n',
        openedBy: null,
        parties: [],
        atMs: Date.now(),
        ...(agreed === undefined ? {} : { agreed }),
      });
    for (const n of [1, 2, 3]) await note(n, "gathering");
    vi.setSystemTime(Date.now() + 7_000);
    await note(1, "final", "some");
    await note(1, "final", "all");
    await note(2, "final", "different");
    await agent.request("/hooks/none", { method: "POST", body: "{}" });
    const read = await metrics(agent);
    const expected = {
      'quorate_observations_total{code="CEREMONY_UNKNOWN",disposition="held",pattern="none"}': 1,
      'quorate_ceremony_open{pattern="odd\\" "}': 1,
      'quorate_ceremony_decided_total{outcome="final",pattern="odd\\" "}': 2,
      'quorate_outcome_agreement_total{same="all"}': 1,
      'quorate_outcome_agreement_total{same="different"}': 1,
      'quorate_ceremony_duration_seconds_bucket{le="5"}': 0,
      'quorate_ceremony_duration_seconds_bucket{le="10"}': 2,
      'quorate_ceremony_duration_seconds_bucket{le="+Inf"}': 2,
      quorate_ceremony_duration_seconds_sum: 14,
      quorate_ceremony_duration_seconds_count: 2,
      'quorate_hook_requests_total{result="failed",source="unknown"}': 1,
      quorate_bus_connected: 1,
    };
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, read.get(name)]))).toEqual(expected);
  });
});

describe("the log", () => {
  it("tells who asked what and how it ended, and nothing that requests carry", async () => {
    const lines: string[] = [];
    for (const level of ["log", "warn", "error"] as const)
      vi.spyOn(console, level).mockImplementation((...said: unknown[]) => void lines.push(JSON.stringify(said)));
    const agent = linked();
    const secret = "SEEDED-SECRET-7f3a";
    const headers = { ...json, authorization: `Bearer ${secret}`, "x-hub-signature-256": secret };
    const body = JSON.stringify({ title: secret, pattern: secret, choice: secret });
    for (const path of ["/v1/ceremonies", `/v1/ceremonies/${secret}`, `/hooks/${secret}`, `/v1/meshes?key=${secret}`])
      for (const method of ["GET", "POST", secret.slice(0, 6)])
        await agent.request(path, { method, headers, ...(method === "GET" ? {} : { body }) });
    const keyed = { ...headers, ...KEYED, "idempotency-key": secret };
    await agent.request("/v1/ceremonies", { method: "POST", headers: keyed, body });
    await agent.request("/login", { method: "POST", headers, body: `key=${secret}` });
    const said = lines.map((line) => JSON.parse(line)[0] as Record<string, unknown>);
    expect(said).toContainEqual(
      expect.objectContaining({ event: "request", route: "/v1/ceremonies", code: "BODY_INVALID", caller: "API_KEY" }),
    );
    expect(lines.filter((line) => line.includes("SEEDED") || line.includes("7f3a"))).toEqual([]);
  });
});
