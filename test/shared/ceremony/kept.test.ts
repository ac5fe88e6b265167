// A ceremony keeps the members of batches small, and beside their frames what it found them to be: neither changes what any of it says, whatever
// becomes of what is kept.
import { describe, expect, it } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { CeremonyLedger } from "../../../durable/ceremony-ledger.ts";
import { concatBytes } from "../../../shared/bytes.ts";
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { keptPerElector } from "../../../shared/ceremony/batch.ts";
import { contributionsOf } from "../../../shared/ceremony/gathered.ts";
import { readAgain } from "../../../shared/ceremony/restore.ts";
import { countsOf } from "../../../shared/ceremony/seat-counts.ts";
import { type CeremonyState, emptyState, type Round } from "../../../shared/ceremony/state.ts";
import { step } from "../../../shared/ceremony/step.ts";
import { viewOf } from "../../../shared/ceremony/view.ts";
import { sha256 } from "../../../shared/hash.ts";
import { FRAMES_HANDED_BYTES_MAX, KEPT_BYTES_MAX, KEPT_ON_THE_WAY_BYTES } from "../../../shared/limits.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import { batchOf, type Member, packUp } from "../../../shared/observation/batch.ts";
import { grantedUntil, keepSmall, keptBytes, keptBytesOf, letGo, openPack } from "../../../shared/observation/kept.ts";
import type { BatchBody, Observation, VerifiedObservation } from "../../../shared/observation/observation.ts";
import { handOn, reopen } from "../../../shared/observation/reopen.ts";
import { batchBy, bidsIn, close, ELECTORS, handIn, openSale, type Sale } from "../../support/bidders.ts";
import { SECOND } from "../../support/network.ts";
import { sqliteStorage } from "../../support/sqlite-storage.ts";

const FIELDS = [
  ...["id", "frame", "key", "chain", "otherPaths", "version", "mesh", "ceremony", "round", "slot", "deviceHash"],
  ...["deviceLinks", "place", "timeFrame", "at", "timeToLive", "governanceClass", "lineage", "critical"],
] as const;

/** What one party stored of a sale, in a ledger of its own. */
function ledgerOf({ net }: Sale, name: string) {
  const { sql } = sqliteStorage();
  const { state, effects } = net.agent(name);
  new CeremonyLedger(sql).commit({ state, effects, receipts: [] });
  const load = (): CeremonyState => new CeremonyLedger(sql).load(state.ceremony, state.self);
  return { sql, state, load };
}

/** Everything that a state tells of its contributions. */
function toldBy(state: CeremonyState) {
  const held = contributionsOf([...(state.rounds[0]?.held.values() ?? [])]);
  const said = held.map(({ id, slot, body, at }) => ({ id, slot, role: body.role, content: body.content, at }));
  return { view: viewOf(state), head: state.head, ending: state.ending, said, intake: state.rounds[0]?.intake.perSeat };
}

/** A bid for nothing in particular, with much to it. */
function longBid({ net, bidders }: Sale, item: string | null = null, length = 400): VerifiedObservation {
  return authorFor((bidders[0] as Party).identity)({
    ceremony: net.call.id,
    round: 0,
    slot: { seat: ELECTORS.length, attempt: null, item },
    at: [net.now, net.now + 7],
    timeToLive: 60 * SECOND,
    lineage: { sequence: 70, prev: null, parents: [], sources: [], derivation: null },
    body: { kind: "contribution", role: "bidder", content: new Map([["reason", "x".repeat(length)]]) },
  });
}

function openedSale(): Sale {
  const sale = openSale(8);
  const bids = bidsIn(sale, 60);
  handIn(sale, "acme", bids.slice(0, 35));
  sale.net.run(1);
  handIn(sale, "bolt", bids.slice(35));
  sale.net.run(1);
  return sale;
}

