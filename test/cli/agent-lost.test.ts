// What follows an agent, where the agent goes away: some tries, each of which is told, and then exit 9. The pauses between them are not waited for.
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answered } from "../support/answered.ts";

const pauses: number[] = [];
vi.mock("node:timers/promises", () => ({
  setTimeout: async (ms: number) => {
    pauses.push(ms);
  },
}));

const CEREMONY = "ab".repeat(32);
const VIEW = {
  ceremony: CEREMONY,
  phase: "gathering",
  round: 0,
  policy: "cd".repeat(32),
  refusal: null,
  outcome: null,
  parties: [{ authority: "acme", contribution: null, choice: null }],
  agreement: { same: 0, of: 1, different: [] },
};
const REQUEST = {
  ...{ id: "req_1", atMs: 1_000, tookMs: 3, status: "opened", event: "deployment", delivery: "d-1" },
  ...{ code: null, why: null, ceremony: CEREMONY, replayOf: null, isReplayable: true },
};
const PARTNER = { partner: "bolt", state: "told", told: 1_000, seen: null, enforcing: null, lastHeard: null };
const REVOCATION = {
  id: "ef".repeat(32),
  kind: "credential",
  revokes: "0".repeat(64),
  by: "acme",
  partners: [PARTNER],
};

/** Answers so many requests as an agent does, then takes the connection and drops it in the middle of an answer. */
class Leaving {
  readonly server: Server;
  asked = 0;

  constructor(answers: number) {
    this.server = createServer(({ url = "" }, response) => {
      if (url.includes("/events")) return void response.writeHead(204).end();
      this.asked += 1;
      if (this.asked > answers) return breakOff(response);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(documentAt(url)));
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

function breakOff(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": "500" });
  response.write('{"ceremony":', () => response.destroy());
}

function documentAt(path: string): object {
  if (path.includes("/revocations")) return { revocations: [REVOCATION] };
  if (path.includes("/requests")) return { requests: path.includes("after=0") ? [REQUEST] : [], cursor: null };
  return VIEW;
}

let agent: Leaving;
const follow = async (answers: number, ...words: readonly string[]) => {
  agent = new Leaving(answers);
  return answered(...words, "--url", await agent.listen(), "--key", "k");
};

beforeEach(() => void pauses.splice(0));
afterEach(() => {
  agent.server.closeAllConnections();
  agent.server.close();
});

describe("an agent that goes away", () => {
  it.each([
    ["wait", 3, ["wait", CEREMONY]],
    ["ceremony watch", 3, ["ceremony", "watch", CEREMONY]],
    ["listen", 3, ["listen", "github"]],
    ["revocation status --watch", 1, ["revocation", "status", "--watch", "--mesh", "board"]],
  ])("%s tells five tries, further and further apart, and exits 9", async (_, answers, words) => {
    const { exit, stdout, stderr } = await follow(answers, ...words, "-o", "jsonl");
    expect(exit).toBe(9);
    const tries = stderr.split("\n").filter((line) => line.includes("trying again"));
    expect(tries.map((line) => line.match(/, (\d of \d)$/)?.[1])).toEqual(
      [1, 2, 3, 4, 5].map((attempt) => `${attempt} of 5`),
    );
    expect(pauses.filter((ms) => ms >= 500).slice(-5)).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
    expect(agent.asked).toBe(answers + 6);
    const last = stdout.trim().split("\n").at(-1) ?? "";
    expect(JSON.parse(last)).toMatchObject({ code: "UNREACHABLE", final: true });
    expect(JSON.parse(last).why).toContain("it was tried again 5 times");
  });

  it("says one thing as JSON, and a connection refused counts as one that is lost", async () => {
    const { exit, stdout } = await follow(0, "wait", CEREMONY, "-o", "json");
    expect([exit, JSON.parse(stdout).code]).toEqual([9, "UNREACHABLE"]);
  });

  it("is waited for as long as --timeout allows", async () => {
    agent = new Leaving(9);
    agent.server.removeAllListeners("request").on("request", () => undefined);
    const url = await agent.listen();
    const { exit, stdout } = await answered("whoami", "--url", url, "--timeout", "1s", "-o", "json");
    expect([exit, JSON.parse(stdout).why]).toEqual([9, "no answer within 1 s"]);
  });

  it("is asked under the id that was given for the requests", async () => {
    agent = new Leaving(9);
    const ids: unknown[] = [];
    agent.server.prependListener("request", ({ headers }) => ids.push(headers["request-id"]));
    const url = await agent.listen();
    await answered("ceremony", "show", CEREMONY, "--url", url, "--request-id", "deploy-17", "-q");
    expect([...new Set(ids)]).toEqual(["deploy-17"]);
    const odd = await answered("ceremony", "show", CEREMONY, "--url", url, "--request-id", "a b");
    expect(odd.exit).toBe(64);
  });
});
