// The intake of one ceremony over several objects: however many there are, and whatever becomes of them, the same bids end in the same bytes.
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Exported, readWhole } from "../../durable/evidence-export.ts";
import type { Enlisted, HandedPack } from "../../durable/intake-rpc.ts";
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import { creditOf } from "../../shared/ceremony/handover.ts";
import { boundsOf } from "../../shared/ceremony/intake.ts";
import { shardsFor } from "../../shared/ceremony/spread.ts";
import type { Round } from "../../shared/ceremony/state.ts";
import { verifyBundle } from "../../shared/evidence/verify.ts";
import { BATCHED_ARRIVALS_MANY, BATCHED_ARRIVALS_MOST } from "../../shared/limits.ts";
import { authorFor } from "../../shared/observation/author.ts";
import type { AgentHere } from "../support/agent-here.ts";
import { bidsIn, close, handIn, openSale } from "../support/bidders.ts";
import { trustIn } from "../support/evidence.ts";
import { type SaleHere, saleHere } from "../support/sale-here.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const BIDDERS = 20;
const sale = openSale(BIDDERS);
const bids = bidsIn(sale, 240);
const all = (word: string, count: number) => Array.from({ length: count }, () => word);

/** What the bare fold makes of the same bids, without any object. */
const bare = openSale(BIDDERS);
handIn(bare, "acme", bids.slice(0, 120));
handIn(bare, "bolt", bids.slice(120));
const [digest] = close(bare);

const seller = ({ agents }: SaleHere) => agents[0] as AgentHere;
const shardsShown = async (here: SaleHere) => (await seller(here).ceremony(here.ceremony).view()).shards;
const alertsAt = async (here: SaleHere) =>
  (await seller(here).ceremony(here.ceremony).view()).alerts.map(({ code }) => code);

describe("an intake over several objects", () => {
  it.each([0, 1, 4, 16])("ends with %i shards in what the fold makes of the same bids", async (shards) => {
    const here = await saleHere(sale, [shards, 0, shards]);
    expect(await here.bid(0, bids.slice(0, 200))).toEqual(all("admitted", 200));
    const shown = await shardsShown(here);
    expect(shown.map(({ shard }) => shard)).toEqual(Array.from({ length: shards }, (_, shard) => shard));
    expect((await seller(here).ceremony(here.ceremony).view()).contributions).toBe(200);
    await here.pass(1_100);
    expect((await shardsShown(here)).map(({ waiting }) => waiting)).toEqual(shown.map(() => 0));
    expect(await here.bid(0, bids.slice(0, 10))).toEqual(all("DUPLICATE", 10));
    // Some of these may have come to the second elector in a batch of the first.
    expect((await here.bid(1, bids.slice(190))).slice(10)).toEqual(all("admitted", 40));
    expect(await here.end()).toEqual(all(digest as string, 3));
    expect(await alertsAt(here)).toEqual([]);
    expect(await here.bid(0, bidsIn(sale, 250).slice(240))).toEqual(all("ROUND_CLOSED", 10));
    const exported = await seller(here).ceremony(here.ceremony).evidence();
    const bundle = (await readWhole(exported as Exported)) as Uint8Array;
    expect(await verifyBundle(bundle, { trust: trustIn(sale.parties) })).toMatchObject({ verdict: "passed" });
  });

  it("loses nothing where shards end in the middle, and where what they handed over is not answered", async () => {
    const here = await saleHere(sale, [4, 0, 0]);
    const { evict, ceremony } = seller(here);
    const evictAll = () => [0, 1, 2, 3].map((shard) => evict(`${here.ceremony}/${shard}`));
    await here.bid(0, bids.slice(0, 40));
    evictAll();
    expect(await here.bid(0, bids.slice(0, 40))).toEqual(all("DUPLICATE", 40));
    const own = ceremony(here.ceremony);
    const takeOver = own.handOver.bind(own);
    let calls = 0;
    // The ceremony has what came, but the answer is lost; or nothing arrives at all.
    vi.spyOn(own, "handOver").mockImplementation(async (pack: HandedPack) => {
      calls += 1;
      if (calls % 3 === 1) throw new Error("nothing arrives");
      const credit = await takeOver(pack);
      if (calls % 3 === 2) throw new Error("the answer is lost");
      return credit;
    });
    for (let from = 40; from < 240; from += 50) {
      await here.pass(700);
      expect(await here.bid(0, bids.slice(from, from + 50))).toEqual(all("admitted", 50));
      evictAll();
    }
    expect(await here.end()).toEqual(all(digest as string, 3));
    expect(calls).toBeGreaterThan(12);
    expect(await alertsAt(here)).toEqual([]);
  });

  it("holds up the witness for a bounded time only, and tells by their ids what came too late", async () => {
    const here = await saleHere(sale, [4, 0, 0]);
    await here.bid(0, bids.slice(0, 100));
    await here.pass(1_100);
    expect(await here.bid(0, bids.slice(100, 120))).toEqual(all("admitted", 20));
    const own = seller(here).ceremony(here.ceremony);
    const takeOver = own.handOver.bind(own);
    const silent = vi.spyOn(own, "handOver").mockImplementation(async (pack: HandedPack) => {
      if (pack.shard === 2) throw new Error("nothing arrives");
      return takeOver(pack);
    });
    const digests = await here.end();
    expect(new Set(digests).size).toBe(1);
    expect(digests[0]).not.toBe(digest);
    expect(await alertsAt(here)).toEqual(["SHARD_SILENT"]);
    silent.mockImplementation(takeOver);
    await here.pass(40_000);
    const alerts = (await own.view()).alerts.filter(({ code }) => code === "SHARD_LATE");
    const late = bids.slice(100, 120).filter(({ slot }) => (slot.seat as number) % 4 === 2);
    expect(alerts.flatMap(({ about }) => about).sort()).toEqual(late.map(({ id }) => id).sort());
    for (const { id } of late)
      expect(await own.explain(id)).toMatchObject({ ok: true, value: { refusal: { code: "ROUND_CLOSED" } } });
  });
});

