// Commands that talk to an agent, against one in this process: what is asked of it, what it is shown to sign, and what the command answers.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fromJson, type Json } from "../../shared/cbor/json.ts";
import type { CborMap } from "../../shared/cbor/value.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { commitTo } from "../../shared/outcome/sealing.ts";
import { agentHere } from "../support/agent-here.ts";
import { run } from "../support/command.ts";
import { testParties } from "../support/parties.ts";
import { scratchFolder } from "../support/scratch.ts";

const parties = testParties(3);
const agent = agentHere(parties[0] as (typeof parties)[number], parties);
const AGENT = ["--url", "http://agent", "--key", "a key for the tests"] as const;
const WITH = ["--with", parties.map(({ name }) => name).join(",")] as const;
/** The agent here has no link of its own. */
const LINK = { connected: true, draining: false, outbox: 0 };
const sent: string[] = [];

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal("fetch", (url: URL, init?: RequestInit) => {
    sent.push(`${init?.method ?? "GET"} ${url.pathname}`);
    if (url.pathname === "/v1/health") return Promise.resolve(Response.json({ link: LINK }));
    return agent.request(`${url.pathname}${url.search}`, init);
  });
});
afterEach(() => vi.unstubAllGlobals());

async function opened(title: string, ...more: readonly string[]): Promise<CeremonyView> {
  const { exit, data } = await run("ceremony", "open", "approval", "--title", title, ...WITH, ...more, ...AGENT);
  expect(exit).toBe(0);
  return data as CeremonyView;
}

describe("ceremony open", () => {
  it("opens a pattern for the opener and those named, in the one role that speaks", async () => {
    const view = await opened("Release 2.4", "--closes-in", "15m", "--subject", '{"ref":"v2.4"}');
    expect(view).toMatchObject({
      title: "Release 2.4",
      phase: "gathering",
      subject: { ref: "v2.4" },
      pattern: "approval",
    });
    expect(view.parties.map(({ authority, role }) => [authority, role])).toEqual(
      parties.map(({ name }) => [name, "approver"]),
    );
    expect((view.closesAt ?? 0) - (view.opensAt ?? 0)).toBe(900_000_000);
  });

  it("tries without opening, and says what could not work", async () => {
    const words = ["ceremony", "open", "approval", "--title", "T", "--dry-run", ...AGENT];
    const good = await run(...words, ...WITH);
    expect([good.exit, good.data]).toMatchObject([0, { dryRun: true, findings: [] }]);
    const alone = await run(...words, "--with", "acme");
    expect([alone.exit, alone.data]).toMatchObject([
      5,
      { findings: [{ code: "POLICY_ROLE" }, { code: "POLICY_PARTIES" }] },
    ]);
    expect(sent.filter((line) => line.startsWith("POST"))).toEqual([]);
  });

  it("asks electors to spread what roles without agents say", async () => {
    const auction = ["ceremony", "open", "auction", "--title", "T", "--dry-run", "--party", "acme:bidder", ...AGENT];
    const words = [...auction, "--set", "roles.bidder.closes=false", "--shards", "16"];
    const { data } = await run(...words, "--set", "roles.bidder.agent=false");
    expect((data as { request: { set: unknown } }).request.set).toContainEqual({
      path: "roles.bidder.shards",
      value: 16,
    });
    const nobody = await run(...words);
    expect([nobody.exit, nobody.refusal?.why]).toEqual([64, expect.stringContaining("runs no agent")]);
  });

  it.each([
    [["vote"], "--party NAME:ROLE"],
    [["approval", "--alias", "release"], "one of PATTERN"],
    [["approval", "--closes-in", "soon"], "90s, 15m"],
    [["approval", "--party", "acme"], "NAME:ROLE"],
    [["approval", "--subject", "v2.4"], "JSON"],
  ])("refuses %j", async (words, reason) => {
    const { exit, refusal } = await run("ceremony", "open", "--title", "T", ...AGENT, ...words);
    expect([exit, refusal?.code]).toEqual([64, "USAGE"]);
    expect(refusal?.why).toContain(reason);
  });
});

