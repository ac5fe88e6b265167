// Preflight (SPEC §6.9): whether the policies of several parties, taken together, leave any outcome within reach of the parties named, and
// if not, the fewest clauses in the way, with whose signature would clear each.
//
// A ceremony has one outcome function, one way of counting liars and so on. Each way to settle these is tried; each breaks some clauses of
// some parties. Whatever clauses are given up, some way must break none but them: so the way that breaks the fewest is the answer.
import { compareText, type Seat } from "../outcome/contribution.ts";
import { describeRefusal } from "../refusals.ts";
import type { Fault } from "../result.ts";
import { lintPolicy } from "./lint.ts";
import type { OutcomeRule, Policy } from "./policy.ts";

/** `flaws` are what the linter finds of the policy by itself: with another such clause it could work. */
export type Signed = { readonly party: string; readonly policy: Policy; readonly flaws?: readonly Fault[] };
export type Blocking = { readonly party: string; readonly clause: string; readonly unlock: string };
export type Preflight = { readonly feasible: boolean; readonly blocking: readonly Blocking[] };

/** Clauses on which one ceremony can have one value only. */
const SHARED: Clauses = {
  equivocation: ({ equivocation }) => equivocation,
  sealed: ({ sealed }) => String(sealed),
  "rounds.until": ({ rounds }) => rounds.until,
};

type Clauses = Readonly<Record<string, (policy: Policy) => string | null>>;
type Function = OutcomeRule["function"];

/** The same for ceremonies of one outcome function; null where a policy leaves it open. */
const SHARED_BY: { readonly [F in Function]?: Clauses } = {
  tally: { "outcome.rule": ({ outcome }) => ("rule" in outcome ? outcome.rule : null) },
  award: {
    "outcome.rule": ({ outcome }) => ("rule" in outcome ? outcome.rule : null),
    "outcome.direction": ({ outcome }) => ("direction" in outcome ? outcome.direction : null),
  },
  aggregate: { "outcome.statistic": ({ outcome }) => ("statistic" in outcome ? outcome.statistic : null) },
};

/** Lists of which one member must stand in everyone's; null where a policy leaves it open. */
const COMMON: { readonly [F in Function]?: readonly [string, (policy: Policy) => readonly string[] | null] } = {
  threshold: ["outcome.carries", ({ outcome }) => ("carries" in outcome ? outcome.carries : null)],
  requirements: ["outcome.grants", ({ outcome }) => ("grants" in outcome ? [outcome.grants] : null)],
  precedence: ["outcome.decisive", ({ outcome }) => ("decisive" in outcome ? outcome.decisive : null)],
  tally: [
    "outcome.candidates",
    ({ outcome }) => ("candidates" in outcome && outcome.candidates.length > 0 ? outcome.candidates : null),
  ],
};

export function preflight(policies: readonly Signed[], seats: readonly Seat[]): Preflight {
  const own = policies.flatMap(({ party, policy, flaws = [] }) => {
    const found = [...flaws, ...lintPolicy(policy, seats)].map((fault) => blockedBy(party, fault));
    return found.filter(({ clause }, index) => found.findIndex((other) => other.clause === clause) === index);
  });
  const everywhere = [
    ...own.filter(({ clause }) => !clause.startsWith("outcome.")),
    ...Object.entries(SHARED).flatMap(([clause, read]) => apart(policies, clause, read)),
  ];
  const functions = [...new Set(policies.map(({ policy }) => policy.outcome.function))].sort(compareText);
  const outcomes = functions.map((chosen) => blockedAs(chosen, policies, own));
  const blocking = [...everywhere, ...fewest(outcomes)];
  return { feasible: blocking.length === 0, blocking: blocking.sort(compare) };
}

/** What stands in the way of one outcome function: those who sign another, and what those who sign it cannot have together. */
function blockedAs(chosen: Function, policies: readonly Signed[], own: readonly Blocking[]): readonly Blocking[] {
  const others = policies.filter(({ policy }) => policy.outcome.function !== chosen);
  const signers = policies.filter((signed) => !others.includes(signed));
  const names = new Set(signers.map(({ party }) => party));
  const common = COMMON[chosen];
  return [
    ...others.map(({ party, policy }) => moves(party, "outcome.function", chosen, policy.outcome.function)),
    ...own.filter(({ party, clause }) => names.has(party) && clause.startsWith("outcome.")),
    ...Object.entries(SHARED_BY[chosen] ?? {}).flatMap(([clause, read]) => apart(signers, clause, read)),
    ...(common === undefined ? [] : nothingCommon(signers, common[0], common[1])),
  ];
}

function blockedBy(party: string, fault: Fault): Blocking {
  const { what, why } = describeRefusal(fault);
  const clause = String(fault.detail.path ?? "");
  return { party, clause, unlock: `${party} signs another ${clause}, or other parties take part: ${what}; ${why}` };
}

function moves(party: string, clause: string, value: string, found: string): Blocking {
  return { party, clause, unlock: `${party} signs ${clause} ${value} in place of ${found}` };
}

/** Where policies differ, the fewest must move: those that are not with the most common value. */
function apart(policies: readonly Signed[], clause: string, read: Clauses[string]): readonly Blocking[] {
  const said = policies.flatMap(({ party, policy }) => {
    const value = read(policy);
    return value === null ? [] : [{ party, value }];
  });
  const values = [...new Set(said.map(({ value }) => value))].sort(compareText);
  return fewest(
    values.map((chosen) =>
      said.filter(({ value }) => value !== chosen).map(({ party, value }) => moves(party, clause, chosen, value)),
    ),
  );
}

/** Where nothing stands in everyone's list, those must move that lack what the most have. */
function nothingCommon(
  policies: readonly Signed[],
  clause: string,
  read: (policy: Policy) => readonly string[] | null,
): readonly Blocking[] {
  const lists = policies.flatMap(({ party, policy }) => {
    const list = read(policy);
    return list === null ? [] : [{ party, list }];
  });
  const members = [...new Set(lists.flatMap(({ list }) => list))].sort(compareText);
  return fewest(
    members.map((chosen) =>
      lists
        .filter(({ list }) => !list.includes(chosen))
        .map(({ party, list }) => moves(party, clause, `with ${chosen}`, list.join(", "))),
    ),
  );
}

/** The shortest; of several the first. */
function fewest(ways: readonly (readonly Blocking[])[]): readonly Blocking[] {
  return (
    ways.reduce<readonly Blocking[] | null>(
      (best, way) => (best === null || way.length < best.length ? way : best),
      null,
    ) ?? []
  );
}

function compare(a: Blocking, b: Blocking): number {
  return compareText(a.party, b.party) || compareText(a.clause, b.clause);
}
