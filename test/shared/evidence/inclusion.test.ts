// A bidder who runs no agent learns from a few kilobytes whether its bid counted; and nobody can make it believe so who did not count it.
import { describe, expect, it } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { COUNTED, countedIn } from "../../../shared/ceremony/counted.ts";
import { inclusionPath } from "../../../shared/closing/path.ts";
import { rootOfSet } from "../../../shared/closing/root.ts";
import {
  checkInclusion,
  type InclusionProof,
  proveInclusion,
  readInclusion,
  writeInclusion,
} from "../../../shared/evidence/inclusion.ts";
import { writeTrustStatement } from "../../../shared/evidence/trust-statement.ts";
import { examineBundle } from "../../../shared/evidence/verify.ts";
import { idBytes } from "../../../shared/hash.ts";
import { bidsIn, close, ELECTORS, handIn, openSale } from "../../support/bidders.ts";
import { bundleOf, bytesOf, finishedApproval, trustIn } from "../../support/evidence.ts";
import { MESH, testParties } from "../../support/parties.ts";
import { idOf } from "../../support/statements.ts";

const sale = openSale(7);
const bids = bidsIn(sale, 70);
for (const [index, elector] of ELECTORS.entries()) handIn(sale, elector, bids.slice(index * 25, index * 25 + 25));
close(sale);
const { state } = sale.net.agent("bolt");
const trust = trustIn(sale.parties);
const [bid] = bids as unknown as readonly [{ id: string }];

function proofOf(id: string): InclusionProof {
  const proof = proveInclusion(state, id);
  if (!proof.ok) throw new Error(proof.fault.code);
  return proof.value;
}

/** An outcome statement that names `root` as what counted. */
function saidBy(name: string, seat: number, digest: string, root: string): Uint8Array {
  const { ceremony } = state;
  const derivation = { name: COUNTED, version: 1, params: idBytes(root) };
  return sale.net.agent(name).author({
    ceremony,
    round: 0,
    slot: { seat, attempt: null, item: null },
    at: [sale.net.now, sale.net.now],
    timeToLive: 1_000_000,
    lineage: { sequence: 90, prev: null, parents: [], sources: [], derivation },
    body: { kind: "outcome", digest, status: "decided" },
  }).frame;
}

describe("the proof that a contribution counted", () => {
  it("is small, is signed for by every elector, and can be made of the bundle as well", async () => {
    for (const { id } of bids) expect(await checkInclusion(proofOf(id), trust)).toMatchObject({ verdict: "passed" });
    const proof = proofOf(bid.id);
    expect(proof.path.length).toBeLessThanOrEqual(7);
    expect(JSON.stringify(writeInclusion(proof)).length).toBeLessThan(8_000);
    expect(await checkInclusion(proof, trust)).toEqual({
      verdict: "passed",
      code: null,
      detail: {},
      by: [...ELECTORS],
    });
    const examined = await examineBundle(bytesOf(bundleOf(sale.net.agent("crux"))), { trust });
    const again = examined.state === null ? null : proveInclusion(examined.state, bid.id);
    expect(again).toMatchObject({ ok: true, value: { root: proof.root, path: proof.path } });
    expect(readInclusion(JSON.parse(JSON.stringify(writeInclusion(proof))))).toEqual({ ok: true, value: proof });
  });

  it("fails for another contribution, another way, another root and another outcome", async () => {
    const proof = proofOf(bid.id);
    const ids = [...countedIn(state), idOf("a bid that never came")].sort();
    const index = ids.indexOf(idOf("a bid that never came"));
    const forged = { contribution: ids[index] as string, index, size: ids.length, path: inclusionPath(ids, index) };
    const cases: readonly [Partial<InclusionProof>, string][] = [
      [{ contribution: idOf("a bid that never came") }, "INCLUSION_PATH"],
      [{ index: proof.index === 0 ? 1 : 0 }, "INCLUSION_PATH"],
      [{ path: proof.path.slice(1) }, "INCLUSION_PATH"],
      [{ ...forged, root: rootOfSet(ids) }, "INCLUSION_SAYS"],
      [{ digest: idOf("another outcome") }, "INCLUSION_SAYS"],
      [{ ceremony: idOf("another ceremony") }, "INCLUSION_SAYS"],
      [{ statements: [sale.net.call.frame] }, "INCLUSION_SAYS"],
      [
        { statements: proof.statements.map((frame) => frame.with(-1, (frame.at(-1) as number) ^ 1)) },
        "SIGNATURE_INVALID",
      ],
    ];
    for (const [change, code] of cases)
      expect(await checkInclusion({ ...proof, ...change }, trust), code).toMatchObject({ verdict: "failed", code });
  });

  it.each([
    [100, 7],
    [1_000, 10],
    [10_000, 14],
    [100_000, 17],
  ])("of one of %i contributions takes %i hashes, and a few kilobytes with the statements", async (size, hashes) => {
    const ids = Array.from({ length: size }, (_, index) => idOf(`bid ${index}`)).sort();
    const proof = proofOf(bid.id);
    const root = rootOfSet(ids);
    const statements = ELECTORS.map((name, seat) => saidBy(name, seat, proof.digest, root));
    for (const index of [0, Math.floor(size / 3), size - 1]) {
      const path = inclusionPath(ids, index);
      const shown = { ...proof, contribution: ids[index] as string, root, size, index, path, statements };
      expect(await checkInclusion(shown, trust)).toMatchObject({ verdict: "passed", by: [...ELECTORS] });
      expect(path.length).toBeLessThanOrEqual(hashes);
      expect(JSON.stringify(writeInclusion(shown)).length).toBeLessThan(4_500 + 67 * hashes);
      const stranger = { ...shown, contribution: idOf("a bid that never came") };
      expect(await checkInclusion(stranger, trust)).toMatchObject({ verdict: "failed", code: "INCLUSION_PATH" });
    }
  });

  it("is no proof to whoever does not trust its signers, and none of what did not count", async () => {
    const strangers = writeTrustStatement(MESH, rootsOf(testParties(5).slice(4)));
    expect(await checkInclusion(proofOf(bid.id), strangers)).toMatchObject({ verdict: "indeterminate", by: [] });
    expect(proveInclusion(state, idOf("a bid that never came"))).toMatchObject({ fault: { code: "INCLUSION_ABSENT" } });
    expect(proveInclusion({ ...state, ending: null }, bid.id)).toMatchObject({ fault: { code: "OUTCOME_PENDING" } });
  });

  it("is not made where everyone with a seat holds the evidence", () => {
    const { state: approved } = finishedApproval(3).agent("acme");
    const [first] = countedIn(approved);
    expect(proveInclusion(approved, first as string)).toMatchObject({ fault: { code: "INCLUSION_UNSAID" } });
  });
});
