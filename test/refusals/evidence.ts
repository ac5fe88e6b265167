// Examples of what the verifier finds in bundles that were tampered with, cut short, or asked about under the wrong trust.
import { vi } from "vitest";
import { parseBase64, toBase64 } from "../../shared/bytes.ts";
import { fromJson } from "../../shared/cbor/json.ts";
import type { CborMap } from "../../shared/cbor/value.ts";
import { readTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { evaluatorMissing, verdictOn } from "../../shared/evidence/verdict.ts";
import { type Verification, verifyBundle } from "../../shared/evidence/verify.ts";
import { lineOfCustody } from "../../shared/handoff/custody.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { traceSources } from "../../shared/lineage/sources.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { commitTo } from "../../shared/outcome/sealing.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { AUCTION } from "../../shared/policy/patterns/auction.ts";
import type { EVIDENCE_REFUSALS } from "../../shared/refusals/evidence.ts";
import type { Fault } from "../../shared/result.ts";
import { refusedBy } from "../support/command.ts";
import { type BundleDocument, bundleOf, bytesOf, finishedApproval, trustIn } from "../support/evidence.ts";
import { type Agent, Network, SECOND, START } from "../support/network.ts";
import { testParties } from "../support/parties.ts";
import { idOf } from "../support/statements.ts";
import { CUSTODY_NONE } from "./composition.ts";
import type { Example, Examples } from "./example.ts";

const trust = trustIn(testParties(4));
const contested = once(() => bundleOf(finishedApproval(4, ["dune"]).agents[1] as Agent));

function once(make: () => BundleDocument): () => BundleDocument {
  let made: BundleDocument | undefined;
  return () => {
    made ??= make();
    return structuredClone(made);
  };
}

/** What a frame says, by its place in the bundle. */
function readAt({ frames }: BundleDocument, index: number) {
  const parsed = parseObservation(parseBase64(frames[index]?.frame as string) as Uint8Array);
  if (!parsed.ok) throw new Error(parsed.fault.code);
  return parsed.value.observation;
}
const indexOf = (bundle: BundleDocument, kind: string) =>
  bundle.frames.findIndex((_, index) => readAt(bundle, index).body.kind === kind);
const without = (bundle: BundleDocument, kind: string) =>
  bundle.frames.filter((_, index) => index !== indexOf(bundle, kind));

const faultIn = ({ firstFailing }: Verification): Fault | undefined =>
  firstFailing && { code: firstFailing.code, detail: firstFailing.detail };

type Change = (bundle: BundleDocument) => object;
/** What the verifier stops at in a bundle to which this was done. */
const verified =
  (change: Change, options: object = {}): Example =>
  async () => {
    const bundle = contested();
    return faultIn(await verifyBundle(bytesOf({ ...bundle, ...change(bundle) }), { trust, ...options }));
  };

/** What explaining an observation of such a bundle ends in. */
const explained =
  (change: Change, id: (bundle: BundleDocument) => string): Example =>
  () => {
    const bundle = contested();
    return refusedBy("explain", { ...bundle, ...change(bundle) }, id(bundle), "--trust", trust);
  };
const first = ({ frames }: BundleDocument) => frames[1]?.id as string;
const cutShort: Change = ({ frames }) => ({
  frames: frames.map((each, index) =>
    index === 1 ? { ...each, frame: toBase64((parseBase64(each.frame) as Uint8Array).slice(0, 99)) } : each,
  ),
});

/** An auction of two rounds, of which the evidence shows the first. */
const pending: Example = async () => {
  const policy = pinPolicy(AUCTION);
  if (!policy.ok) return policy;
  const parties = testParties(4);
  const net = new Network(parties, policy.value, {
    role: "bidder",
    closesAt: START + 10 * SECOND,
    expiresAt: START + 600 * SECOND,
  });
  const reveal = contentOf({ bid: { amount: 70 }, nonce: "a4b1" });
  net.open();
  net.deliverAll();
  for (const { party } of net.agents) net.say(party.name, new Map([["commit", commitTo(reveal)]]));
  net.run(60, () => net.agents.every(({ state }) => state.rounds.length > 1));
  for (const { party } of net.agents) net.say(party.name, new Map([["reveal", reveal]]));
  net.run(90, () => net.agents.every(({ state }) => state.ending !== null));
  const bundle = bundleOf(net.agent("acme"));
  const frames = bundle.frames.filter((_, index) => (readAt(bundle, index).round ?? 0) === 0);
  const cut = { ...bundle, frames, rounds: (bundle.rounds as unknown[]).slice(0, 1) };
  return faultIn(await verifyBundle(bytesOf(cut), { trust }));
};

function contentOf(json: Parameters<typeof fromJson>[0]): CborMap {
  const content = fromJson(json);
  if (!content.ok) throw new Error("no content");
  return content.value as CborMap;
}

const claim = (id: string, sources: readonly string[]) => ({ id, body: id, sources, fault: null });

export const EVIDENCE: Examples<typeof EVIDENCE_REFUSALS> = {
  BUNDLE_FORMAT: () => refusedBy("evidence", "show", { hello: "world" }),
  BUNDLE_CALL: verified((bundle) => ({ frames: without(bundle, "call") })),
  BUNDLE_FRAME: explained(cutShort, first),
  BUNDLE_ID: verified((bundle) => ({
    frames: bundle.frames.map((each, index) => (index === 1 ? { ...each, id: idOf("another") } : each)),
  })),
  CERTIFICATE_MISSING: verified((bundle) => ({ frames: without(bundle, "witness") })),
  ROUND_MISMATCH: verified(({ rounds }) => ({ rounds: [...(rounds as unknown[]), ...(rounds as unknown[])] })),
  OUTCOME_MISMATCH: verified(({ outcome }) => ({ outcome: { ...outcome, digest: idOf("another") } })),
  OUTCOME_PENDING: pending,
  REFUSAL_MISMATCH: verified(({ frames }) => {
    const frame = frames[1]?.frame as string;
    const hash = sha256Hex(parseBase64(frame) as Uint8Array);
    return { refused: [{ hash, code: "SEAT_MISMATCH", frame }] };
  }),
  EXPORTER_UNKNOWN: verified(() => ({ exportedBy: "crux" })),
  LINEAGE_ALTERED: verified(({ lineage }) => ({ lineage: [lineage[1], ...lineage.slice(2)] })),
  NEVER_ARRIVED: explained(
    () => ({}),
    () => "abcdef",
  ),
  SOURCE_UNRESOLVED: () => traceSources([claim("mean", ["reading"])])[0]?.fault,
  SOURCE_REFUSED: () => {
    const forged = { ...claim("reading", []), fault: { code: "SIGNATURE_INVALID", detail: {} } } as const;
    return traceSources([claim("mean", ["reading"]), forged]).find(({ id }) => id === "mean")?.fault;
  },
  CUSTODY_NONE,
  CUSTODY_BROKEN: () => {
    const record = (ceremony: string, first: string) => ({ ceremony, first, transfers: [] });
    return lineOfCustody([record(idOf("one"), "acme"), record(idOf("another"), "bolt")], null);
  },
  TRUST_MISSING: verified(() => ({}), { trust: { ...trust, roots: trust.roots.slice(1) } }),
  SIGNATURE_UNSUPPORTED: async () => {
    const importKey = vi.spyOn(crypto.subtle, "importKey").mockRejectedValue(new Error("no such algorithm"));
    const verdict = await verdictOn(bytesOf(contested()), { trust });
    importKey.mockRestore();
    return faultIn(verdict);
  },
  EVALUATOR_MISSING: () => faultIn(evaluatorMissing()),
  TRUST_INVALID: () => readTrustStatement({ ...trust, roots: [{ authority: "acme", key: "ABC" }] }),
  REVOCATION_INVALID: () => refusedBy("verify", contested(), "--trust", trust, "--revocations", { hello: "world" }),
  AFTER_TIME: verified(() => ({}), { at: START - 1 }),
};
