// Preflight (SPEC §6.9): whether the policies of several parties, taken together, leave any outcome within reach of the parties named, and
// if not, the fewest clauses in the way, with whose signature would clear each.
import type { Seat } from "../outcome/contribution.ts";
import { describeRefusal } from "../refusals.ts";
import type { Fault } from "../result.ts";
import { lintPolicy } from "./lint.ts";
import type { Policy } from "./policy.ts";

export type Signed = { readonly party: string; readonly policy: Policy };
export type Blocking = { readonly party: string; readonly clause: string; readonly unlock: string };
export type Preflight = { readonly feasible: boolean; readonly blocking: readonly Blocking[] };

/** Clauses on which one ceremony can have one value only. */
const SHARED: Readonly<Record<string, (policy: Policy) => unknown>> = {
  "outcome.function": ({ outcome }) => outcome.function,
  equivocation: ({ equivocation }) => equivocation,
  sealed: ({ sealed }) => sealed,
  "rounds.until": ({ rounds }) => rounds.until,
};

export function preflight(policies: readonly Signed[], seats: readonly Seat[]): Preflight {
  const own = policies.flatMap(({ party, policy }) =>
    lintPolicy(policy, seats).map((fault) => blockedBy(party, fault)),
  );
  const apart = Object.entries(SHARED).flatMap(([clause, read]) => disagreement(policies, clause, read));
  const blocking = [...own, ...apart, ...noCommonChoice(policies)];
  return { feasible: blocking.length === 0, blocking };
}

function blockedBy(party: string, fault: Fault): Blocking {
  const { what, why } = describeRefusal(fault);
  const clause = String(fault.detail.path ?? "");
  return { party, clause, unlock: `${party} signs another ${clause}, or other parties take part: ${what}; ${why}` };
}

/** Where policies differ, the fewest must move: those that are not with the most common value. */
function disagreement(policies: readonly Signed[], clause: string, read: (policy: Policy) => unknown): Blocking[] {
  const groups = [...Map.groupBy(policies, ({ policy }) => String(read(policy)))];
  const [most] = groups.sort(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1));
  if (most === undefined || groups.length === 1) return [];
  const [value] = most;
  return groups
    .slice(1)
    .flatMap(([found, some]) =>
      some.map(({ party }) => ({ party, clause, unlock: `${party} signs ${clause} ${value} in place of ${found}` })),
    )
    .sort((a, b) => (a.party < b.party ? -1 : 1));
}

/** Choices can only carry where every policy lets them: the choice that the most allow is taken, and the others must allow it. */
function noCommonChoice(policies: readonly Signed[]): Blocking[] {
  const rules = policies.flatMap(({ party, policy: { outcome } }) =>
    outcome.function === "threshold" ? [{ party, carries: outcome.carries }] : [],
  );
  const counts = new Map<string, number>();
  for (const { carries } of rules) for (const choice of carries) counts.set(choice, (counts.get(choice) ?? 0) + 1);
  const [best] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (best === undefined || best[1] === rules.length) return [];
  const [choice] = best;
  return rules
    .filter(({ carries }) => !carries.includes(choice))
    .map(({ party }) => ({ party, clause: "outcome.carries", unlock: `${party} signs that ${choice} may carry` }));
}