describe("a shard", () => {
  /** Bids of one seat to one lot, each another. */
  const differing = (count: number) =>
    Array.from({ length: count }, () => {
      sale.net.now += 1;
      return bidsIn(sale, 1)[0] as (typeof bids)[number];
    });

  it("meets what contradicts it, whoever is behind, and tells the ceremony of it: a flood costs the flooder alone", async () => {
    const here = await saleHere(sale, [4, 0, 0]);
    const flood = differing(80);
    expect(await here.bid(0, flood)).toEqual(["admitted", "admitted", ...all("EQUIVOCATION_FLOOD", 78)]);
    expect(await here.bid(0, bids.slice(1, 100))).toEqual(all("admitted", 99));
    await here.pass(2_200);
    const ceremony = seller(here).ceremony(here.ceremony);
    const refused = (await ceremony.picture(10)).counts.refused;
    expect(refused).toBe(64);
    const [, second, third] = flood;
    expect(await ceremony.explain(third?.id as string)).toMatchObject({
      value: { verdict: "not admitted", refusal: { code: "EQUIVOCATION_FLOOD" } },
    });
    const proofs = (await ceremony.lineage()).filter(({ kind }) => kind === "byzantine-event");
    expect(proofs.map(({ about }) => about)).toEqual([expect.arrayContaining([second?.id])]);
    expect(await here.end()).toHaveLength(3);
    expect(await alertsAt(here)).toEqual([]);
  });

  it("explains what it holds before the ceremony has it, and leaves to that what is not in order", async () => {
    const here = await saleHere(sale, [4, 0, 0]);
    await here.bid(0, bids.slice(0, 8));
    const ceremony = seller(here).ceremony(here.ceremony);
    expect(await ceremony.explain(bids[5]?.id as string)).toMatchObject({ value: { verdict: "admitted" } });
    const [bid] = bids as readonly [(typeof bids)[number]];
    const misplaced = { ...bid, slot: { ...bid.slot, seat: 5 } };
    const [answer] = await seller(here).intake(`${here.ceremony}/1`).submit([misplaced.frame]);
    expect(answer).toBeNull(); // seat 3 belongs to shard 3
  });

  it("turns away what it cannot hand over soon enough, by 429 and a time to come again, and takes it later", async () => {
    const here = await saleHere(sale, [1, 0, 0]);
    const own = seller(here).ceremony(here.ceremony);
    const takeOver = own.handOver.bind(own);
    const stuck = vi.spyOn(own, "handOver").mockRejectedValue(new Error("nothing arrives"));
    const post = (few: typeof bids) =>
      seller(here).request("/v1/observations:batch", {
        method: "POST",
        headers: { "content-type": "application/cbor" },
        body: encodeCanonical(few.map(({ frame }) => frame)) as Uint8Array<ArrayBuffer>,
      });
    const enlist = own.enlist.bind(own);
    // As if the ceremony had room for some twenty more bids only.
    vi.spyOn(own, "enlist").mockImplementation(async (shard) => {
      const { terms, call } = (await enlist(shard)) as Enlisted;
      return { terms: { ...terms, credit: { ...terms.credit, waiting: 20_000 } }, call };
    });
    expect((await post(bids.slice(0, 10))).status).toBe(200);
    const mixed = await post(bids.slice(10, 40));
    expect([mixed.status, mixed.headers.get("retry-after")]).toEqual([200, "1"]);
    const turned = await post(bids.slice(40, 60));
    expect([
      turned.status,
      turned.headers.get("retry-after"),
      ((await turned.json()) as { code: string }).code,
    ]).toEqual([...[429, "1", "SHARD_BEHIND"]]);
    const watched = async () => (await seller(here).directory.tallies(Date.now())).shards;
    const failingSinceMs = Date.now() + 1_000; // when it first tried
    await here.pass(2_000);
    expect(await watched()).toEqual({ waiting: expect.any(Number), sinceMs: expect.any(Number) });
    const { waiting, sinceMs } = await watched();
    expect([waiting > 10, Math.abs((sinceMs as number) - failingSinceMs) <= 1_000]).toEqual([true, true]);
    stuck.mockImplementation(takeOver);
    await here.pass(2_000);
    expect(await watched()).toEqual({ waiting: 0, sinceMs: null });
    expect(new Set(await here.bid(0, bids))).toEqual(new Set(["DUPLICATE", "admitted"]));
    expect(await here.end()).toEqual(all(digest as string, 3));
  });
});

