// The commands about who is told by webhooks, against an agent in this process and a receiver that is a real server: adding one, a dead
// delivery brought again, a new secret, removal.
import { createHmac } from "node:crypto";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AgentHere, agentHere } from "../support/agent-here.ts";
import { run } from "../support/command.ts";
import { testParties } from "../support/parties.ts";
import { type Arrived, type Receiver, startReceiver } from "../support/receiver.ts";

const parties = testParties(3);
const [acme] = parties as readonly [(typeof parties)[number]];
const WITH = ["--with", parties.map(({ name }) => name).join(",")] as const;
const AGENT = ["--url", "http://agent", "--key", "a key for the tests"] as const;
const real = globalThis.fetch;
let receiver: Receiver;
let agent: AgentHere;

beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  receiver = await startReceiver();
  agent = agentHere(acme, parties);
  vi.stubGlobal("fetch", (url: URL | string, init?: RequestInit) => {
    const { host, pathname, search } = new URL(url);
    return host === "agent" ? agent.request(`${pathname}${search}`, init) : real(url, init);
  });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  await receiver.stop();
});

async function added(...more: readonly string[]): Promise<string> {
  const { exit, data, text } = await run("endpoint", "add", "erp", `${receiver.url}/erp`, ...more, ...AGENT);
  const { secret } = data as { secret: string };
  expect([exit, secret]).toEqual([0, expect.stringMatching(/^whsec_/)]);
  expect(text.split(secret)).toHaveLength(2);
  return secret;
}

async function told(): Promise<void> {
  await run("ceremony", "open", "approval", "--title", "Release 2.4", ...WITH, ...AGENT);
  await agent.settled();
  await agent.wake();
}

function isSignedBy(secret: string): boolean {
  const { headers, body } = receiver.arrived.at(-1) as Arrived;
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return String(headers["webhook-signature"]).includes(createHmac("sha256", key).update(signed).digest("base64"));
}

/** At a terminal where this is typed at every question. */
async function typing<T>(line: string, then: () => Promise<T>): Promise<T> {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  vi.spyOn(process, "stdin", "get").mockReturnValue(input as unknown as typeof process.stdin);
  const output = Object.assign(new PassThrough(), { isTTY: true });
  vi.spyOn(process, "stderr", "get").mockReturnValue(output as unknown as typeof process.stderr);
  input.write(`${line}\n`);
  try {
    return await then();
  } finally {
    vi.restoreAllMocks();
  }
}

