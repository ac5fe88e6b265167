// A verdict on files as they lie there: an evidence bundle, and a trust statement as the JSON document of its file. Whoever is asked by
// a stranger (the SDK, the page, the page in one file) answers through this function, so that all of them say the same.
import { parseHex } from "../bytes.ts";
import { verifyEd25519 } from "../cose/ed25519.ts";
import type { RefusalCode } from "../refusals.ts";
import { type Fault, fault } from "../result.ts";
import { checkInclusion, type InclusionProof, type InclusionVerdict, readInclusion } from "./inclusion.ts";
import { readTrustStatement } from "./trust-statement.ts";
import { type Failing, type Verification, verifyBundle } from "./verify.ts";

export type VerdictOptions = {
  /** The trust statement: which roots are recognised. Identity is never implied, so there is no verdict without one. */
  readonly trust: unknown;
  /** Judge as of this instant, in microseconds since 1970; without it no clock is consulted. */
  readonly now?: number | null;
  /** Revocations known beside the bundle's own, as signed frames. */
  readonly revocations?: readonly Uint8Array[];
};

export type Reason = {
  readonly code: RefusalCode;
  /** The check that stopped, and the entry of the bundle that it stopped at. */
  readonly step: string;
  readonly subject: string;
  readonly detail: Fault["detail"];
};

/** A verification, with its reasons as a list: empty where it passed. */
export type Verdict = Verification & { readonly reasons: readonly Reason[] };

/** Verifies a bundle; a trust statement that cannot be read leaves the question open, and is never taken for a tampered bundle. */
export async function verdictOn(bytes: Uint8Array, options: VerdictOptions): Promise<Verdict> {
  if (!(await verifiesEd25519())) return undecided({ step: "signatures", entry: "platform", ...UNSUPPORTED });
  const trust = readTrustStatement(options.trust);
  if (!trust.ok) return undecided({ step: "trust", entry: "trust statement", ...trust.fault });
  const { now = null, revocations = [] } = options;
  const verification = await verifyBundle(bytes, { trust: trust.value, revocations, at: now });
  return { ...verification, reasons: reasonsOf(verification.firstFailing) };
}

export type Inclusion = {
  readonly verdict: InclusionVerdict["verdict"];
  /** What stopped the check; empty where it passed. */
  readonly reasons: readonly Reason[];
  /** What the proof is about: its ids, and how many contributions counted; null where the document is no proof. */
  readonly proof: Pick<InclusionProof, "ceremony" | "contribution" | "digest" | "size"> | null;
  /** Organisations that signed for it, by the trust given. */
  readonly by: readonly string[];
};

/** Whether the JSON document of an inclusion proof shows that its contribution counted (SPEC §12.7). */
export async function inclusionVerdictOn(
  document: unknown,
  options: Pick<VerdictOptions, "trust">,
): Promise<Inclusion> {
  const stopped = (step: string, subject: string, { code, detail }: Fault): Inclusion => ({
    verdict: "indeterminate",
    reasons: [{ code, step, subject, detail }],
    proof: null,
    by: [],
  });
  if (!(await verifiesEd25519())) return stopped("signatures", "platform", UNSUPPORTED);
  const trust = readTrustStatement(options.trust);
  if (!trust.ok) return stopped("trust", "trust statement", trust.fault);
  const read = readInclusion(document);
  if (!read.ok) return { ...stopped("format", "inclusion proof", read.fault), verdict: "failed" };
  const { verdict, code, detail, by } = await checkInclusion(read.value, trust.value);
  const { ceremony, contribution, digest, size } = read.value;
  const reasons = code === null ? [] : [{ code, step: "inclusion", subject: contribution, detail }];
  return { verdict, reasons, proof: { ceremony, contribution, digest, size }, by };
}

const UNSUPPORTED = fault("SIGNATURE_UNSUPPORTED").fault;
/** RFC 8032 §7.1, test 1: a key and its signature over nothing. */
const KNOWN_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const KNOWN_SIGNATURE =
  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";

/** A browser without Ed25519 refuses every signature: that must not be told as forged evidence. */
async function verifiesEd25519(): Promise<boolean> {
  const known = [KNOWN_KEY, KNOWN_SIGNATURE].map(parseHex) as [Uint8Array, Uint8Array];
  return (await verifyEd25519(known[0], new Uint8Array(), known[1])).ok;
}

function reasonsOf(failing: Failing | undefined): readonly Reason[] {
  if (failing === undefined) return [];
  const { code, step, entry, detail } = failing;
  return [{ code, step, subject: entry, detail }];
}

/** The answer where nothing could be judged at all. */
export function undecided(failing: Failing): Verdict {
  return {
    verdict: "indeterminate",
    firstFailing: failing,
    reasons: reasonsOf(failing),
    checks: [{ name: failing.step, result: "indeterminate" }],
    outcome: null,
    ceremony: null,
    faults: [],
    disputes: [],
    setAside: [],
    revocations: { known: 0, age: null, states: [] },
    network: 0,
  };
}

/** The answer of a verifier that was built without what a policy's conditions are evaluated with, and cannot load it. */
export function evaluatorMissing(): Verdict {
  return undecided({ step: "call", entry: "policy", ...fault("EVALUATOR_MISSING").fault });
}
