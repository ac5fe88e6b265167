// `revocation status` and `coalition status` against an agent whose partners have, and have not, answered.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SEEN_TYPE, seenContent } from "../../shared/coalition/seen.ts";
import { declarationDraft } from "../../shared/mesh/signed/draft.ts";
import { writeFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { authorFor } from "../../shared/observation/author.ts";
import { agentHere, KEYED } from "../support/agent-here.ts";
import { Nation } from "../support/coalition.ts";
import { run } from "../support/command.ts";
import { START } from "../support/network.ts";
import { MESH, testParties } from "../support/parties.ts";

const parties = testParties(3);
const [acme, bolt, crux] = parties as [(typeof parties)[0], (typeof parties)[0], (typeof parties)[0]];
const agent = agentHere(acme, parties);
const asked = ["--url", "http://agent", "--key", "a key for the tests"];
const nation = new Nation(bolt);
const said = [nation.policy([], []), nation.translator("ba", "bolt", "acme"), nation.revoke("bolt/ba", 1)] as const;
const [, , revocation] = said;

async function carry(...frames: readonly Uint8Array[]): Promise<void> {
  const body = JSON.stringify(writeFramesFile({ frames, statements: [], mesh: MESH }));
  const headers = { ...KEYED, "content-type": "application/json" };
  await agent.request(`/v1/meshes/${MESH}/statements`, { method: "POST", headers, body });
}

const saysSeen = (party: (typeof parties)[number], enforcing: number | null) => {
  const content = seenContent({ revocation: revocation.id, seen: START, enforcing });
  const saying = { at: [START, START] as const, head: { sequence: 90, prev: null } };
  return authorFor(party.identity)(declarationDraft(SEEN_TYPE, content, saying)).frame;
};

beforeAll(async () => {
  vi.stubGlobal("fetch", (url: URL, init?: RequestInit) => agent.request(url.pathname, init));
  await carry(...said.map(({ frame }) => frame));
});
afterAll(() => vi.unstubAllGlobals());

const statesIn = (data: unknown) =>
  (data as { revocations: { partners: { partner: string; state: string }[] }[] }).revocations[0]?.partners.map(
    ({ partner, state }) => `${partner} ${state}`,
  );

describe("revocation status", () => {
  it("waits for partners until each goes by it by its own word", async () => {
    const first = await run("revocation", "status", ...asked);
    expect([first.exit, statesIn(first.data)]).toEqual([8, ["bolt not-heard", "crux not-heard"]]);
    await carry(saysSeen(bolt, 1), saysSeen(crux, null));
    const then = await run("revocation", "status", revocation.id.slice(0, 8), ...asked, "--mesh", MESH);
    expect([then.exit, statesIn(then.data)]).toEqual([8, ["bolt enforcing", "crux seen"]]);
    expect(then.text).toContain("bolt revokes bolt/ba");
  });

  it("knows no revocation that the agent does not hold", async () => {
    const answer = await run("revocation", "status", "ffff", ...asked);
    expect([answer.exit, answer.refusal?.code]).toEqual([7, "NOT_FOUND"]);
  });
});

describe("coalition status", () => {
  it("tells how the party stands to each thing", async () => {
    const { exit, data, text } = await run("coalition", "status", ...asked);
    expect(exit).toBe(0);
    const [mesh] = (data as { meshes: { items: { item: string; status: string }[] }[] }).meshes;
    expect(mesh?.items.map(({ item, status }) => `${item} ${status}`)).toEqual([
      "bolt/ba offered",
      "bolt:bolt/ba:1 active",
      "bolt@1 active",
    ]);
    expect(text).toContain("1 revocations that some partner does not go by yet");
  });
});