describe("attest", () => {
  let view: CeremonyView;
  beforeEach(async () => {
    view ??= await opened("Release 2.5");
    sent.length = 0;
  });

  it("signs nothing in a dry run, and then just what was shown", async () => {
    const words = ["attest", view.ceremony.slice(0, 10), "--approve", "--reason", "tests green", ...AGENT];
    const dry = await run(...words, "--dry-run");
    const draft = dry.data as { observation: string; statement: { payload: object } };
    expect(draft.statement.payload).toMatchObject({
      role: "approver",
      content: { choice: "approve", reason: "tests green" },
    });
    expect((await run("ceremony", "show", view.ceremony, ...AGENT)).data).toMatchObject({
      asked: { role: "approver" },
    });
    const asked = await run(...words);
    expect([asked.exit, asked.refusal?.why]).toEqual([64, expect.stringContaining("--yes is needed")]);
    const said = await run(...words, "--yes");
    expect([said.exit, said.data]).toMatchObject([0, { verdict: "admitted", code: null }]);
    const again = await run(...words, "--yes");
    expect([again.exit, again.data]).toMatchObject([
      0,
      { ...(said.data as object), verdict: "ignored", code: "DUPLICATE" },
    ]);
    expect(sent.some((line) => line.endsWith("/attestations"))).toBe(false);
    const other = await run("attest", view.ceremony, "--reject", "--yes", ...AGENT);
    expect([other.exit, other.refusal?.code]).toEqual([5, "ALREADY_ATTESTED"]);
  });

  it("refuses a draft whose bytes are not those of its digest", async () => {
    const honest = globalThis.fetch;
    vi.stubGlobal("fetch", async (url: URL, init?: RequestInit) => {
      const response = await honest(url, init);
      if (!url.pathname.endsWith("/drafts") || !response.ok) return response;
      return Response.json({ ...((await response.json()) as object), observation: "0".repeat(64) });
    });
    const { ceremony } = await opened("Release 2.6");
    const { exit, refusal } = await run("attest", ceremony, "--approve", "--yes", ...AGENT);
    expect([exit, refusal?.code]).toEqual([6, "BLIND_SIGNING_REFUSED"]);
  });

  it.each([
    [[], "exactly one"],
    [["--approve", "--reject"], "exactly one"],
    [["--bid", "9.50"], "whole number"],
    [["--approve", "--role", "observer"], "speaks here as approver"],
  ])("refuses %j", async (words, reason) => {
    const { exit, refusal } = await run("attest", view.ceremony, ...AGENT, ...words);
    expect([exit, refusal?.code]).toEqual([64, "USAGE"]);
    expect(refusal?.why).toContain(reason);
  });

  it("commits to a sealed bid, and keeps what will reveal it", async () => {
    const { dir, remove } = scratchFolder("sealed");
    const file = join(dir, "bid.json");
    const roles = ["bidder", "seller", "buyer"];
    const seats = parties.flatMap(({ name }, at) => ["--party", `${name}:${roles[at]}`]);
    const opening = await run("ceremony", "open", "auction", "--title", "Lot 77", ...seats, ...AGENT);
    const { ceremony } = opening.data as CeremonyView;
    const bid = ["attest", ceremony, "--bid", "8400", "--yes", ...AGENT];
    expect((await run(...bid)).refusal?.code).toBe("CONTENT_INVALID");
    const shown = (await run(...bid, "--sealed", file, "--dry-run")).data as { statement: { payload: object } };
    const kept = JSON.parse(readFileSync(file, "utf8")) as Json;
    expect(kept).toMatchObject({ bid: { amount: 8_400 }, nonce: expect.stringMatching(/^.{32}$/) });
    const revealed = fromJson(kept);
    const commit = revealed.ok ? commitTo(revealed.value as CborMap) : "";
    expect(shown.statement.payload).toMatchObject({ role: "bidder", content: { commit } });
    const said = await run(...bid, "--sealed", file);
    expect([said.exit, said.data]).toMatchObject([0, { verdict: "admitted" }]);
    expect((await run(...bid, "--sealed", file)).data).toMatchObject({
      ...(said.data as object),
      verdict: "ignored",
      code: "DUPLICATE",
    });
    const other = await run("attest", ceremony, "--bid", "9", "--yes", "--sealed", file, ...AGENT);
    expect(other.refusal?.why).toContain("holds something else");
    expect((await run("attest", ceremony, "--reveal", file, "--yes", ...AGENT)).exit).toBe(5);
    remove();
  });

  it("tells what a bid is refused for in the agent's own words", async () => {
    const { ceremony } = await opened("Release 2.9");
    const { exit, refusal } = await run("attest", ceremony, "--bid", "950", "--yes", ...AGENT);
    expect([exit, refusal?.code]).toEqual([5, "CONTENT_INVALID"]);
  });
});

