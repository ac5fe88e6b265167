// What a round may hold follows from what its witnesses can list and from memory: never less than one frame lists, and never more than the pages do.
import { describe, expect, it } from "vitest";
import type { CborValue } from "../../../shared/cbor/value.ts";
import { keptRoom } from "../../../shared/ceremony/batch.ts";
import type { Gathered } from "../../../shared/ceremony/gathered.ts";
import {
  batchesPaced,
  batchesPerElector,
  bytesPerSeat,
  hasRoomFor,
  idsPerWitness,
  itemsOfAnySize,
  itemsPerSeat,
} from "../../../shared/ceremony/listing.ts";
import type { Round } from "../../../shared/ceremony/state.ts";
import { KEPT_BATCH_BYTES, LISTED_IDS_MAX, UNBATCHED_IDS, WITNESS_IDS_MAX } from "../../../shared/limits.ts";
import { keptBytesOf } from "../../../shared/observation/kept.ts";
import { makeBidders } from "../../bench/bids.ts";
import { auctionWith, batchBy, bidsIn, openSale } from "../../support/bidders.ts";
import { Network, SECOND, START } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";

const sized = (electors: number, seats: number, batched = 0) =>
  ({
    seats: Array(seats).fill({}),
    stage: { is: "contribute" },
    batched: new Map(Array.from({ length: batched }, (_, index) => [index, {}])),
    closing: { electorate: { seats: Array(electors).fill(0) } },
  }) as unknown as Round;
const frame = (bytes: number) => ({ frame: new Uint8Array(bytes) }) as Gathered;

describe("what a round may hold", () => {
  it("is listed by its witnesses, whoever closes it and however many take part", () => {
    for (let electors = 1; electors <= 31; electors++)
      for (const seats of [electors, 37, 38, 100, 512]) {
        const round = sized(electors, Math.max(seats, electors));
        const most = idsPerWitness(round);
        expect(most * electors).toBeLessThanOrEqual(Math.max(LISTED_IDS_MAX, electors * WITNESS_IDS_MAX));
        expect(itemsPerSeat(round) * round.seats.length).toBeLessThanOrEqual(most);
        expect(itemsOfAnySize(round) * round.seats.length).toBeLessThanOrEqual(WITNESS_IDS_MAX);
        const open = sized(electors, electors + 200, 200);
        const batches = batchesPerElector(open) * electors;
        expect(batches + itemsPerSeat(open) * electors).toBeLessThanOrEqual(idsPerWitness(open));
        expect(batches).toBeGreaterThanOrEqual(batchesPaced(open) * electors);
      }
  });

  it("is 8,192 contributions, and of ten electors as many batches of each as hold 100,000 bids", () => {
    expect([3, 10, 11, 31].map((electors) => idsPerWitness(sized(electors, 40)))).toEqual([8_192, 8_192, 7_447, 2_642]);
    expect([3, 10, 31].map((electors) => batchesPerElector(sized(electors, 40, 5)))).toEqual([1_333, 400, 75]);
    expect([10, 128, 512].map((seats) => itemsPerSeat(sized(4, seats)))).toEqual([64, 64, 16]);
    expect(itemsPerSeat(sized(3, 103, 100))).toBe(Math.min(64, UNBATCHED_IDS / 3));
  });

  it("is bounded by its bytes beyond what one frame lists", () => {
    const round = sized(4, 128);
    const [sure, bytes] = [itemsOfAnySize(round), bytesPerSeat(round)];
    const large = Array.from({ length: sure }, () => frame(bytes));
    expect(hasRoomFor(round, large.slice(1), frame(bytes))).toBe(true);
    expect(hasRoomFor(round, large, frame(1))).toBe(false);
    const small = Array.from({ length: sure }, () => frame(Math.floor(bytes / (sure + 1))));
    expect(hasRoomFor(round, small, frame(Math.floor(bytes / (sure + 1))))).toBe(true);
    expect(hasRoomFor(round, small, frame(Math.ceil(bytes / (sure + 1)) + sure))).toBe(false);
    expect(hasRoomFor(round, Array(itemsPerSeat(round)).fill(frame(0)), frame(0))).toBe(false);
  });

  it("is what an agent signs for its own party, and nothing beyond", () => {
    const parties = [...testParties(4), ...makeBidders(128, MESH)];
    const role = ["seller", "buyer", "regulator", "regulator", ...Array(128).fill("bidder")];
    const policy = auctionWith({ "roles.bidder.agent": true });
    const net = new Network(parties, policy, { role, closesAt: START + 10 * SECOND, expiresAt: START + 60 * SECOND });
    for (const { name } of parties) if (name !== "bidder-0") net.down.add(name);
    net.open();
    net.turn("bidder-0", { on: "observations", now: net.now, observations: [net.call] });
    const bid = (lot: number, reason: string) => {
      const content = new Map<string, number | string>([
        ["amount", 5],
        ["item", `lot-${lot}`],
        ["quantity", 1],
      ]);
      return net.say(
        "bidder-0",
        new Map<string, CborValue>([
          ["bid", content],
          ["reason", reason],
        ]),
        `lot-${lot}`,
      )[0];
    };
    const { state } = net.agent("bidder-0");
    const sure = itemsOfAnySize(state.rounds[0] as Round);
    for (let lot = 0; lot < sure; lot++) expect(bid(lot, "x".repeat(15_000))?.code).toBeNull();
    const before = net.agent("bidder-0").state.head;
    expect(bid(sure, "x")).toMatchObject({ verdict: "refused", code: "SEAT_FULL" });
    expect(net.agent("bidder-0").state.head).toEqual(before);
  });

  it("counts what small batches take up themselves, beyond those that are aimed at", () => {
    const sale = openSale(1);
    const [round] = sale.net.agent("bolt").state.rounds as unknown as readonly [Round];
    const batch = batchBy(sale, "acme", bidsIn(sale, 1));
    const roomBeside = (count: number) => {
      const held = new Map(Array.from({ length: count }, (_, index) => [`${index}`, batch])) as never;
      return keptRoom({ ...round, held }, null, false);
    };
    const paced = batchesPaced(round);
    const own = 10_000_000;
    expect(own).toBeLessThan(roomBeside(0));
    const kept = keptBytesOf(batch.body as never);
    const [full, more, most] = [0, 1_200, 1_300].map((beyond) => roomBeside(paced + beyond)) as [
      number,
      number,
      number,
    ];
    expect(full).toBeGreaterThan(more);
    expect(more - most).toBe(100 * (kept + KEPT_BATCH_BYTES));
  });
});
