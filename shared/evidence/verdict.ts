// A verdict on files as they lie there: an evidence bundle, and a trust statement as the JSON document of its file. Whoever is asked by
// a stranger (the SDK, the page, the page in one file) answers through this function, so that all of them say the same.
import type { RefusalCode } from "../refusals.ts";
import { type Fault, fault } from "../result.ts";
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
  const trust = readTrustStatement(options.trust);
  if (!trust.ok) return undecided({ step: "trust", entry: "trust statement", ...trust.fault });
  const { now = null, revocations = [] } = options;
  const verification = await verifyBundle(bytes, { trust: trust.value, revocations, at: now });
  return { ...verification, reasons: reasonsOf(verification.firstFailing) };
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
