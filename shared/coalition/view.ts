// What an authority sees: its effective policy, what contradicted it, and what was not taken.
import type { Loss } from "../mesh/translator.ts";
import type { RefusalCode } from "../refusals.ts";
import type { Fault } from "../result.ts";
import type { Clause } from "./pool.ts";

type Named = { readonly id: string; readonly from: string };

/** `winners` hold, `losers` do not; `rule` says why. */
export type Conflict = {
  readonly winners: readonly Named[];
  readonly losers: readonly Named[];
  readonly rule: "home" | "prohibition" | "permission";
};

/** A clause as it holds at home: `id` and `from` are its origin's, `via` the translators in their order. */
export type EffectiveClause = Clause & {
  readonly matter: string;
  readonly from: string;
  readonly via: readonly string[];
  readonly losses: readonly Loss[];
};

/** What was not taken: a clause, a policy, a translator or a revocation, and why. */
export type RefusedPart = {
  readonly id: string;
  readonly code: RefusalCode;
  readonly from: string | null;
  readonly via: readonly string[];
};

/** As a refusal is told to people: what was not taken, whose it is, and the translators in question. */
export function faultOfPart({ id, code, from, via }: RefusedPart): Fault {
  const translator = via.length === 0 ? id : via.join(" and ");
  return { code, detail: { item: id, from, translator } };
}

export type EffectivePolicy = {
  readonly home: string;
  readonly clauses: readonly EffectiveClause[];
  readonly conflicts: readonly Conflict[];
  readonly refused: readonly RefusedPart[];
  /** What holds all the same, and why one should look at it. */
  readonly flagged: readonly RefusedPart[];
};
