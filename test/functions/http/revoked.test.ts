// A stolen key's revocation at one agent: what waits in the queue meanwhile is judged under it, and every partner is listed with what is known of it,
// also one that says nothing.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { consumeObservations } from "../../../functions/queue/consumer.ts";
import { toBase64 } from "../../../shared/bytes.ts";
import { composeCall } from "../../../shared/ceremony/compose-call.ts";
import { SEEN_TYPE, seenContent } from "../../../shared/coalition/seen.ts";
import type { Explanation } from "../../../shared/evidence/explain.ts";
import { declarationDraft } from "../../../shared/mesh/signed/draft.ts";
import { writeFramesFile } from "../../../shared/mesh/signed/frames-file.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { APPROVAL } from "../../../shared/policy/patterns/approval.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { run } from "../../support/command.ts";
import { contributionFrame } from "../../support/frames.ts";
import { MESH, seatsFor, testParties } from "../../support/parties.ts";
import { revocationOf } from "../../support/recipes.ts";

type Party = ReturnType<typeof testParties>[number];
const parties = testParties(4);
const [acme, bolt, crux, dune] = parties as readonly [Party, Party, Party, Party];
const asked = ["--url", "http://agent", "--key", "a key for the tests"];
let agent: AgentHere;

async function ask<T>(path: string, body?: object): Promise<T> {
  const headers = { ...KEYED, "content-type": "application/json" };
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  return (await (await agent.request(path, init)).json()) as T;
}

/** A call that whoever holds a party's key makes outside its agent. */
function callOf(party: Party): Uint8Array {
  const policy = pinPolicy(APPROVAL);
  if (!policy.ok) throw new Error(policy.fault.code);
  const call = composeCall(
    {
      title: "By whoever holds the key",
      policy: policy.value,
      subject: null,
      seats: seatsFor(parties, "approver"),
      opensAt: Date.now() * 1_000,
      closesAt: null,
      expiresAt: null,
      nonce: new Uint8Array(16),
    },
    authorFor(party.identity),
  );
  if (!call.ok) throw new Error(call.fault.code);
  return call.value.frame;
}

const idOf = (frame: Uint8Array) => {
  const parsed = parseObservation(frame);
  return parsed.ok ? parsed.value.observation.id : "";
};
const explained = (frame: Uint8Array) => ask<Explanation>(`/v1/observations/${idOf(frame)}/explain`);

/** Hands a batch of the queue to the agent's consumer; answers what became of each message. */
async function consume(frames: readonly Uint8Array[]): Promise<readonly string[]> {
  const ends = frames.map(() => "left");
  const messages = frames.map((frame, index) => ({
    id: String(index),
    attempts: 1,
    body: { road: "queue", frame },
    ack: () => ends.splice(index, 1, "done"),
    retry: () => ends.splice(index, 1, "again"),
  }));
  await consumeObservations({ queue: "q", messages } as unknown as MessageBatch<unknown>, agent.env);
  return ends;
}

const revoke = (party: Party) => {
  const anHourAgo = (Date.now() - 3_600_000) * 1_000;
  const frame = revocationOf(party.identity.credentials[0] as Uint8Array, anHourAgo, party.root);
  return ask<{ revocation: string; told: number }>("/v1/revocations", { revocation: toBase64(frame) });
};

beforeEach(() => {
  agent = agentHere(acme, parties);
  vi.stubGlobal("fetch", (url: URL, init?: RequestInit) => agent.request(url.pathname + url.search, init));
});
afterEach(() => vi.unstubAllGlobals());

