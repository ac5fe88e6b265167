// Contributions of seats without an agent travel in batches of electors: however they are dealt out and grouped, the outcome is the same, each
// counts once, and nothing that an elector signs makes others count what was not said.
import { describe, expect, it } from "vitest";
import { contributionsOf } from "../../../shared/ceremony/gathered.ts";
import { memoOf, restore } from "../../../shared/ceremony/restore.ts";
import type { CeremonyState } from "../../../shared/ceremony/state.ts";
import { parseBundle } from "../../../shared/evidence/bundle.ts";
import { explainOne } from "../../../shared/evidence/explain.ts";
import { explainBundle } from "../../../shared/evidence/explain-bundle.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { BATCH_MEMBERS_MAX, FRAME_BYTES_MAX } from "../../../shared/limits.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { Random } from "../../simulation/random.ts";
import { batchBy, bidsIn, close, ELECTORS, handIn, openSale, type Sale } from "../../support/bidders.ts";
import { bundleOf, bytesOf, trustIn } from "../../support/evidence.ts";
import { storedBy } from "../../support/network.ts";

const codes = (receipts: readonly { verdict: string; code: string | null }[]) =>
  receipts.map(({ verdict, code }) => code ?? verdict);
const batchesAt = (sale: Sale, name: string) =>
  [...(sale.net.agent(name).state.rounds[0]?.held.values() ?? [])].filter(({ body }) => body.kind === "batch");
const countedAt = ({ rounds }: CeremonyState) => contributionsOf([...(rounds[0]?.held.values() ?? [])]).length;

