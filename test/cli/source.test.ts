// The commands about webhooks, against an agent in this process: from a document on disk to deliveries that are brought again.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createParty, pathIn } from "../../cli/party/folder.ts";
import { makeParty, type Party } from "../../cli/stack/party.ts";
import { parseHex } from "../../shared/bytes.ts";
import * as send from "../functions/hooks/senders.ts";
import { type AgentHere, agentHere } from "../support/agent-here.ts";
import { run } from "../support/command.ts";
import { testParties } from "../support/parties.ts";
import { scratchFolder } from "../support/scratch.ts";

const EXAMPLE = "cli/examples/source.json";
const AGENT = ["--url", "http://agent", "--key", "a key for the tests"] as const;
const { dir, remove } = scratchFolder("sources");
const folder = join(dir, "acme");
const others = testParties(3).slice(1);
createParty(folder, "acme", "test-mesh", { notBefore: 0, notAfter: 4_102_444_800_000_000 });
const secretIn = (file: "root" | "secrets", field: string) =>
  parseHex(
    (JSON.parse(readFileSync(pathIn(folder, file), "utf8")) as Record<string, string>)[field] as string,
  ) as Uint8Array;
const acme: Party = makeParty("acme", "test-mesh", {
  root: secretIn("root", "secret"),
  agent: secretIn("secrets", "SIGNING_KEY"),
});
let agent: AgentHere;