describe("a batch that is kept small", () => {
  it("tells of each member what the member's own frame says", () => {
    const sale = openSale(5);
    const bids = bidsIn(sale, 12);
    const long = longBid(sale);
    const batch = reopen(batchBy(sale, "acme", [...bids, long]).frame.slice()) as Observation as Observation<BatchBody>;
    const kept = keepSmall(batch);
    expect(kept.body.members.map(({ id }) => id)).toContain(long.id);
    expect(kept.body.members).toHaveLength(13);
    for (const [index, member] of kept.body.members.entries()) {
      const whole = batch.body.members[index] as Member;
      expect(member).not.toBe(whole);
      for (const field of FIELDS) expect(member[field], field).toEqual(whole[field]);
      expect({ ...whole.body }).toEqual({
        kind: member.body.kind,
        role: member.body.role,
        content: member.body.content,
      });
      expect(grantedUntil(member)).toBe(grantedUntil(whole));
    }
    const idsIn = ({ members }: BatchBody) => members.map(({ id }) => id);
    expect(idsIn(batchOf(kept.body.members))).toEqual(idsIn(batch.body));
    expect(keepSmall(kept)).toBe(kept);
  });

  it("is there again after a restart, from what is kept or from its frame, and ends alike", () => {
    const sale = openedSale();
    const open = ledgerOf(sale, "bolt");
    expect(toldBy(open.load())).toEqual(toldBy(open.state));
    const digests = close(sale);
    const { sql, state, load } = ledgerOf(sale, "bolt");
    const told = toldBy(state);
    expect(told.ending?.digest).toBe(digests[0]);
    expect(toldBy(load())).toEqual(told);
    sql.exec("DELETE FROM kept");
    expect(toldBy(load())).toEqual(told);
    expect(sql.exec("SELECT id FROM kept").toArray().length).toBeGreaterThan(1);
  });

  it("is made anew where what is kept is altered, another batch's, or of another version", () => {
    const sale = openedSale();
    const { sql, state, load } = ledgerOf(sale, "acme");
    const told = toldBy(state);
    const rows = () =>
      sql.exec("SELECT id, kept FROM kept ORDER BY id").toArray() as unknown as { id: string; kept: Uint8Array }[];
    const before = rows();
    const [first, second] = before as [(typeof before)[0], (typeof before)[0]];
    const put = (id: string, kept: Uint8Array) => sql.exec("UPDATE kept SET kept = ? WHERE id = ?", kept, id);
    for (const place of [0, 40, first.kept.length - 1]) {
      const altered = Uint8Array.from(first.kept);
      altered[place] = (altered[place] as number) ^ 1;
      put(first.id, altered);
      expect(toldBy(load())).toEqual(told);
      expect(rows()).toEqual(before);
    }
    put(first.id, second.kept);
    expect(toldBy(load())).toEqual(told);
    expect(rows()).toEqual(before);
    const fields = decodeCanonical(second.kept.subarray(32));
    if (!fields.ok || !(fields.value instanceof Map)) throw new Error("what is kept is a map");
    for (const version of [Number(fields.value.get("version")) - 1, Number(fields.value.get("version")) + 1]) {
      const other = encodeCanonical(new Map(fields.value).set("version", version));
      put(second.id, concatBytes(sha256(other), other));
      expect(toldBy(load())).toEqual(told);
      expect(rows()).toEqual(before);
    }
    put(second.id, second.kept.subarray(0, 31));
    expect(toldBy(load())).toEqual(told);
    expect(rows()).toEqual(before);
  });
});

describe("a batch that a shard has packed", () => {
  it("is, once it is signed, kept like any other: its frame is left to the store", () => {
    const sale = openSale(3);
    const bids = bidsIn(sale, 9) as readonly Observation[] as readonly Member[];
    const body = openPack(structuredClone(packUp(bids)));
    expect(body.members.map(({ id }) => id)).toEqual(batchOf(bids).members.map(({ id }) => id));
    expect(body.members.map(({ frame }) => frame)).toEqual(batchOf(bids).members.map(({ frame }) => frame));
    const { author } = sale.net.agent("acme");
    const signed = batchBy(sale, "acme", bids) as Observation<BatchBody>;
    const packed = author({ ...signed, lineage: signed.lineage, body } as Parameters<typeof author>[0]);
    expect(packed.frame).toEqual(signed.frame);
    const kept = keepSmall(packed as Observation as Observation<BatchBody>);
    let reads = 0;
    letGo(kept, () => {
      reads += 1;
      return signed.frame;
    });
    expect(kept.body.members.map(({ frame }) => frame)).toEqual(batchOf(bids).members.map(({ frame }) => frame));
    expect(reads).toBeGreaterThan(0);
  });
});