describe("batches", () => {
  it("bring what one elector took in to all, who count each contribution once and end alike", async () => {
    const sale = openSale(6);
    const bids = bidsIn(sale, 18);
    expect(new Set(codes(handIn(sale, "acme", bids.slice(0, 12))))).toEqual(new Set(["admitted"]));
    // The same bids again, at the same elector and at another one, before and after the first batches have arrived there.
    expect(new Set(codes(handIn(sale, "acme", bids.slice(0, 4))))).toEqual(new Set(["DUPLICATE"]));
    expect(new Set(codes(handIn(sale, "bolt", bids.slice(6))))).toEqual(new Set(["admitted"]));
    sale.net.run(2);
    expect(new Set(codes(handIn(sale, "crux", bids.slice(0, 3))))).toEqual(new Set(["DUPLICATE"]));
    const digests = close(sale);
    expect(new Set(digests).size).toBe(1);
    expect(digests[0]).not.toBeNull();
    for (const name of ELECTORS) expect(countedAt(sale.net.agent(name).state)).toBe(18);
    const verified = await verifyBundle(bytesOf(bundleOf(sale.net.agent("crux"))), { trust: trustIn(sale.parties) });
    expect(verified).toMatchObject({ verdict: "passed", outcome: { digest: digests[0] } });
  });

  it("give the same digest however the contributions are dealt out, ordered, grouped and repeated", () => {
    const outcomes = new Set<string | null>();
    for (let seed = 1; seed <= 12; seed++) {
      const random = new Random(seed, "workload");
      const sale = openSale(5);
      const bids = bidsIn(sale, 20);
      const dealt = [...bids, ...bids.filter(() => random.chance(0.4))]
        .map((bid) => ({ bid, at: random.next(), to: ELECTORS[random.below(3)] as string }))
        .sort((a, b) => a.at - b.at);
      for (const { bid, to } of dealt) {
        handIn(sale, to, [bid]);
        if (random.chance(0.3)) sale.net.run(random.below(4) / 8);
      }
      for (const digest of close(sale)) outcomes.add(digest);
    }
    expect(outcomes.size).toBe(1);
    expect([...outcomes][0]).not.toBeNull();
  });

  it("are signed when they are full, when they are due and before the witness, and fit their frames", () => {
    const sale = openSale(20);
    const bids = bidsIn(sale, BATCH_MEMBERS_MAX + 68);
    handIn(sale, "acme", bids.slice(0, BATCH_MEMBERS_MAX + 8));
    expect(batchesAt(sale, "acme").map(({ body }) => body.kind === "batch" && body.members.length)).toEqual([
      BATCH_MEMBERS_MAX,
    ]);
    sale.net.run(1);
    expect(batchesAt(sale, "acme")).toHaveLength(2);
    sale.net.run(7.99);
    handIn(sale, "acme", bids.slice(BATCH_MEMBERS_MAX + 8));
    close(sale);
    for (const { frame } of batchesAt(sale, "acme")) expect(frame.length).toBeLessThanOrEqual(FRAME_BYTES_MAX);
    expect(batchesAt(sale, "bolt")).toHaveLength(3);
    expect(countedAt(sale.net.agent("bolt").state)).toBe(BATCH_MEMBERS_MAX + 68);
  });

  it("hide nothing: what one holds is explained by its id, before the close, after it, and from the bundle", async () => {
    const sale = openSale(3);
    const bids = bidsIn(sale, 3);
    const [first] = bids as readonly [VerifiedObservation];
    handIn(sale, "acme", bids);
    const told = (name: string) => explainOne(sale.net.agent(name).state, { refused: [], stored: () => [] }, first.id);
    expect(told("acme")).toMatchObject({ ok: true, value: { id: first.id, verdict: "admitted" } });
    close(sale);
    const elsewhere = { same: ["acme", "crux"], different: [], notHeard: [] };
    expect(told("bolt")).toMatchObject({ ok: true, value: { id: first.id, verdict: "admitted", elsewhere: null } });
    const batch = batchesAt(sale, "bolt")[0]?.id as string;
    expect(explainOne(sale.net.agent("bolt").state, { refused: [], stored: () => [] }, batch)).toMatchObject({
      value: { elsewhere },
    });
    const bundle = parseBundle(bytesOf(bundleOf(sale.net.agent("crux"))));
    const explained = bundle.ok ? await explainBundle(bundle.value, trustIn(sale.parties), first.id) : bundle;
    expect(explained).toMatchObject({ ok: true, value: { id: first.id, verdict: "admitted" } });
  });

  it("go to those who run agents, and to nobody else", () => {
    const sale = openSale(4);
    const told = new Set<string>();
    sale.net.delivers = ({ to }) => told.add(to) !== undefined;
    handIn(sale, "acme", bidsIn(sale, 8));
    close(sale);
    expect([...told].sort()).toEqual([...ELECTORS]);
  });

  it("survive the loss of all memory at any point: what was answered for is there again", () => {
    const sale = openSale(4);
    const bids = bidsIn(sale, 9);
    sale.net.restoreAlways = true;
    for (const bid of bids) {
      expect(codes(handIn(sale, "acme", [bid]))).toEqual(["admitted"]);
      expect(codes(handIn(sale, "acme", [bid]))).toEqual(["DUPLICATE"]);
    }
    const agent = sale.net.agent("acme");
    const again = restore(agent.state.ceremony, agent.state.self, storedBy(agent), memoOf(agent.state));
    expect(again.rounds[0]?.intake.waiting.size).toBe(agent.state.rounds[0]?.intake.waiting.size);
    expect(new Set(close(sale)).size).toBe(1);
    expect(countedAt(sale.net.agent("crux").state)).toBe(9);
  });

  it("are taken from electors only, of seats without an agent only, and each member in its own seat", () => {
    const sale = openSale(3);
    const [first, second] = bidsIn(sale, 2) as readonly [VerifiedObservation, VerifiedObservation];
    const misplaced = { ...first, slot: { ...first.slot, seat: 4 } } as VerifiedObservation;
    const taken = [
      batchBy(sale, "bidder-0", [first]),
      batchBy(sale, "acme", [second, misplaced]),
      batchBy(sale, "acme", [first, second]),
    ];
    expect(codes(handIn(sale, "bolt", taken))).toEqual(["NOT_AN_ELECTOR", "BATCH_MEMBER", "admitted"]);
    expect(countedAt(sale.net.agent("bolt").state)).toBe(2);
  });

  it("keep both of two bids for one slot as proof, a third is refused, and neither counts", () => {
    const sale = openSale(3);
    const bids = bidsIn(sale, 3);
    sale.net.now += 1;
    const others = bidsIn(sale, 3);
    sale.net.now += 1;
    const third = bidsIn(sale, 1);
    expect(
      codes(handIn(sale, "acme", [bids[0], bids[1], bids[2], others[0], third[0]] as VerifiedObservation[])),
    ).toEqual(["admitted", "admitted", "admitted", "admitted", "EQUIVOCATION_FLOOD"]);
    expect(new Set(close(sale)).size).toBe(1);
    const { state, effects } = sale.net.agent("bolt");
    const excluded = state.ending?.record.excluded.map(({ id, code }) => [id, code]);
    expect(excluded).toEqual([bids[0]?.id, others[0]?.id].sort().map((id) => [id, "SLOT_VOID"]));
    const events = effects.filter((effect) => effect.do === "record" && effect.entry.kind === "byzantine-event");
    expect(events).toHaveLength(1);
  });

  it("are not asked of parties that close nothing, nor once an elector has signed what it holds", () => {
    const sale = openSale(3);
    const [bid] = bidsIn(sale, 1) as readonly [VerifiedObservation];
    sale.net.turn("bidder-1", { on: "observations", now: sale.net.now, observations: [sale.net.call] });
    expect(codes(handIn(sale, "bidder-1", [bid]))).toEqual(["INTAKE_ELSEWHERE"]);
    sale.net.delivers = () => false;
    sale.net.run(10.5);
    expect(codes(handIn(sale, "acme", [bid]))).toEqual(["INTAKE_CLOSED"]);
    sale.net.delivers = () => true;
    close(sale);
    expect(codes(handIn(sale, "acme", [bid]))).toEqual(["ROUND_CLOSED"]);
  });
});
