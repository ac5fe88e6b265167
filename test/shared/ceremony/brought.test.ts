// Of what is kept for all, a liar among the electors takes no more than an honest one would: not with one bidder of its own, and not with what others
// said, brought again and again. Nobody honest is ever turned away for it, however bids are dealt out.
import { describe, expect, it } from "vitest";
import { keptPerElector, keptRoom } from "../../../shared/ceremony/batch.ts";
import { countOf } from "../../../shared/ceremony/seat-counts.ts";
import type { Round } from "../../../shared/ceremony/state.ts";
import { KEPT_BYTES_MAX } from "../../../shared/limits.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { Random } from "../../simulation/random.ts";
import { batchBy, bidsIn, close, ELECTORS, handIn, openSale, type Sale } from "../../support/bidders.ts";
import { SECOND } from "../../support/network.ts";

const MIB = 1_048_576;
const roundAt = (sale: Sale, name: string) => sale.net.agent(name).state.rounds[0] as Round;
const batchesAt = (sale: Sale, name: string) =>
  [...roundAt(sale, name).held.values()].filter(({ body }) => body.kind === "batch").length;

/** Statements of the first bidder, each as long as may be. */
function longBids({ net, bidders: [bidder] }: Sale, count: number): readonly VerifiedObservation[] {
  const author = authorFor((bidder as Sale["bidders"][number]).identity);
  return Array.from({ length: count }, (_, at) =>
    author({
      ceremony: net.call.id,
      round: 0,
      slot: { seat: ELECTORS.length, attempt: null, item: `lot ${at}` },
      at: [net.now, net.now],
      timeToLive: 86_400 * SECOND,
      lineage: { sequence: at, prev: null, parents: [net.call.id], sources: [], derivation: null },
      body: { kind: "contribution", role: "bidder", content: new Map([["bid", "b".repeat(15_900)]]) },
    }),
  );
}

describe("a liar among electors", () => {
  it("fills no more with one bidder of its own than that bidder's share", () => {
    const sale = openSale(40);
    const share = Math.floor(KEPT_BYTES_MAX / 40);
    const bids = longBids(sale, 180);
    const answers = Array.from({ length: 10 }, (_, at) => bids.slice(18 * at, 18 * at + 18)).map(
      (some) => handIn(sale, "acme", [batchBy(sale, "crux", some)])[0]?.code ?? null,
    );
    // The one that passes the share is taken in yet, and none after it: 108 of 180.
    expect(answers).toEqual([...Array(6).fill(null), ...Array(4).fill("EQUIVOCATION_FLOOD")]);
    const lost = keptPerElector(roundAt(sale, "acme")) - keptRoom(roundAt(sale, "acme"), 0, true);
    expect(lost).toBeLessThan(share + 18 * 16_384);
    const others = batchBy(sale, "bolt", bidsIn(sale, 40).slice(1));
    expect(handIn(sale, "acme", [others])).toMatchObject([{ verdict: "admitted" }]);
    expect(new Set(close(sale)).size).toBe(1);
  });

  it("fills nothing with what others said, brought again and again", () => {
    const sale = openSale(4);
    const bids = bidsIn(sale, 8);
    handIn(sale, "bolt", bids);
    sale.net.run(2);
    const codes = Array.from({ length: 8 }, (_, at) => [bids[at], bids[(at + 1) % 8]] as VerifiedObservation[]).map(
      (pair) => handIn(sale, "acme", [batchBy(sale, "crux", pair)])[0]?.code ?? null,
    );
    expect(codes.filter((code) => code === null).length).toBeLessThanOrEqual(5);
    expect(codes.at(-1)).toBe("EQUIVOCATION_FLOOD");
    expect(new Set(close(sale)).size).toBe(1);
  });

  it("is heard all the same where others list what it brought", () => {
    const sale = openSale(40);
    const bids = longBids(sale, 162);
    const batches = Array.from({ length: 9 }, (_, at) => batchBy(sale, "crux", bids.slice(18 * at, 18 * at + 18)));
    // To each elector in another order, so that each has refused others of them.
    handIn(sale, "acme", batches);
    handIn(sale, "bolt", [...batches].reverse());
    expect([batchesAt(sale, "acme"), batchesAt(sale, "bolt")]).toEqual([6, 6]);
    const digests = close(sale);
    expect([new Set(digests).size, digests[0]]).toEqual([1, expect.any(String)]);
  });
});

describe("an honest elector", () => {
  it("never brings more than that, however bids are dealt out, repeated and late", () => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = new Random(seed, "workload");
      const sale = openSale(3);
      const bids = bidsIn(sale, 60);
      const dealt = [...bids, ...bids.filter(() => random.chance(0.6))]
        .map((bid) => ({ bid, at: random.next(), to: ELECTORS[random.below(3)] as string }))
        .sort((a, b) => a.at - b.at);
      for (const { bid, to } of dealt) {
        handIn(sale, to, [bid]);
        if (random.chance(0.2)) sale.net.run(random.below(6) / 8);
      }
      close(sale);
      for (const name of ELECTORS)
        for (const [elector, { beyond }] of roundAt(sale, name).brought)
          expect([seed, name, elector, beyond]).toEqual([seed, name, elector, false]);
    }
  });

  it("brings all of a seat's share, and is taken in by the others", () => {
    const sale = openSale(40);
    const codes = handIn(sale, "acme", longBids(sale, 100)).map(({ code }) => code);
    expect(codes.at(-1)).toBe("SEAT_FULL");
    sale.net.run(2);
    for (const name of ["bolt", "crux"]) {
      const { beyond, kept } = roundAt(sale, name).brought.get(0) as NonNullable<ReturnType<Round["brought"]["get"]>>;
      expect([beyond, countOf(kept, ELECTORS.length) > MIB]).toEqual([false, true]);
    }
  });
});
