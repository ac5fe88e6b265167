// quorate/verify: an evidence bundle judged offline, in Workers, Node, Deno, Bun and browsers. No request is made to anyone; a policy
// with conditions loads `verify-full.js` from beside this file, because what evaluates them is larger than everything else together.
import {
  evaluatorMissing,
  type Inclusion,
  inclusionVerdictOn,
  type Reason,
  type Verdict,
  type VerdictOptions,
  verdictOn,
} from "../../shared/evidence/verdict.ts";
import type { Refusal } from "../../shared/refusals.ts";
import { EvaluatorMissing } from "./without-evaluators.ts";

export type { Check } from "../../shared/evidence/verify.ts";
export type { Inclusion, Reason, Refusal, Verdict, VerdictOptions };

/**
 * Verifies the bytes of an evidence bundle. `passed` and `failed` are definite; `indeterminate` says that something is missing, such as
 * a root, a fresh list of revocations, or (EVALUATOR_MISSING) the second file of this module. Never throws for what the bundle holds.
 */
export async function verifyBundle(bytes: Uint8Array, options: VerdictOptions): Promise<Verdict> {
  try {
    return await verdictOn(bytes, options);
  } catch (error) {
    if (!(error instanceof EvaluatorMissing)) throw error;
  }
  const full = await whole();
  return full === null ? evaluatorMissing() : full.verdictOn(bytes, options);
}

/**
 * Verifies the JSON document of an inclusion proof: that one contribution counted, for whoever holds no bundle. `by` names the organisations
 * that signed for it; how many suffice is for the caller to say. Never throws for what the document holds.
 */
export function verifyInclusion(document: unknown, options: Pick<VerdictOptions, "trust">): Promise<Inclusion> {
  return inclusionVerdictOn(document, options);
}

/** A reason in words: what happened, why, and what to do. */
export async function describeReason(reason: Reason): Promise<Refusal | null> {
  return (await whole())?.describeRefusal(reason) ?? null;
}

function whole(): Promise<typeof import("./verify-full.ts") | null> {
  return import("./verify-full.ts").catch(() => null);
}
