// GitHub's deployment protection rule: a run is approved or rejected by the outcome, once, with a token that the agent gets for itself. A
// server on this machine stands in for GitHub; nothing between is replaced.
import { generateKeyPairSync, verify } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HookAnswers } from "../../../durable/hook-answers.ts";
import type { CeremonyEvent } from "../../../shared/webhooks/event.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { testParties } from "../../support/parties.ts";
import { type Receiver, startReceiver } from "../../support/receiver.ts";
import { sqliteStorage } from "../../support/sqlite-storage.ts";
import * as send from "../hooks/senders.ts";

const parties = testParties(3);
const [acme] = parties as readonly [(typeof parties)[number]];
const PAIR = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const NOW_MS = send.NOW * 1_000;
const PATH = "/repos/acme/shop/actions/runs/77/deployment_protection_rule";
type Document = { readonly [field: string]: unknown };

let github: Receiver;
let agent: AgentHere;

function start(secrets: Readonly<Record<string, readonly string[]>>, more: object = {}): void {
  const source = {
    id: "gh",
    scheme: "github",
    event: "deployment_protection_rule",
    action: "requested",
    pattern: "approval",
    set: [{ path: "roles.approver.least", value: 1 }],
    parties: [
      { authority: "acme", role: "approver", power: 1 },
      { authority: "bolt", role: "observer", power: 1 },
      { authority: "crux", role: "observer", power: 1 },
    ],
    closesIn: 2,
    expiresIn: 60,
    respond: { api: github.url },
    ...more,
  };
  agent = agentHere(acme, parties, { sources: [source] }, undefined, { gh: [send.SECRET], ...secrets });
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_MS });
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  github = await startReceiver();
  github.answer = ({ url }) =>
    url.endsWith("/access_tokens")
      ? {
          status: 201,
          body: JSON.stringify({ token: "ghs_1", expires_at: new Date(NOW_MS + 3_600_000).toISOString() }),
        }
      : { status: 204 };
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await github.stop();
});

const app = (type: "pkcs1" | "pkcs8") => ({
  "app:gh": ["4711", PAIR.privateKey.export({ type, format: "pem" }) as string],
});
const callback = (path = PATH) => `${github.url}${path}`;

async function request(url = callback()): Promise<Document> {
  const payload = {
    action: "requested",
    environment: "production",
    deployment_callback_url: url,
    deployment: { ref: "v2" },
    installation: { id: 99 },
  };
  const sent = send.github(send.utf8(JSON.stringify(payload)));
  const headers = { ...sent.headers, "X-GitHub-Event": "deployment_protection_rule" };
  const response = await agent.request("/hooks/gh", { method: "POST", headers, body: Uint8Array.from(sent.body) });
  return { http: response.status, ...((await response.json()) as Document) };
}

