// A burst on real agents: bids of parties that run none, taken in by three electors, one of which is killed in the middle and comes back.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { rootsOf } from "../../cli/stack/party.ts";
import { checkInclusion, readInclusion } from "../../shared/evidence/inclusion.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { examineBundle } from "../../shared/evidence/verify.ts";
import { ended, type LiveStack, liveStack, MESH, openAuction, show, submit } from "../bench/auction.ts";
import { AUCTION_SETTINGS, ELECTOR_ROLES, makeBidders, signBids } from "../bench/bids.ts";
import { APART, measureHundred } from "../bench/hundred.ts";

const BIDDERS = 20;
/** Of a queue of the platform. */
const MESSAGE_BYTES_MAX = 128_000;
let live: LiveStack;
const guests = makeBidders(BIDDERS, MESH);

beforeAll(async () => {
  // The first and the third, which is killed, take in what comes by shards; the second does so by itself.
  const documents = { acme: { shards: 16 }, bolt: { shards: 0 }, crux: { shards: 4 } };
  live = await liveStack(ELECTOR_ROLES.length, guests, { inspected: true, apart: APART, documents });
}, 60_000);
afterAll(() => live.stop());

describe("a burst of bids", () => {
  it("loses nothing when an agent is killed in it, and all three end alike", async () => {
    const told = await measureHundred(live, 300, BIDDERS, 12);
    expect(told).toMatchObject({ lost: 0, agreement: { same: 3, of: 3 } });
    expect(told.held).toBeGreaterThan(0);
    expect(told.verdicts.admitted).toBeGreaterThanOrEqual(300);
    expect((told.verdicts.admitted ?? 0) + (told.verdicts.ignored ?? 0)).toBe(150 + 225);
    expect(told.wire.largestBytes).toBeLessThanOrEqual(MESSAGE_BYTES_MAX);
    expect(told.evidence.verdict).toBe("passed");
    for (const { path, status, bytes } of told.looks)
      expect({ path, status, full: bytes > 0 }).toEqual({ path, status: 200, full: true });
    const isolates = ["acme", "bolt", "crux"].flatMap((name) => [name, ...APART.map((each) => `${name}.${each}`)]);
    expect(Object.keys(told.heaps).sort()).toEqual(isolates.sort());
    for (const { peak, samples } of Object.values(told.heaps)) expect(peak * samples).toBeGreaterThan(0);
  }, 90_000);

  it("answers a late bid with its code, and a bidder without a key with the proof that its bid counted", async () => {
    const { stack } = live;
    const ceremony = await openAuction(stack, guests, 3);
    const signed = signBids(guests, 40, ceremony, ELECTOR_ROLES.length, Date.now() * 1_000);
    await submit(
      stack.agents,
      signed.slice(0, 30).map(({ frame }) => frame),
    );
    await ended(stack, ceremony, 60, 50);
    expect(
      await submit(
        stack.agents,
        signed.slice(30).map(({ frame }) => frame),
      ),
    ).toEqual({ ROUND_CLOSED: 10 });
    const [agent] = stack.agents as readonly [LocalAgent];
    const { shards } = await show(agent, ceremony);
    expect(shards.length).toBeGreaterThan(4);
    expect(shards.filter(({ sealed, waiting }) => !sealed || waiting !== 0)).toEqual([]);
    const path = (id: string) => `/v1/ceremonies/${ceremony}/observations/${id}/inclusion`;
    const answer = await fetch(new URL(path(signed[0]?.id as string), agent.url));
    const proof = readInclusion(await answer.json());
    const trust = writeTrustStatement(MESH, rootsOf([...stack.parties, ...guests]));
    expect(proof.ok && (await checkInclusion(proof.value, trust))).toMatchObject({ verdict: "passed" });
    const absent = await fetch(new URL(path(signed[39]?.id as string), agent.url));
    expect(await absent.json()).toMatchObject({ code: "INCLUSION_ABSENT" });
  }, 90_000);
});

describe("a round of more contributions than one frame lists", () => {
  it("closes by pages that travel as everything does, and its evidence stands", async () => {
    const { stack } = live;
    const [guest] = guests as readonly [(typeof guests)[number]];
    const seats = Array.from({ length: 38 }, () => guest);
    const set = AUCTION_SETTINGS.map((each) => (each.path === "roles.bidder.agent" ? { ...each, value: true } : each));
    const ceremony = await openAuction(stack, seats, 10, set);
    const bids = signBids(seats, 64 * seats.length, ceremony, ELECTOR_ROLES.length, Date.now() * 1_000);
    const frames = bids.map(({ frame }) => frame);
    const counts = await Promise.all(stack.agents.map((agent) => submit([agent], frames)));
    expect(counts).toEqual(stack.agents.map(() => ({ admitted: bids.length })));
    await ended(stack, ceremony, 60, 50);
    const [agent] = stack.agents as readonly [LocalAgent];
    const bundle = new Uint8Array(await (await agent.request(`/v1/ceremonies/${ceremony}/evidence`)).arrayBuffer());
    const trust = writeTrustStatement(MESH, rootsOf([...stack.parties, ...guests]));
    const { verification, state } = await examineBundle(bundle, { trust });
    expect(verification).toMatchObject({ verdict: "passed" });
    const { witnesses, decision } = state?.rounds[0]?.closing ?? {};
    expect([...(witnesses?.values() ?? [])].flat().map(({ body }) => body.pages?.length)).toEqual([2, 2, 2]);
    expect(decision?.set).toHaveLength(bids.length);
  }, 90_000);
});