beforeEach(() => {
  agent = agentHere(acme, [acme, ...others]);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.stubGlobal("fetch", (url: URL, init?: RequestInit) => agent.request(`${url.pathname}${url.search}`, init));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
afterAll(remove);

const add = () => run("source", "add", EXAMPLE, "--dir", folder, ...AGENT);
const github = (n: number) =>
  send.utf8(
    JSON.stringify({
      action: "requested",
      environment: "production",
      deployment_callback_url: `https://api.github.com/repos/a/b/actions/runs/${n}/deployment_protection_rule`,
      deployment: { ref: `r${n}` },
      repository: { full_name: "a/b" },
    }),
  );
const headersOf = (body: Uint8Array, secret: string, id: string) => ({
  ...send.github(body, secret).headers,
  "X-GitHub-Event": "deployment_protection_rule",
  "X-GitHub-Delivery": id,
});
const deliver = (n: number, secret: string) => {
  const body = github(n);
  const init = { method: "POST", headers: headersOf(body, secret, `d-${n}`), body: Uint8Array.from(body) };
  return agent.request("/hooks/github", init);
};

describe("a document", () => {
  it("is linted, with all that is wrong with it", async () => {
    expect(await run("source", "lint", EXAMPLE)).toMatchObject({ exit: 0, data: { sound: true } });
    const document = JSON.parse(readFileSync(EXAMPLE, "utf8")) as object;
    const wrong = { ...document, when: "payload.x > 1.5", map: { title: "now()" }, event: 7, extra: 1 };
    const { exit, data } = await run("source", "lint", wrong);
    expect(exit).toBe(5);
    const { findings } = data as { findings: readonly { path: string; code: string }[] };
    expect(findings.map(({ path }) => path).sort()).toEqual([
      "source.event",
      "source.extra",
      "source.map.title",
      "source.when",
    ]);
    expect(await run("source", "lint", { ...document, event: "star" })).toMatchObject({ exit: 5 });
    expect(await run("source", "lint", { ...document, pattern: "unheard-of" })).toMatchObject({ exit: 5 });
  });

  it("is signed, put in force, and tried", async () => {
    const out = join(dir, "source.cbor");
    expect(await run("source", "sign", EXAMPLE, "--dir", folder, "-f", out)).toMatchObject({ exit: 0 });
    const dry = () => run("source", "add", EXAMPLE, "--dir", folder, "--dry-run", ...AGENT);
    expect((await dry()).data).toEqual({ dryRun: true, id: "github", replaces: false });
    expect((await run("source", "list", ...AGENT)).data).toEqual({ sources: [] });
    expect(await add()).toMatchObject({ exit: 0, data: { id: "github", secret: expect.stringMatching(/^whsec_/) } });
    expect(await run("source", "list", ...AGENT)).toMatchObject({
      data: { sources: [{ id: "github", event: "deployment_protection_rule", answers: true }] },
    });
    expect((await dry()).data).toMatchObject({ replaces: true });
    const tried = await run("trigger", "github", ...AGENT);
    expect(tried).toMatchObject({ exit: 0, data: { status: "opened" } });
    const view = await agent.ceremony((tried.data as { ceremony: string }).ceremony).view();
    expect(view.title).toBe("Deploy main to production");
    const staging = await run("trigger", "github", "--override", "environment=staging", ...AGENT);
    expect(staging).toMatchObject({ exit: 0, data: { status: "ignored" } });
    expect(await run("trigger", "none", ...AGENT)).toMatchObject({ exit: 7, refusal: { code: "SOURCE_UNKNOWN" } });
    expect(await run("source", "requests", "github", "--status", "ignored", ...AGENT)).toMatchObject({
      data: { requests: [{ id: "req_2", status: "ignored" }] },
    });
    const rotation = await run("source", "rotate", "github", "--overlap", "0s", "--dry-run", ...AGENT);
    expect(rotation.data).toEqual({ dryRun: true, id: "github", scheme: "github", makesSecret: true, endsOld: true });
    expect((await run("source", "rotate", "none", "--dry-run", ...AGENT)).refusal?.code).toBe("SOURCE_UNKNOWN");
    const rotated = await run("source", "rotate", "github", "--overlap", "2h", ...AGENT);
    expect(rotated).toMatchObject({ exit: 0, data: { overlapSeconds: 7_200 } });
    expect(await run("source", "attempts", ...AGENT)).toMatchObject({ exit: 0, data: { attempts: [] } });
  });
});

describe("the README", () => {
  it("starts from a webhook, step by step as it is written", async () => {
    const readme = readFileSync("README.md", "utf8");
    const [, steps = ""] = /```sh\n((?:npm run -s quorate -- (?:source|trigger) .*\n)+)```/.exec(readme) ?? [];
    const lines = steps.trim().split("\n");
    expect(lines.length).toBe(4);
    for (const line of lines) {
      const words = (line.split(" -- ")[1] as string).replace("--dir acme", `--dir ${folder}`).split(" ");
      const at = words.indexOf("--url");
      const answer = await run(...(at < 0 ? words : [...words.slice(0, at), ...AGENT]));
      expect([line, answer.exit, answer.refusal]).toEqual([line, 0, null]);
      if (line.includes("trigger")) expect(answer.data).toMatchObject({ status: "opened" });
      if (line.includes("requests")) expect(answer.data).toMatchObject({ requests: [{ status: "opened" }] });
    }
  });
});

describe("after an outage", () => {
  it("all that failed is replayed, and all that never came is brought from the sender's list", async () => {
    const { secret } = (await add()).data as { secret: string };
    expect((await deliver(1, secret)).status).toBe(201);
    const { CEREMONY } = agent.env;
    Object.assign(agent.env, { CEREMONY: { getByName: () => ({ open: () => Promise.reject(new Error("away")) }) } });
    for (const n of [2, 3, 4]) expect((await deliver(n, secret)).status).toBe(500);
    Object.assign(agent.env, { CEREMONY });
    const list = join(dir, "deliveries.jsonl");
    const line = (n: number) => {
      const body = github(n);
      return JSON.stringify({
        id: `d-${n}`,
        headers: headersOf(body, secret, `d-${n}`),
        body: new TextDecoder().decode(body),
      });
    };
    writeFileSync(list, `${[1, 2, 3, 4, 5, 6].map(line).join("\n")}\n{"id":"d-7"}\n`);
    const dry = await run("source", "replay-missing", "github", "--file", list, "--dry-run", ...AGENT);
    expect(dry).toMatchObject({ exit: 2, data: { listed: 7, missing: ["d-2", "d-3", "d-4", "d-5", "d-6", "d-7"] } });
    const replayed = await run("source", "replay", "github", "--failed", ...AGENT);
    expect(replayed).toMatchObject({
      exit: 0,
      data: { failed: 0, brought: [{ status: "opened" }, { status: "opened" }, { status: "opened" }] },
    });
    const brought = await run("source", "replay-missing", "github", "--file", list, ...AGENT);
    // One has no body in the list: it is told, and nothing is made up.
    expect(brought).toMatchObject({ exit: 5, data: { missing: ["d-5", "d-6", "d-7"], failed: 0 } });
    const again = await run("source", "replay-missing", "github", "--file", list, "--dry-run", ...AGENT);
    expect(again).toMatchObject({ exit: 2, data: { missing: ["d-7"] } });
    const { ceremonies } = (await (
      await agent.request("/v1/ceremonies", { headers: { authorization: "Bearer a key for the tests" } })
    ).json()) as { ceremonies: readonly object[] };
    await agent.settled();
    expect(ceremonies.length).toBe(6);
    expect(await run("source", "replay", "github", "req_1", ...AGENT)).toMatchObject({
      data: { brought: [{ status: "duplicate" }] },
    });
    expect(await run("source", "replay", "github", "req_99", ...AGENT)).toMatchObject({ exit: 7 });
    expect(await run("source", "replay", "github", ...AGENT)).toMatchObject({ exit: 64 });
  });

  it("of ten minutes brings all that came meanwhile, each once, though its sender dated it long ago", async () => {
    const document = {
      ...{ id: "orders", scheme: "standard", event: "order.large", pattern: "approval", closesIn: 600, expiresIn: 900 },
      parties: [acme, ...others].map(({ name }) => ({ authority: name, role: "approver", power: 1 })),
    };
    const [file, list] = [join(dir, "orders.json"), join(dir, "orders.jsonl")];
    writeFileSync(file, JSON.stringify(document));
    const { secret } = (await run("source", "add", file, "--dir", folder, ...AGENT)).data as { secret: string };
    const now = Math.floor(Date.now() / 1_000);
    const sent = (n: number, at: number) => {
      const [body, id] = [send.utf8(`{"type":"order.large","n":${n}}`), `msg_${n}`];
      return { id, body, headers: send.standardHeaders(send.standardMac(body, at, id, secret), at, id) };
    };
    const arrive = ({ headers, body }: send.Sent) =>
      agent.request("/hooks/orders", { method: "POST", headers, body: Uint8Array.from(body) });
    for (const n of [1, 2]) expect((await arrive(sent(n, now))).status).toBe(201);
    const missed = Array.from({ length: 25 }, (_, n) => sent(n + 3, now - 600));
    const listed = [sent(1, now), sent(2, now), ...missed];
    writeFileSync(
      list,
      listed
        .map(({ id, headers, body }) => JSON.stringify({ id, headers, body: Buffer.from(body).toString() }))
        .join("\n"),
    );
    expect((await arrive(missed[0] as send.Sent)).status).toBe(401);
    const replay = () => run("source", "replay-missing", "orders", "--file", list, ...AGENT);
    const first = (await replay()).data as { missing: string[]; brought: { status: string; ceremony: string }[] };
    expect([first.missing.length, first.brought.length]).toEqual([25, 25]);
    expect(first.brought.every(({ status }) => status === "opened")).toBe(true);
    expect(new Set(first.brought.map(({ ceremony }) => ceremony)).size).toBe(25);
    expect(await replay()).toMatchObject({ exit: 0, data: { listed: 27, missing: [], brought: [] } });
  });

  it("what the list forges is refused, one by one, unless the key stands for it", async () => {
    await add();
    const list = join(dir, "forged.jsonl");
    const [one, two] = [github(1), github(2)].map((body) => new TextDecoder().decode(body));
    const headers = headersOf(github(9), "another secret", "d-9");
    writeFileSync(
      list,
      [
        { id: "a", headers, body: one },
        { id: "b", headers, body: two },
      ]
        .map((each) => JSON.stringify(each))
        .join("\n"),
    );
    const refused = await run("source", "replay-missing", "github", "--file", list, ...AGENT);
    expect(refused).toMatchObject({ exit: 5, data: { failed: 2, brought: [{ code: "HOOK_SIGNATURE_MISMATCH" }, {}] } });
    const vouched = await run("source", "replay-missing", "github", "--file", list, "--vouch", ...AGENT);
    expect(vouched).toMatchObject({
      exit: 0,
      data: { failed: 0, brought: [{ status: "opened" }, { status: "opened" }] },
    });
    writeFileSync(list, '{"id":7}');
    expect(await run("source", "replay-missing", "github", "--file", list, ...AGENT)).toMatchObject({ exit: 64 });
  });
});

describe("a paused source", () => {
  it("tells its sender so and does nothing, keeps what came, and makes up for it once it is resumed", async () => {
    const { secret } = (await add()).data as { secret: string };
    expect((await deliver(1, secret)).status).toBe(201);
    const paused = await run("source", "pause", "github", ...AGENT);
    expect([paused.exit, paused.data]).toMatchObject([0, { id: "github", pausedAtMs: expect.any(Number) }]);
    expect((await run("source", "pause", "github", ...AGENT)).data).toEqual(paused.data);
    const answer = await deliver(2, secret);
    expect([answer.status, answer.headers.get("retry-after"), await answer.json()]).toMatchObject([
      503,
      "300",
      { code: "SOURCE_PAUSED", retryable: true },
    ]);
    expect((await deliver(3, "another secret")).status).toBe(401);
    expect((await run("source", "list", ...AGENT)).text).toContain("PAUSED");
    // The party's own word counts all the same.
    expect((await run("trigger", "github", ...AGENT)).data).toMatchObject({ status: "opened" });
    const resumed = await run("source", "resume", "github", ...AGENT);
    expect([resumed.exit, resumed.data]).toEqual([0, { id: "github", pausedAtMs: null }]);
    const replayed = await run("source", "replay", "github", "--failed", ...AGENT);
    expect(replayed).toMatchObject({ exit: 0, data: { failed: 0, brought: [{ status: "opened" }] } });
    expect((await deliver(2, secret)).status).toBe(200);
    const { data } = await run("source", "events", "github", "--limit", "2", ...AGENT);
    const done = { status: "opened", ceremony: expect.any(String) };
    expect(data).toMatchObject({
      events: [
        { ...done, requests: 2 },
        { ...done, requests: 1 },
      ],
    });
    expect((await run("source", "pause", "none", ...AGENT)).exit).toBe(7);
  });

  it("is taken out on purpose alone, and its pause with it", async () => {
    const { secret } = (await add()).data as { secret: string };
    await run("source", "pause", "github", ...AGENT);
    expect(await run("source", "remove", "github", ...AGENT)).toMatchObject({ exit: 64 });
    expect(await run("source", "remove", "github", "--yes", ...AGENT)).toMatchObject({
      exit: 0,
      data: { removed: true },
    });
    expect((await deliver(1, secret)).status).toBe(404);
    expect(await run("source", "remove", "github", "--yes", ...AGENT)).toMatchObject({ exit: 7 });
    const again = (await add()).data as { secret: string };
    expect((await deliver(1, again.secret)).status).toBe(201);
  });
});

describe("listen", () => {
  it("ends with 9 once the agent stays away", async () => {
    let answers = 2;
    vi.stubGlobal("fetch", async () => {
      answers -= 1;
      if (answers < 0) throw new Error("away");
      return Response.json({ requests: [], cursor: null });
    });
    // The pauses between its tries come to a quarter of a minute.
    const { setTimeout: later } = globalThis;
    vi.stubGlobal("setTimeout", (done: () => void, ms: number) => later(done, ms / 100));
    expect(await run("listen", "github", ...AGENT)).toMatchObject({ exit: 9, refusal: { code: "UNREACHABLE" } });
    expect(answers).toBe(-6);
  });

  it("tells each request as it comes, and ends when its time is over", async () => {
    await add();
    const listening = run("listen", "github", "--timeout", "2s", ...AGENT);
    await run("trigger", "github", ...AGENT);
    await run("trigger", "github", ...AGENT);
    expect(await listening).toMatchObject({ exit: 0, data: { requests: 2, final: true } });
  });
});
