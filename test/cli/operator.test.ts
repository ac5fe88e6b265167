// What an operator asks of an agent, against one in this process: its health and metrics, its bearer keys, and a ceremony opened anew.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createParty, pathIn } from "../../cli/party/folder.ts";
import { makeParty } from "../../cli/stack/party.ts";
import { parseHex } from "../../shared/bytes.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { type AgentHere, agentHere, CONNECTED } from "../support/agent-here.ts";
import { run } from "../support/command.ts";
import { testParties } from "../support/parties.ts";
import { scratchFolder } from "../support/scratch.ts";

const parties = testParties(3);
const [acme] = parties as readonly [(typeof parties)[number]];
const WITH = ["--with", parties.map(({ name }) => name).join(",")] as const;
const AGENT = ["--url", "http://agent", "--key", "a key for the tests"] as const;
const { dir, remove } = scratchFolder("operator");
let link: object;
let agent: AgentHere;

beforeEach(() => {
  link = CONNECTED;
  agent = agentHere(acme, parties, {}, undefined, {}, { health: async () => link as typeof CONNECTED });
  vi.stubGlobal("fetch", (url: URL, init?: RequestInit) => agent.request(`${url.pathname}${url.search}`, init));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
afterAll(remove);

function partyIn(folder: string): typeof acme {
  const secretOf = (file: "root" | "secrets", field: string) =>
    parseHex((JSON.parse(readFileSync(pathIn(folder, file), "utf8")) as Record<string, string>)[field] ?? "");
  const root = secretOf("root", "secret") as Uint8Array;
  return makeParty("acme", acme.mesh, { root, agent: secretOf("secrets", "SIGNING_KEY") as Uint8Array });
}

describe("health", () => {
  it("tells by its exit whether the agent can take part", async () => {
    expect(await run("health", ...AGENT)).toMatchObject({ exit: 0, data: { status: "ready", reasons: [] } });
  });

  it.each([
    [{ connected: false }, [], 9, "BUS_UNREACHABLE"],
    [{ draining: true }, [], 6, "AGENT_DRAINING"],
    [{ outbox: 2_000 }, [], 0, "OUTBOX_LONG"],
    [{ outbox: 2_000 }, ["--strict"], 5, "OUTBOX_LONG"],
  ])("%j %j exits with %i", async (state, flags, exit, code) => {
    link = { ...CONNECTED, ...state };
    const told = await run("health", ...flags, ...AGENT);
    expect(told).toMatchObject({ exit, data: { reasons: [{ code }] } });
    expect(told.text).toContain(code);
  });

  it("exits with 9 where nobody answers as an agent does", async () => {
    vi.stubGlobal("fetch", async () => new Response("<html>", { status: 503 }));
    expect(await run("health", ...AGENT)).toMatchObject({ exit: 9, refusal: { code: "UNREACHABLE" } });
  });
});

describe("link", () => {
  it("is drained before a stop, and resumed", async () => {
    agent = agentHere(acme, parties);
    expect(await run("link", "drain", ...AGENT)).toMatchObject({ exit: 0, data: { link: { draining: true } } });
    expect((await run("health", ...AGENT)).data).toMatchObject({ link: { draining: true } });
    expect(await run("link", "resume", ...AGENT)).toMatchObject({ exit: 0, data: { link: { draining: false } } });
  });
});

describe("revocation announce", () => {
  it("hands over what party revoke signed, and nothing that is not that", async () => {
    const folder = join(dir, "stolen");
    createParty(folder, "acme", acme.mesh, { notBefore: 0, notAfter: 4_102_444_800_000_000 });
    const { data } = await run("party", "revoke", folder, "--reason", "stolen");
    const { file, revocation } = data as { file: string; revocation: string };
    const own = parties.map((party, at) => (at === 0 ? partyIn(folder) : party));
    agent = agentHere(own[0] as typeof acme, own);
    expect(await run("revocation", "announce", file, ...AGENT)).toMatchObject({
      exit: 0,
      data: { revocation, ceremonies: 0, told: 2 },
    });
    expect((await run("revocation", "announce", { revocation: 7 }, ...AGENT)).exit).toBe(64);
  });
});

describe("metrics", () => {
  it("are passed on as they are written, and read into samples", async () => {
    const { text, data } = await run("metrics", ...AGENT);
    expect(text).toMatch(/^# HELP quorate_/);
    const samples = data as readonly { name: string; labels: object; value: number }[];
    expect(samples).toContainEqual({ name: "quorate_bus_connected", labels: {}, value: 1 });
    expect(samples.length).toBe(text.split("\n").filter((line) => !line.startsWith("#")).length);
  });
});

describe("a bearer key", () => {
  const make = (...words: readonly string[]) => run("key", "create", ...words);
  const withEntries = (entries: readonly unknown[]) => Object.assign(agent.env, { API_KEYS: JSON.stringify(entries) });

  it("opens what its scopes say, from the entry that was printed for it, until it is withdrawn", async () => {
    const { exit, data, text } = await make("ci", "--scope", "read", "--for", "90d");
    const { key, entry } = data as { key: string; entry: { until: string } };
    expect([exit, text.split(key).length]).toEqual([0, 2]);
    expect(JSON.stringify(entry)).not.toContain(key);
    expect(Date.parse(entry.until) / 86_400_000).toBeCloseTo(Date.now() / 86_400_000 + 90, 2);
    withEntries([entry]);
    const own = ["--url", "http://agent", "--key", key] as const;
    expect((await run("ceremony", "list", ...own)).exit).toBe(0);
    expect((await run("key", "list", ...own)).refusal?.code).toBe("SCOPE_MISSING");
    const listed = await run("key", "list", ...AGENT);
    expect(listed.data).toMatchObject({ keys: [{ id: "API_KEY" }, { id: "ci", scopes: ["read"] }], withdrawn: [] });
    const dry = (name: string) => run("key", "withdraw", name, "--dry-run", ...AGENT);
    expect((await dry("ci")).data).toEqual({ dryRun: true, id: "ci", scopes: ["read"], isWithdrawn: false });
    expect((await dry("access:ana@example.org")).exit).toBe(0);
    for (const name of ["API_KEY", "none"]) expect((await dry(name)).exit).toBe(5);
    expect((await run("ceremony", "list", ...own)).exit).toBe(0);
    const asked = await run("key", "withdraw", "ci", ...AGENT);
    expect([asked.exit, asked.refusal?.why]).toEqual([64, expect.stringContaining("--yes is needed")]);
    expect(await run("key", "withdraw", "ci", "--yes", ...AGENT)).toMatchObject({ exit: 0, data: { withdrawn: true } });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 5_000 });
    expect(await run("ceremony", "list", ...own)).toMatchObject({ exit: 4, refusal: { code: "KEY_WITHDRAWN" } });
    expect((await run("key", "list", ...AGENT)).text).toMatch(/ci .*WITHDRAWN/);
    expect((await run("key", "withdraw", "API_KEY", "--yes", ...AGENT)).exit).toBe(5);
  });

  it("is put into a party's folder, each name once", async () => {
    const folder = join(dir, "acme");
    createParty(folder, "acme", "test-mesh", { notBefore: 0, notAfter: 4_102_444_800_000_000 });
    for (const name of ["ci", "ops"]) expect((await make(name, "--scope", "open", "--dir", folder)).exit).toBe(0);
    expect(await make("ci", "--scope", "open", "--dir", folder)).toMatchObject({ exit: 64 });
    const { endings } = (await run("party", "expirations", folder)).data as { endings: readonly object[] };
    expect(endings).toMatchObject([{ what: "credential", state: "later" }]);
  });

  it.each([
    [["ci"]],
    [["ci", "--scope", "all"]],
    [["c i", "--scope", "read"]],
    [["API_KEY", "--scope", "read"]],
    [["ci", "--scope", "read", "--until", "2020-01-01T00:00:00Z"]],
    [["ci", "--scope", "read", "--for", "1d", "--until", "2120-01-01T00:00:00Z"]],
  ])("is not made of %j", async (words) => {
    expect(await make(...words)).toMatchObject({ exit: 64, refusal: { code: "USAGE" } });
  });
});

describe("ceremony reopen", () => {
  it("says what the earlier call said, under a new id, and leaves the earlier one as it ended", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
    const subject = ["--subject", '{"ref":"v2.4"}', "--set", 'outcome.threshold={"num":2,"den":3}'];
    const times = ["--closes-in", "60s", "--expires-in", "3m"];
    const open = await run(
      "ceremony",
      "open",
      "approval",
      "--title",
      "Release",
      ...subject,
      ...times,
      ...WITH,
      ...AGENT,
    );
    const before = open.data as CeremonyView;
    const reopen = (...more: readonly string[]) => run("ceremony", "reopen", before.ceremony, ...more, ...AGENT);
    expect(await reopen()).toMatchObject({ exit: 8, data: { reopened: false, phase: "gathering" } });
    vi.setSystemTime(1_800_000_200_000);
    await agent.settled();
    await agent.wake();
    const ended = (await run("ceremony", "show", before.ceremony, ...AGENT)).data as CeremonyView;
    expect(ended.phase).toBe("expired");
    expect(await reopen("--dry-run")).toMatchObject({ exit: 0, data: { dryRun: true, earlier: before.ceremony } });
    const { exit, data } = await reopen("--title", "Release, again");
    const view = data as CeremonyView & { earlier: string };
    const { title, subject: about, policy, phase, parties: seats } = view;
    expect([exit, title, about, policy, phase]).toEqual([
      0,
      "Release, again",
      { ref: "v2.4" },
      before.policy,
      "gathering",
    ]);
    expect([view.earlier, view.ceremony === before.ceremony]).toEqual([before.ceremony, false]);
    expect(seats).toEqual(before.parties);
    const lasts = ({ opensAt, closesAt, expiresAt }: CeremonyView) => [
      (closesAt ?? 0) - (opensAt ?? 0),
      (expiresAt ?? 0) - (opensAt ?? 0),
    ];
    expect(lasts(view)).toEqual(lasts(before));
    expect((await run("ceremony", "show", before.ceremony, ...AGENT)).data).toEqual(ended);
  });
});