async function say(ceremony: string, choice: string): Promise<void> {
  const headers = { ...KEYED, "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify({ choice }) };
  expect((await agent.request(`/v1/ceremonies/${ceremony}/attestations`, init)).status).toBe(201);
}

/** Time goes on, as the alarms of both objects would see it. */
async function pass(ceremony: string, seconds: number, steps = 5): Promise<void> {
  for (let step = 0; step < steps; step++) {
    vi.setSystemTime(Date.now() + (seconds / steps) * 1_000);
    await agent.ceremony(ceremony).wake();
    await agent.settled();
  }
  await agent.hooks().alarm();
}

const answers = (): readonly Document[] =>
  github.arrived
    .filter(({ url }) => url === PATH)
    .map(({ body, headers }) => ({ ...(JSON.parse(body) as Document), by: headers.authorization }));

describe("a deployment that waits", () => {
  it("is approved once the ceremony is decided so, under a token of the App's installation", async () => {
    start(app("pkcs1"));
    const { opened } = await request();
    await say(opened as string, "approve");
    await pass(opened as string, 5);
    expect(answers()).toEqual([
      {
        environment_name: "production",
        state: "approved",
        comment: expect.stringContaining(opened as string),
        by: "Bearer ghs_1",
      },
    ]);
    const [asked] = github.arrived.filter(({ url }) => url === "/app/installations/99/access_tokens");
    const [head, claims, signature] = String(asked?.headers.authorization).slice("Bearer ".length).split(".");
    expect(JSON.parse(Buffer.from(claims as string, "base64url").toString())).toMatchObject({ iss: "4711" });
    expect(
      verify("sha256", Buffer.from(`${head}.${claims}`), PAIR.publicKey, Buffer.from(signature as string, "base64url")),
    ).toBe(true);
    const told = (await (
      await agent.request(`/v1/attempts?ceremony=${opened}`, { headers: KEYED })
    ).json()) as Document;
    expect(told.attempts).toMatchObject([{ road: "github", owner: "gh", http: 204, why: null }]);
    await pass(opened as string, 120);
    expect(answers().length).toBe(1);
  });

  it("is rejected where it is decided so, and where the time passes without a decision", async () => {
    start({ "token:gh": ["ghp_fixed"] });
    const rejected = (await request()).opened as string;
    await say(rejected, "reject");
    await pass(rejected, 5);
    expect(answers()).toMatchObject([{ state: "rejected", by: "Bearer ghp_fixed" }]);
    vi.setSystemTime(Date.now() + 1_000);
    const { opened } = await request(callback(PATH.replace("77", "78")));
    await pass(opened as string, 300, 30);
    const late = github.arrived.filter(({ url }) => url.includes("/runs/78/"));
    expect(late.map(({ body }) => (JSON.parse(body) as Document).state)).toEqual(["rejected"]);
    expect(github.arrived.some(({ url }) => url.includes("access_tokens"))).toBe(false);
  });

  it("hears it again until GitHub takes it, with a new token after a refused one", async () => {
    start(app("pkcs8"));
    let refusals = 2;
    const usual = github.answer;
    github.answer = (arrived) =>
      arrived.url === PATH && refusals-- > 0 ? { status: refusals === 1 ? 401 : 500 } : usual(arrived);
    const { opened } = await request();
    await say(opened as string, "approve");
    await pass(opened as string, 5);
    for (const _ of [1, 2]) {
      vi.setSystemTime(Date.now() + 60_000);
      await agent.hooks().alarm();
    }
    expect(answers().map(({ state }) => state)).toEqual(["approved", "approved", "approved"]);
    expect(github.arrived.filter(({ url }) => url.includes("access_tokens")).length).toBe(2);
    const [last] = (
      (await (await agent.request("/v1/deliveries", { headers: KEYED })).json()) as { deliveries: readonly Document[] }
    ).deliveries;
    expect(last).toMatchObject({ status: "delivered", attempts: 3 });
  });

  it("is never answered at an address that is not GitHub's, whoever signed the delivery", async () => {
    start({ "token:gh": ["ghp_fixed"] });
    const elsewhere = [
      "https://evil.example.com/repos/acme/shop/actions/runs/77/deployment_protection_rule",
      callback("/repos/acme/shop/actions/runs/77/approve"),
      callback("/repos/acme/../../app/actions/runs/77/deployment_protection_rule"),
      callback("/repos/../admin/actions/runs/77/deployment_protection_rule"),
      `${github.url}.evil.com${PATH}`,
      `${github.url}@evil.com${PATH}`,
      `${github.url.replace("127.0.0.1", "127.0.0.9")}${PATH}`,
      "http://169.254.169.254/latest",
      "",
    ];
    for (const url of elsewhere) expect(await request(url)).toMatchObject({ http: 422, code: "HOOK_TARGET_REFUSED" });
    expect(github.arrived).toEqual([]);
    const { ceremonies } = (await (await agent.request("/v1/ceremonies", { headers: KEYED })).json()) as Document;
    expect(ceremonies).toEqual([]);
  });

  it("is answered too where the ceremony ended before its delivery was on record", async () => {
    start({ "token:gh": ["ghp_fixed"] });
    const hooks = agent.hooks();
    const settle = hooks.settle.bind(hooks);
    let crashes = 1;
    vi.spyOn(hooks, "settle").mockImplementation(async (...given) => {
      crashes -= 1;
      if (crashes >= 0) throw new Error("the process died");
      return settle(...given);
    });
    expect(await request()).toMatchObject({ http: 500 });
    const { ceremonies } = (await (await agent.request("/v1/ceremonies", { headers: KEYED })).json()) as {
      ceremonies: readonly { readonly ceremony: string }[];
    };
    const [{ ceremony }] = ceremonies as [{ readonly ceremony: string }];
    await say(ceremony, "approve");
    await pass(ceremony, 5);
    expect(answers()).toEqual([]);
    expect(await request()).toMatchObject({ http: 201, opened: ceremony });
    await agent.hooks().alarm();
    expect(answers()).toMatchObject([{ state: "approved" }]);
  });

  it("stays on record as not answered where the agent has no token", async () => {
    start({});
    const { opened } = await request();
    await say(opened as string, "approve");
    await pass(opened as string, 5);
    const told = (await (
      await agent.request(`/v1/attempts?ceremony=${opened}`, { headers: KEYED })
    ).json()) as Document;
    expect(told.attempts).toMatchObject([{ http: null, why: expect.stringContaining("app:SOURCE") }]);
  });
});

describe("an end", () => {
  const event = (type: CeremonyEvent["type"], outcome: object | null): CeremonyEvent => ({
    id: `evt_${type}`,
    type,
    ceremony: "c1",
    body: JSON.stringify({ type, data: { outcome } }),
  });
  const waiting = (approved = 'outcome.value.choice == "approve"') => {
    const answers = new HookAnswers(sqliteStorage().sql);
    const where = { source: "gh", url: "https://api.github.com/x", environment: "prod", installation: null };
    answers.await("c1", { ...where, api: "https://api.github.com", approved });
    return answers;
  };
  const yes = { status: "decided", value: { choice: "approve" } };
  const stateOf = (told: ReturnType<HookAnswers["due"]>) =>
    told === null ? null : (JSON.parse(told.answer.body) as Document).state;

  it("is answered by the first that is told, also where a certificate comes after the expiry", () => {
    const answers = waiting();
    expect(stateOf(answers.due(event("ceremony.attested", null), NOW_MS))).toBeNull();
    expect(stateOf(answers.due(event("ceremony.expired", null), NOW_MS))).toBe("rejected");
    expect(stateOf(answers.due(event("ceremony.decided", yes), NOW_MS))).toBeNull();
    expect(stateOf(waiting().due(event("ceremony.abandoned", yes), NOW_MS))).toBe("rejected");
    expect(stateOf(waiting().due({ ...event("ceremony.decided", yes), ceremony: "c2" }, NOW_MS))).toBeNull();
  });

  it("is a no wherever it is not clearly a yes", () => {
    const decided = (outcome: object | null, approved?: string) =>
      stateOf(waiting(approved).due(event("ceremony.decided", outcome), NOW_MS));
    expect(decided(yes)).toBe("approved");
    for (const outcome of [null, {}, { ...yes, value: null }, { ...yes, value: { choice: "reject" } }, { f: 1.5 }])
      expect(decided(outcome)).toBe("rejected");
    expect(decided(yes, "outcome.value.choice")).toBe("rejected");
  });
});