describe("a batch that comes before its call", () => {
  it("waits small, and counts once the call has come, unless a member is out of place", () => {
    const sale = openSale(4);
    const bids = bidsIn(sale, 12);
    const [stranger] = bidsIn({ ...sale, bidders: [...sale.bidders].reverse() }, 1) as [VerifiedObservation];
    const { state: opened, author } = sale.net.agent("crux");
    const countedAfter = (batch: VerifiedObservation) => {
      let state = emptyState(opened.ceremony, opened.self);
      for (const observation of [batch, sale.net.call])
        state = step(state, { on: "observations", now: sale.net.now, observations: [observation] }, author).state;
      return viewOf(state).contributions;
    };
    expect(countedAfter(batchBy(sale, "bolt", bids))).toBe(12);
    expect(countedAfter(batchBy(sale, "bolt", [...bids, stranger]))).toBe(0);
  });
});

describe("what a door hands on", () => {
  it("is as much as is read for it: batches are counted with what they hold", () => {
    const sale = openSale(1);
    const bids = Array.from({ length: 16 }, (_, at) => longBid(sale, `lot ${at}`, 15_000));
    const batches = bids.slice(0, 12).map((left) =>
      batchBy(
        sale,
        "bolt",
        bids.filter((bid) => bid !== left),
      ),
    );
    for (const batch of batches) handOn(batch);
    expect(batches.reduce((sum, { frame }) => sum + frame.length, 0)).toBeLessThan(FRAMES_HANDED_BYTES_MAX);
    const same = batches.filter((batch) => reopen(batch.frame) === batch);
    expect(same.length).toBeGreaterThan(0);
    expect(same.length).toBeLessThan(9);
    expect(same).toContain(batches.at(-1));
  });
});

