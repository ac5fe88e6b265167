// quorate/policy: policies as data, with the evaluator that the agents run: define, lint, decide, simulate. Deterministic, and pure.
import type { Json } from "../../shared/cbor/json.ts";
import { orThrow, QuorateError } from "../../shared/error.ts";
import { type FaultRun, withFaults } from "../../shared/outcome/dry-run.ts";
import { decideRead, type PlainDecision } from "../../shared/outcome/plain.ts";
import { readPlain } from "../../shared/outcome/plain-document.ts";
import { findPattern, PATTERNS } from "../../shared/policy/catalogue.ts";
import { examinePolicy, pinPolicy, policySchema } from "../../shared/policy/decode.ts";
import { setParameters } from "../../shared/policy/parameters.ts";
import type { PinnedPolicy } from "../../shared/policy/policy.ts";
import { describeRefusal } from "../../shared/refusals.ts";

export type { FaultRun, Json, PinnedPolicy, PlainDecision };
export { policySchema, QuorateError };

export type Finding = { readonly code: string; readonly path: string; readonly message: string };

/** Ids and titles of the patterns that ship. */
export const patterns: readonly { readonly id: string; readonly title: string }[] = PATTERNS.map(({ id, title }) => ({
  id,
  title,
}));

/** A pattern's document, with parameters set by path: `pattern("vote", { "outcome.rule": "schulze" })`. */
export function pattern(id: string, set: Readonly<Record<string, Json>> = {}): Json {
  const settings = Object.entries(set).map(([path, value]) => ({ path, value }));
  return orThrow(setParameters(orThrow(findPattern(id)) as unknown as Json, settings));
}

/** Checks a policy document and pins it by its hash; throws what is wrong with it. */
export function definePolicy(document: Json): PinnedPolicy {
  return orThrow(pinPolicy(document));
}

/** All that is wrong with a policy document; empty where nothing is. */
export function lint(document: Json): readonly Finding[] {
  return examinePolicy(document).findings.map((flaw) => {
    const { code, what, why } = describeRefusal(flaw);
    return { code, path: String(flaw.detail.path ?? ""), message: `${what}: ${why}` };
  });
}

/** The outcome of plain contributions, without keys: `{ parties, rounds }` as the command `decide` takes them. */
export function decide(policy: PinnedPolicy, contributions: unknown): PlainDecision {
  return orThrow(decideRead(orThrow(readPlain(policy.policy, contributions))));
}

export type Simulation = PlainDecision & { readonly faults: readonly FaultRun[] };

/** As `decide`, and how the same ceremony would end with every choice of so many parties silent, or saying two things at once. */
export function simulate(
  policy: PinnedPolicy,
  contributions: unknown,
  { silent = 0, equivocating = 0 }: { readonly silent?: number; readonly equivocating?: number } = {},
): Simulation {
  const plain = orThrow(readPlain(policy.policy, contributions));
  const runs = [
    ...(silent > 0 ? orThrow(withFaults(plain, "silent", silent)) : []),
    ...(equivocating > 0 ? orThrow(withFaults(plain, "equivocating", equivocating)) : []),
  ];
  return { ...orThrow(decideRead(plain)), faults: runs };
}
