// `explain --url`: an observation is found in whichever ceremony of the agent it stands, and an agent's refusal keeps its own words.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { agentHere, KEYED } from "../support/agent-here.ts";
import { run } from "../support/command.ts";
import { testParties } from "../support/parties.ts";

const parties = testParties(3);
const agent = agentHere(parties[0] as (typeof parties)[number], parties);
const URL_ = ["--url", "http://agent", "--key", "a key for the tests"];
const ids: string[] = [];

async function post(path: string, body: object): Promise<Record<string, string>> {
  const headers = { ...KEYED, "content-type": "application/json" };
  const response = await agent.request(path, { method: "POST", headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, string>;
}

beforeEach(async () => {
  vi.stubGlobal("fetch", (url: URL, init?: RequestInit) => agent.request(url.pathname, init));
  if (ids.length > 0) return;
  const seats = parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 }));
  for (const title of ["Release 2.4", "Release 2.5"]) {
    const { ceremony = "" } = await post("/v1/ceremonies", { pattern: "approval", title, parties: seats });
    ids.push((await post(`/v1/ceremonies/${ceremony}/attestations`, { choice: "approve" })).observation as string);
  }
});
afterEach(() => vi.unstubAllGlobals());

describe("explain --url URL ID", () => {
  it("finds it in the one of all ceremonies that holds it, by its id or the beginning of it", async () => {
    for (const id of ids)
      for (const given of [id, id.slice(0, 8), `obs_${id.slice(0, 12).toUpperCase()}`]) {
        const { exit, data } = await run("explain", ...URL_, given);
        expect([exit, data]).toMatchObject([0, { id, verdict: "admitted", authority: "acme", provisional: true }]);
      }
  });

  it("says that it never arrived, that the key is wrong, or that the ceremony is unknown", async () => {
    const never = await run("explain", ...URL_, "abcdefabcdef");
    expect([never.exit, never.refusal?.code]).toEqual([7, "NEVER_ARRIVED"]);
    const stranger = await run("explain", "--url", "http://agent", "--key", "another", ids[0] as string);
    expect([stranger.exit, stranger.refusal?.code]).toEqual([4, "UNAUTHORISED"]);
    const nowhere = await run("explain", ...URL_, "--ceremony", "0".repeat(64), ids[0] as string);
    expect([nowhere.exit, nowhere.refusal]).toMatchObject([
      7,
      { code: "NOT_FOUND", what: "there is no such ceremony" },
    ]);
  });
});