describe("a revocation", () => {
  it("is planned before: what would fall, what that does to each ceremony, and whom it is told; and nothing is done", async () => {
    const seats = parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 }));
    const opening = { pattern: "approval", parties: seats, closesIn: 600, expiresIn: 1_200 };
    const { ceremony } = await ask<{ ceremony: string }>("/v1/ceremonies", { ...opening, title: "Release 2.4" });
    await ask("/v1/ceremonies", {
      ...opening,
      title: "Release 2.5",
      parties: seats.filter(({ authority }) => authority !== "crux"),
    });
    const said = contributionFrame(crux, ceremony, 2);
    await consume([said, contributionFrame(bolt, ceremony, 1), contributionFrame(dune, ceremony, 3)]);
    const anHourAgo = (Date.now() - 3_600_000) * 1_000;
    const signed = (party: Party, by = party) =>
      toBase64(revocationOf(party.identity.credentials[0] as Uint8Array, anHourAgo, by.root));
    const planned = await run("revocation", "announce", { revocation: signed(crux) }, "--plan", ...asked);
    expect(planned).toMatchObject({
      exit: 2,
      data: {
        by: "crux",
        tells: ["bolt", "crux", "dune"],
        ceremonies: [{ ceremony, title: "Release 2.4", seats: [{ authority: "crux" }], contributions: [idOf(said)] }],
      },
    });
    const [preview] = (planned.data as { ceremonies: { now: object; then: object; effect: string }[] }).ceremonies;
    expect(preview).toMatchObject({ now: { value: { choice: "approve" } }, effect: "stalls" });
    expect((await explained(said)).verdict).toBe("admitted");
    expect((await run("revocation", "status", ...asked)).data).toEqual({ revocations: [] });
    // Another organisation's root takes nothing of it.
    const foreign = await run("revocation", "announce", { revocation: signed(crux, bolt) }, "--plan", ...asked);
    const lists = (foreign.data as { ceremonies: { contributions: unknown[] }[] }).ceremonies;
    expect([foreign.exit, lists.flatMap(({ contributions }) => contributions)]).toEqual([0, []]);
  });

  it("is what everything is judged by that waits in the queue as it comes, whatever was sent before", async () => {
    const seats = parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 }));
    const opened = { pattern: "approval", title: "Release 2.4", parties: seats, closesIn: 600, expiresIn: 1_200 };
    const { ceremony } = await ask<{ ceremony: string }>("/v1/ceremonies", opened);
    const seatOf = (party: Party) => parties.indexOf(party);
    const frames = [
      contributionFrame(crux, ceremony, seatOf(crux)),
      callOf(crux),
      contributionFrame(bolt, ceremony, seatOf(bolt)),
    ];
    const [voice, call, sound] = frames as [Uint8Array, Uint8Array, Uint8Array];
    // Taken in before anybody knew: the ceremony is told at once.
    const early = contributionFrame(dune, ceremony, seatOf(dune));
    expect([await consume([early]), (await explained(early)).verdict]).toEqual([["done"], "admitted"]);
    await revoke(dune);
    expect(await explained(early)).toMatchObject({ verdict: "not admitted", refusal: { code: "CREDENTIAL_REVOKED" } });
    await revoke(crux);
    expect(await consume(frames)).toEqual(["done", "done", "done"]);
    for (const frame of [voice, call])
      expect(await explained(frame)).toMatchObject({
        verdict: "not admitted",
        refusal: { code: "CREDENTIAL_REVOKED" },
      });
    expect(await explained(sound)).toMatchObject({ verdict: "admitted", refusal: null });
    const { refusals } = await ask<{ refusals: readonly { code: string }[] }>("/v1/refusals");
    expect(refusals.map(({ code }) => code)).toContain("CREDENTIAL_REVOKED");
    // Delivered once more, as a queue may: nothing of it is taken in this time either.
    await consume(frames);
    expect(await explained(voice)).toMatchObject({ verdict: "not admitted" });
    expect((await explained(voice)).factors.filter(({ verdict }) => verdict === "not met")).toMatchObject([
      { name: "revocation" },
    ]);
  });

  it("is listed with each partner as it stands: one goes by it, one has seen it, and one says nothing", async () => {
    const { revocation, told } = await revoke(dune);
    expect(told).toBe(3);
    const says = (party: Party, enforcing: number | null) => {
      const now = Date.now() * 1_000;
      const content = seenContent({ revocation, seen: now, enforcing });
      return authorFor(party.identity)(
        declarationDraft(SEEN_TYPE, content, { at: [now, now], head: { sequence: 90, prev: null } }),
      ).frame;
    };
    const heard = writeFramesFile({ frames: [says(bolt, 1)], statements: [], mesh: MESH });
    await ask(`/v1/meshes/${MESH}/statements`, heard);
    const { exit, data, text } = await run("revocation", "status", revocation, ...asked);
    const [shown] = (data as { revocations: { partners: { partner: string; state: string; told: number | null }[] }[] })
      .revocations;
    expect(shown?.partners.map(({ partner, state }) => [partner, state])).toEqual([
      ["bolt", "enforcing"],
      ["crux", "told"],
      ["dune", "told"],
    ]);
    expect(shown?.partners.every((partner) => partner.told !== null)).toBe(true);
    expect([exit, text.includes("crux")]).toEqual([8, true]);
  });
});