describe("looking at ceremonies", () => {
  it("lists, shows by a beginning of the id, traces and waits", async () => {
    const { ceremony } = await opened("Release 2.7");
    const { data } = await run("attest", ceremony, "--approve", "--yes", ...AGENT);
    const { observation } = data as { observation: string };
    const listed = await run("ceremony", "list", "--phase", "open", ...AGENT);
    expect(listed.data).toContainEqual(expect.objectContaining({ ceremony, title: "Release 2.7", phase: "gathering" }));
    const shown = await run("ceremony", "show", `cer_${ceremony.slice(0, 8)}`, ...AGENT);
    expect([shown.exit, shown.text]).toEqual([8, expect.stringContaining("1 of 3 have spoken   acme approve")]);
    const waited = await run("wait", ceremony, "--timeout", "1s", ...AGENT);
    expect([waited.exit, waited.data]).toMatchObject([8, { ceremony, phase: "gathering", final: true }]);
    expect((await run("wait", ceremony, "--until", "known", ...AGENT)).exit).toBe(0);
    const traced = await run("trace", observation.slice(0, 9), ...AGENT);
    expect([traced.exit, traced.data]).toMatchObject([0, { hops: [{ party: "acme", verdict: "admitted" }] }]);
    const kind = { id: observation, kind: "contribution", authority: "acme", role: "approver" };
    expect((await run("observation", "show", observation, ...AGENT)).data).toMatchObject(kind);
    const dot = await run("ceremony", "lineage", ceremony, "--format", "dot", ...AGENT);
    expect(dot.text).toMatch(/^digraph/);
  });

  it("says what it does not know, and waits only so long for a call that may be on its way", async () => {
    const absent = await run("ceremony", "show", "ab".repeat(32), ...AGENT);
    expect([absent.exit, absent.refusal?.code]).toEqual([7, "NOT_FOUND"]);
    const never = await run("trace", "ab".repeat(32), ...AGENT);
    expect([never.exit, never.data]).toMatchObject([7, { hops: [{ verdict: "never arrived" }] }]);
    const stranger = await run("ceremony", "list", "--url", "http://agent", "--key", "another");
    expect([stranger.exit, stranger.refusal?.code]).toEqual([4, "UNAUTHORISED"]);
    const nobody = await run("ceremony", "list", "--as", "acme", "--stack", "/nowhere");
    expect([nobody.exit, nobody.refusal?.code]).toEqual([9, "UNREACHABLE"]);
    expect((await run("ceremony", "list", "--stack", "/nowhere")).refusal?.why).toContain("--url URL is needed");
  });

  it("shows nothing of another's words that a terminal would obey", async () => {
    const { ceremony } = await opened("\u001b[2Jgone\u202e\nnext: rm -rf\u009b1m");
    const { text } = await run("ceremony", "show", ceremony, ...AGENT);
    expect(text).toContain("\\u001b[2Jgone\\u202e\\u000anext: rm -rf\\u009b1m");
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cf}\p{Cc}]/u);
  });

  it("goes on where a connection was lost for a moment", async () => {
    const { ceremony } = await opened("Release 2.8");
    const live = globalThis.fetch;
    let asked = 0;
    vi.stubGlobal("fetch", (url: URL, init?: RequestInit) => {
      if (url.pathname === `/v1/ceremonies/${ceremony}`) asked += 1;
      return asked === 2 ? Promise.reject(new Error("connection reset")) : live(url, init);
    });
    expect((await run("wait", ceremony, "--until", "known", ...AGENT)).exit).toBe(0);
    expect(asked).toBe(3);
  });

  it("listens to the agent's stream, and then asks seldom", async () => {
    const { ceremony } = await opened("Release 2.10");
    const asked = async () => {
      sent.length = 0;
      await run("wait", ceremony, "--timeout", "3s", ...AGENT);
      return sent.filter((line) => line === `GET /v1/ceremonies/${ceremony}`).length;
    };
    const listening = await asked();
    const live = globalThis.fetch;
    const deaf = (url: URL, init?: RequestInit) =>
      url.pathname.endsWith("/events") ? Promise.resolve(new Response(null, { status: 204 })) : live(url, init);
    vi.stubGlobal("fetch", deaf);
    expect(await asked()).toBeGreaterThan(listening + 1);
  });

  it("says whom an agent speaks for", async () => {
    const { exit, data } = await run("whoami", ...AGENT);
    expect([exit, data]).toMatchObject([0, { name: "acme", mesh: parties[0]?.mesh, link: LINK }]);
  });
});
