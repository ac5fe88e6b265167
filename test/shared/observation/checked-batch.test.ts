// Whoever was away is brought the same batch by all who hold it: what a door has checked of it, it does not check again, and nothing else changes.
import { afterEach, describe, expect, it, vi } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { assembleTrust } from "../../../shared/authority/trust.ts";
import { BATCHES_REMEMBERED_MAX } from "../../../shared/limits.ts";
import { admit, admitEach } from "../../../shared/observation/admit.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { batchBy, bidsIn, openSale } from "../../support/bidders.ts";

const BIDS = 6;
const sale = openSale(3);
const bids = bidsIn(sale, BIDS);
const { id, frame } = batchBy(sale, "acme", bids);
const trustAnew = () => assembleTrust({ mesh: null, pins: rootsOf(sale.parties) });

/** The signature stands last; both of its halves count. */
const forged = (bytes: Uint8Array, at = -1) => bytes.with(at, (bytes.at(at) as number) ^ 1);
const FORGERIES = [forged(frame), forged(frame, -64)];

afterEach(() => void vi.restoreAllMocks());

describe("a batch that comes again", () => {
  it("is admitted as it was, without a signature being checked", async () => {
    const trust = trustAnew();
    const first = await admit(frame, trust);
    const checks = vi.spyOn(crypto.subtle, "verify");
    expect(await admit(frame, trust)).toEqual(first);
    expect(first.ok).toBe(true);
    expect(checks).not.toHaveBeenCalled();
    expect((await admit(frame, trustAnew())).ok).toBe(true);
    expect(checks.mock.calls.length).toBeGreaterThan(BIDS);
  });

  it("is refused under another signature, whichever came first, or comes beside it", async () => {
    const trust = trustAnew();
    for (const _ of ["before the true one", "behind it"]) {
      for (const other of FORGERIES)
        expect(await admit(other, trust)).toMatchObject({ ok: false, fault: { code: "SIGNATURE_INVALID" } });
      expect((await admit(frame, trust)).ok).toBe(true);
    }
    const beside = await admitEach([FORGERIES[0] as Uint8Array, frame, FORGERIES[1] as Uint8Array], trustAnew());
    expect(beside.map(({ ok }) => ok)).toEqual([false, true, false]);
  });

  it("is judged by what the door goes by now, as one that never came", async () => {
    const warm = trustAnew();
    await admit(frame, warm);
    const changes = [{ roots: new Map() }, { mesh: "elsewhere" }, { consents: ["none"] }];
    for (const change of changes) {
      const refused = await admit(frame, { ...warm, ...change });
      expect(refused.ok).toBe(false);
      expect(refused).toEqual(await admit(frame, { ...trustAnew(), ...change }));
    }
  });

  it("is refused each time where a member's signature is not good", async () => {
    const [bid, ...others] = bids as [VerifiedObservation, ...VerifiedObservation[]];
    const bad = batchBy(sale, "acme", [...others, { ...bid, frame: forged(bid.frame) }]);
    const trust = trustAnew();
    await admit(frame, trust);
    for (const _ of ["once", "again"])
      expect(await admit(bad.frame, trust)).toMatchObject({
        ok: false,
        fault: { code: "BATCH_MEMBER", detail: { code: "SIGNATURE_INVALID" } },
      });
    expect([...trust.memory.batches.keys()]).toEqual([id]);
  });

  it("is not remembered where it is refused: a stranger makes no door forget", async () => {
    const strange = { ...trustAnew(), roots: new Map() };
    expect(await admit(frame, strange)).toMatchObject({ ok: false, fault: { code: "ROOT_UNKNOWN" } });
    expect(strange.memory.batches.size).toBe(0);
  });

  it("is one of so many that a door remembers, each by its signature alone", async () => {
    const trust = trustAnew();
    for (let at = 1; at < BATCHES_REMEMBERED_MAX; at++) trust.memory.batches.set(`batch ${at}`, new Uint8Array(64));
    for (const _ of ["taken in", "met again"]) {
      expect((await admit(frame, trust)).ok).toBe(true);
      expect(trust.memory.batches.size).toBe(BATCHES_REMEMBERED_MAX);
    }
    expect(trust.memory.batches.get(id)?.buffer.byteLength).toBe(64);
    trust.memory.batches.delete(id);
    trust.memory.batches.set("batch 0", new Uint8Array(64));
    await admit(frame, trust);
    expect([...trust.memory.batches.keys()]).toEqual([id]);
  });
});