describe("what a shard sends back", () => {
  it("is taken in by the ceremony, whether the shard has ended already or not", async () => {
    const here = await saleHere(sale, [4, 0, 0]);
    await here.bid(0, bids.slice(0, 60));
    const ofShard = (shard: number) => bids.slice(60).filter(({ slot }) => (slot.seat as number) % 4 === shard);
    const shut = seller(here).intake(`${here.ceremony}/1`);
    vi.spyOn(shut, "submit").mockImplementation(async (frames) => frames.map(() => null));
    expect(await here.bid(0, ofShard(1))).toEqual(all("admitted", ofShard(1).length));
    await seller(here).intake(`${here.ceremony}/2`).seal(0);
    expect(await here.bid(0, ofShard(2))).toEqual(all("admitted", ofShard(2).length));
    expect(await alertsAt(here)).toEqual([]);
  });
});

describe("a statement that is out of place", () => {
  it("sends nobody else back to the ceremony: they still go straight to their shards", async () => {
    const here = await saleHere(sale, [4, 0, 0]);
    await here.bid(0, bids.slice(0, 60));
    const own = vi.spyOn(seller(here).ceremony(here.ceremony), "submit");
    const [bidder] = sale.bidders as readonly [(typeof sale.bidders)[number]];
    const [first] = bids as readonly [(typeof bids)[number]];
    const { slot, body, at, timeToLive, lineage, ceremony, round } = first;
    const draft = { ceremony, round, at, timeToLive, lineage, body, slot: { ...slot, seat: 5 } };
    const misplaced = authorFor(bidder.identity)(draft as never);
    expect(await here.bid(0, [misplaced])).toEqual(["SEAT_MISMATCH"]);
    expect(own).toHaveBeenCalledTimes(1);
    expect(await here.bid(0, bids.slice(60, 100))).toEqual(all("admitted", 40));
    expect(own).toHaveBeenCalledTimes(1);
  });
});

describe("what may wait at a shard", () => {
  it("is nothing once others have brought what may be kept", () => {
    const round = sale.net.agent("acme").state.rounds[0] as Round;
    const { most } = boundsOf(round);
    const creditAt = (kept: number) => creditOf({ ...round, intake: { ...round.intake, kept } });
    const free = creditAt(0).waiting;
    expect(creditAt(most - free).waiting).toBe(free);
    expect([most - 1, most, most + 1].map((kept) => creditAt(kept).waiting)).toEqual([1, 0, 0]);
  });
});

describe("the number of shards", () => {
  it("follows the load by itself: from so many within a second on contributions go to shards, and end as they would have", async () => {
    const here = await saleHere(sale, [null, 0, 0]);
    const own = seller(here).ceremony(here.ceremony);
    const frames = bids.slice(0, 200).map(({ frame }) => frame);
    let arrived = 0;
    for (; arrived + frames.length < BATCHED_ARRIVALS_MANY; arrived += frames.length) await own.submit(frames);
    expect(await shardsShown(here)).toEqual([]);
    const { length: rest } = await own.submit(frames);
    expect(arrived + rest).toBeGreaterThanOrEqual(BATCHED_ARRIVALS_MANY);
    expect((await own.submit(frames)).every((told) => "shards" in told && told.shards === 4)).toBe(true);
    expect(await here.bid(0, bids.slice(200))).toEqual(all("admitted", 40));
    expect(await shardsShown(here)).toHaveLength(4);
    expect(await here.end()).toEqual(all(digest as string, 3));
  });

  it("is what is asked for, and else follows from what came within a second", () => {
    expect([0, 1, 16].map((asked) => shardsFor(asked, 1_000_000))).toEqual([0, 1, 16]);
    const arrivals = [
      0,
      BATCHED_ARRIVALS_MANY - 1,
      BATCHED_ARRIVALS_MANY,
      BATCHED_ARRIVALS_MOST - 1,
      BATCHED_ARRIVALS_MOST,
    ];
    expect(arrivals.map((count) => shardsFor(null, count))).toEqual([0, 0, 4, 4, 16]);
  });
});
