// Whoever was away is brought the same batch by all who hold it: what a door has checked of it, it does not check again, and nothing else changes.
import { afterEach, describe, expect, it, vi } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { assembleTrust } from "../../../shared/authority/trust.ts";
import { BATCHES_REMEMBERED_MAX } from "../../../shared/limits.ts";
import { admit } from "../../../shared/observation/admit.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { batchBy, bidsIn, openSale } from "../../support/bidders.ts";

const BIDS = 6;
const sale = openSale(3);
const bids = bidsIn(sale, BIDS);
const { frame } = batchBy(sale, "acme", bids);
const trustAnew = () => assembleTrust({ mesh: null, pins: rootsOf(sale.parties) });

/** The signature stands last. */
const forged = (bytes: Uint8Array) => bytes.with(-1, (bytes.at(-1) as number) ^ 1);

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

  it("is refused under another signature, whichever came first", async () => {
    const trust = trustAnew();
    for (const _ of ["before the true one", "behind it"]) {
      expect(await admit(forged(frame), trust)).toMatchObject({ ok: false, fault: { code: "SIGNATURE_INVALID" } });
      expect((await admit(frame, trust)).ok).toBe(true);
    }
  });

  it("is refused each time where a member's signature is not good", async () => {
    const [bid, ...others] = bids as [VerifiedObservation, ...VerifiedObservation[]];
    const bad = batchBy(sale, "acme", [...others, { ...bid, frame: forged(bid.frame) }]);
    const trust = trustAnew();
    for (const _ of ["once", "again"])
      expect(await admit(bad.frame, trust)).toMatchObject({
        ok: false,
        fault: { code: "BATCH_MEMBER", detail: { code: "SIGNATURE_INVALID" } },
      });
    expect(trust.memory.batches.size).toBe(0);
  });

  it("is one of so many that a door remembers", async () => {
    const trust = trustAnew();
    for (let at = 0; at < BATCHES_REMEMBERED_MAX; at++) trust.memory.batches.set(`batch ${at}`, new Uint8Array(64));
    expect((await admit(frame, trust)).ok).toBe(true);
    expect(trust.memory.batches.size).toBe(1);
  });
});