describe("what is kept of a round", () => {
  it("is shared out by seats: one that floods is refused, and the others go on", () => {
    const sale = openSale(60);
    const share = Math.floor(KEPT_BYTES_MAX / 60);
    const flood = Array.from({ length: Math.ceil(share / 15_000) + 1 }, (_, at) => longBid(sale, `lot ${at}`, 15_000));
    const codes = handIn(sale, "acme", flood).map(({ code }) => code);
    expect(codes.slice(0, 50).every((code) => code === null)).toBe(true);
    expect(codes.at(-1)).toBe("SEAT_FULL");
    sale.net.run(1);
    expect(handIn(sale, "bolt", [longBid(sale, "another lot", 15_000)])).toMatchObject([{ code: "SEAT_FULL" }]);
    const others = bidsIn(sale, 60).slice(1);
    for (const { verdict } of handIn(sale, "acme", others)) expect(verdict).toBe("admitted");
    const { state, load } = ledgerOf(sale, "acme");
    expect(load().rounds[0]?.intake.keptOf).toEqual(state.rounds[0]?.intake.keptOf);
    expect(new Set(close(sale)).size).toBe(1);
  });

  it("is shared out by electors: a liar's batches take up what is for all, and leave the others their own", () => {
    const sale = openSale(1);
    const large = batchBy(
      sale,
      "bolt",
      Array.from({ length: 16 }, (_, at) => longBid(sale, `lot ${at}`, 15_000)),
    );
    const agent = sale.net.agent("acme");
    const share = KEPT_BYTES_MAX / 2 / ELECTORS.length + KEPT_BYTES_MAX / 2;
    const count = Math.ceil(share / keptBytesOf((large as Observation<BatchBody>).body));
    // The same again and again: as many different ones would show no more.
    const fill = (batches: number) => {
      const held = new Map(Array.from({ length: batches }, (_, at) => [`${at}`, large])) as unknown as Round["held"];
      agent.state = { ...agent.state, rounds: agent.state.rounds.map((round) => ({ ...round, held })) };
    };
    fill(count - 2);
    expect(handIn(sale, "acme", [large])).toMatchObject([{ verdict: "admitted" }]);
    fill(count);
    expect(handIn(sale, "acme", [large])).toMatchObject([{ code: "EQUIVOCATION_FLOOD" }]);
    const others = batchBy(sale, "crux", [longBid(sale, "another lot", 15_000)]);
    expect(handIn(sale, "acme", [others])).toMatchObject([{ verdict: "admitted" }]);
    fill(count);
    expect(handIn(sale, "acme", [longBid(sale, "one more", 15_000)])).toMatchObject([{ verdict: "admitted" }]);
  });

  it("is never beyond an elector's own share, and what was stored is there again however much it is", () => {
    const sale = openSale(1);
    const bids = Array.from({ length: 16 }, (_, at) => longBid(sale, `lot ${at}`, 15_000));
    const large = batchBy(sale, "acme", bids) as Observation as VerifiedObservation & Observation<BatchBody>;
    const agent = sale.net.agent("acme");
    const share = KEPT_BYTES_MAX / 2 / ELECTORS.length + KEPT_BYTES_MAX / 2 - KEPT_ON_THE_WAY_BYTES;
    const count = Math.floor(share / keptBytesOf(large.body));
    const fill = (batches: number) => {
      const held = new Map(Array.from({ length: batches }, (_, at) => [`${at}`, large])) as unknown as Round["held"];
      return { ...agent.state, rounds: agent.state.rounds.map((round) => ({ ...round, held })) };
    };
    agent.state = fill(count);
    const room = share - count * keptBytesOf(large.body);
    const more = Array.from({ length: Math.ceil(room / 16_000) + 2 }, (_, at) => longBid(sale, `more ${at}`, 15_900));
    const codes = handIn(sale, "acme", more).map(({ code }) => code);
    const taken = more.filter((_, at) => codes[at] === null) as Observation[] as Member[];
    expect(taken.reduce((sum, member) => sum + keptBytes(member), 0)).toBeLessThanOrEqual(room);
    expect(codes.at(-1)).toBe("ROUND_FULL");
    const { state } = readAgain(fill(count + 1), [large]);
    expect(state.rounds[0]?.held.has(large.id)).toBe(true);
  });

  it("counts long names too, read from frames or from what is kept, so that no room is had for nothing", () => {
    const sale = openSale(1);
    const [short, long] = ["lot", "l".repeat(128)].map((item) => longBid(sale, item)) as Observation[] as Member[];
    expect(keptBytes(long as Member) - keptBytes(short as Member)).toBeGreaterThanOrEqual(2 * (128 - 48));
    const batch = batchBy(sale, "acme", [short as Member, long as Member]) as Observation as Observation<BatchBody>;
    const kept = keepSmall(batch).body;
    expect(keptBytesOf(kept)).toBe(keptBytes(short as Member) + keptBytes(long as Member));
    expect(keptBytesOf(kept)).toBe(keptBytesOf(batch.body));
  });

  it("knows a second word on a lot from the first on another, whatever its name", () => {
    const sale = openSale(1);
    const names = ["lot/second", "lot", "/second", null];
    for (const name of names) expect(handIn(sale, "acme", [longBid(sale, name)])).toMatchObject([{ code: null }]);
    const again = handIn(sale, "acme", [longBid(sale, "lot", 500), longBid(sale, "lot", 600)]).map(({ code }) => code);
    expect(again).toEqual([null, "EQUIVOCATION_FLOOD"]);
    const { effects } = sale.net.agent("acme");
    const proven = effects.flatMap((effect) =>
      effect.do === "record" && effect.entry.kind === "byzantine-event" ? [effect] : [],
    );
    expect(proven).toHaveLength(1);
  });

  it("leaves room at every elector for more than one seat, however few there are", () => {
    const sale = openSale(2);
    const agent = sale.net.agent("acme");
    const share = keptPerElector(agent.state.rounds[0] as Round);
    const keptOf = countsOf([[ELECTORS.length, share - share / 4 - 1_000]]);
    const rounds = agent.state.rounds.map((round) => ({ ...round, intake: { ...round.intake, keptOf } }));
    agent.state = { ...agent.state, rounds };
    const [first, second] = [longBid(sale, "one lot"), longBid(sale, "another lot")];
    expect(handIn(sale, "acme", [first, second]).map(({ code }) => code)).toEqual([null, "SEAT_FULL"]);
    expect(handIn(sale, "acme", bidsIn(sale, 2).slice(1))).toMatchObject([{ verdict: "admitted" }]);
  });
});
