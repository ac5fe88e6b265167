// What is said of a refused webhook, and to whom: the cause to the log, once a second at most, and to the sender that there is one.
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { configOf } from "../../../durable/config.ts";
import type { AgentContext } from "../../../functions/http/app.ts";
import { hookRoute } from "../../../functions/http/routes/hooks.ts";
import { agentVariables } from "../../support/agent-env.ts";
import { testParties } from "../../support/parties.ts";
import * as send from "../hooks/senders.ts";

const parties = testParties(3);
const [acme] = parties as readonly [(typeof parties)[number]];
const source = {
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
const variables = agentVariables(acme, parties, { sources: [source, { ...source, id: "odd", event: "star" }] });
const config = configOf({ ...variables, HOOK_SECRETS: JSON.stringify({ gh: [send.SECRET], odd: [send.SECRET] }) });

let logged: object[] = [];

beforeEach(() => {
  logged = [];
  vi.useFakeTimers({ toFake: ["Date"], now: send.NOW * 1_000 });
  vi.spyOn(console, "warn").mockImplementation((line: object) => void logged.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Keeps nothing: what is kept has a test of its own. */
const HOOKS = {
  getByName: () => ({
    settle: async () => "req_1",
    intake: async (_: string, secrets: readonly string[]) => ({ frame: null, secrets, retired: [] }),
  }),
};

async function post(id: string, { headers, body }: send.Sent): Promise<{ status: number; code: string; why: string }> {
  if (!config.ok) throw new Error(config.fault.code);
  const app = new Hono<AgentContext>();
  app.use(async (context, next) => {
    context.set("config", config.value);
    context.set("request", "r-1");
    await next();
  });
  app.post("/hooks/:source", hookRoute);
  const response = await app.request(
    `/hooks/${id}`,
    { method: "POST", headers, body: Uint8Array.from(body) },
    { HOOKS },
  );
  return { ...((await response.json()) as { code: string; why: string }), status: response.status };
}

const withNewline = { ...send.github(send.utf8("{}")), body: send.utf8("{}\n") };

describe("a refused signature", () => {
  it("has its cause in the log, under the request's number, and not in the answer", async () => {
    vi.setSystemTime(send.NOW * 1_000 + 10_000);
    const answer = await post("gh", withNewline);
    expect(answer).toMatchObject({ status: 401, code: "HOOK_SIGNATURE_MISMATCH", why: "see the agent's log" });
    expect(logged).toEqual([
      {
        event: "hook-refused",
        request: "r-1",
        source: "gh",
        code: "HOOK_SIGNATURE_MISMATCH",
        cause: "a newline was added at the end of the body",
        received: { bytes: 3, sha256: send.digest(send.utf8("{}\n")) },
      },
    ]);
  });

  it("is searched for its cause once a second, whoever sends how many", async () => {
    vi.setSystemTime(send.NOW * 1_000 + 20_000);
    for (let i = 0; i < 3; i++) await post("gh", withNewline);
    vi.setSystemTime(send.NOW * 1_000 + 21_000);
    await post("gh", withNewline);
    const found = logged.map((line) => (line as { cause: string }).cause.startsWith("a newline"));
    expect(found).toEqual([true, false, false, true]);
  });
});

describe("a source that could never open anything", () => {
  it("is refused as configuration before its body is read", async () => {
    expect(await post("odd", send.github(send.utf8("{}")))).toMatchObject({ status: 500, code: "CONFIG_INVALID" });
    expect(await post("none", send.github(send.utf8("{}")))).toMatchObject({ status: 404, code: "SOURCE_UNKNOWN" });
  });
});