describe("an endpoint", () => {
  it("is added, told under the secret that was shown, and listed without it", async () => {
    const dry = (...more: readonly string[]) => run("endpoint", "add", ...more, "--dry-run", ...AGENT);
    const url = `${receiver.url}/erp`;
    const planned = await dry("erp", url, "--event", "ceremony.opened");
    expect([planned.exit, planned.data]).toEqual([0, { dryRun: true, id: "erp", url, events: ["ceremony.opened"] }]);
    expect((await dry("x", "http://10.0.0.1/")).refusal?.code).toBe("HOOK_TARGET_REFUSED");
    expect((await run("endpoint", "list", ...AGENT)).data).toMatchObject({ endpoints: [] });
    const secret = await added("--event", "ceremony.opened");
    expect((await dry("erp", url)).refusal?.code).toBe("HOOK_EXISTS");
    await told();
    expect([receiver.arrived.length, isSignedBy(secret)]).toEqual([1, true]);
    const { data, text } = await run("endpoint", "list", ...AGENT);
    expect(data).toMatchObject({ endpoints: [{ id: "erp", events: ["ceremony.opened"], disabledAtMs: null }] });
    expect(text + JSON.stringify(data)).not.toContain(secret);
    expect((await run("endpoint", "add", "erp", `${receiver.url}/erp`, ...AGENT)).refusal?.code).toBe("HOOK_EXISTS");
    expect((await run("endpoint", "add", "x", "http://10.0.0.1/", ...AGENT)).refusal?.code).toBe("HOOK_TARGET_REFUSED");
    expect((await run("endpoint", "add", "x", `${receiver.url}/`, "--event", "all", ...AGENT)).exit).toBe(64);
  });

  it("that wants nothing more is disabled, and told again once it is enabled and its dead deliveries are replayed", async () => {
    await added("--event", "ceremony.opened");
    receiver.answer = () => ({ status: 410 });
    await told();
    const off = await run("endpoint", "list", ...AGENT);
    expect(off.data).toMatchObject({ endpoints: [{ disabledAtMs: expect.any(Number) }] });
    const dead = await run("delivery", "list", "--status", "dead", "--endpoint", "erp", ...AGENT);
    expect(dead.data).toMatchObject({ deliveries: [{ id: "dlv_1", owner: "erp", status: "dead", attempts: 1 }] });
    receiver.answer = () => ({ status: 204 });
    expect((await run("endpoint", "enable", "erp", ...AGENT)).data).toEqual({ enabled: true, id: "erp" });
    expect((await run("delivery", "replay", "--dead", ...AGENT)).data).toEqual({ replayed: ["dlv_1"], missing: [] });
    await agent.wake();
    const [first, again] = receiver.arrived.map(({ headers }) => headers["webhook-id"]);
    expect([receiver.arrived.length, again]).toEqual([2, first]);
    const one = await run("delivery", "replay", "dlv_1", "dlv_99", ...AGENT);
    expect([one.exit, one.data]).toEqual([7, { replayed: ["dlv_1"], missing: ["dlv_99"] }]);
    expect((await run("delivery", "replay", ...AGENT)).exit).toBe(64);
    expect((await run("delivery", "list", "--status", "gone", ...AGENT)).exit).toBe(64);
  });

  it("has a new secret beside the old one, and is removed only on purpose", async () => {
    const old = await added("--event", "ceremony.opened");
    const plan = await run("endpoint", "rotate", "erp", "--overlap", "0s", "--dry-run", ...AGENT);
    expect([plan.exit, plan.data]).toEqual([0, { dryRun: true, id: "erp", endsOld: true }]);
    expect((await run("endpoint", "rotate", "none", "--dry-run", ...AGENT)).exit).toBe(7);
    const rotated = await run("endpoint", "rotate", "erp", "--overlap", "2h", ...AGENT);
    const { secret, overlapSeconds } = rotated.data as { secret: string; overlapSeconds: number };
    await told();
    expect([overlapSeconds, isSignedBy(old), isSignedBy(secret), secret === old]).toEqual([7_200, true, true, false]);
    const asked = await run("endpoint", "remove", "erp", ...AGENT);
    expect([asked.exit, asked.refusal?.why]).toEqual([64, expect.stringContaining("--yes is needed")]);
    const ends = ["endpoint", "rotate", "erp", "--overlap", "0s", ...AGENT] as const;
    expect((await run(...ends)).refusal?.why).toContain("The old secret of erp will end at once");
    expect(await typing("yes", () => run(...ends))).toMatchObject({ exit: 6, data: { rotated: false } });
    const remove = () => run("endpoint", "remove", "erp", ...AGENT);
    expect(await typing("erq", remove)).toMatchObject({ exit: 6, data: { removed: false, id: "erp" } });
    vi.stubEnv("QUORATE_NO_INPUT", "1");
    expect((await typing("erp", remove)).refusal?.why).toContain("--yes is needed: nothing may be asked");
    vi.unstubAllEnvs();
    expect((await typing("erp", remove)).data).toEqual({ removed: true, id: "erp" });
    expect((await run("endpoint", "list", ...AGENT)).data).toMatchObject({ endpoints: [] });
    for (const verb of ["enable", "rotate"]) expect((await run("endpoint", verb, "erp", ...AGENT)).exit).toBe(7);
    expect((await run("endpoint", "remove", "erp", "--yes", ...AGENT)).exit).toBe(7);
  });
});
