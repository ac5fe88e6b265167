// Which translators carry a partner's clause home: the shortest admitted road, and of equal ones the first by id, so that everyone
// who holds the same pool takes the same one (SPEC §15.3). A road that is revoked, expired or out of scope is none, and is named.
import { isWithin, revocationOf, type Scope, type Translator } from "../mesh/translator.ts";
import type { RefusalCode } from "../refusals.ts";
import type { Pool } from "./pool.ts";

/** When and where a question is asked: an instant of the home's frame, and the operation, null outside of any. */
export type Circumstance = { readonly home: string; readonly at: number; readonly operation: string | null };

export type Standing = { readonly translator: Translator; readonly code: RefusalCode | null };

/** Longest road; more hops lose more than they bring. */
const HOPS_MAX = 4;

/** Every translator that the home admits, with what keeps it from being used, if anything does. */
export function standingOf(pool: Pool, admits: readonly string[], circumstance: Circumstance): readonly Standing[] {
  return pool.translators
    .filter(({ id }) => admits.includes(id))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((translator) => ({ translator, code: objection(pool, translator, circumstance) }));
}

function objection(pool: Pool, translator: Translator, circumstance: Circumstance): RefusalCode | null {
  const known = factsOf(circumstance);
  if (revocationOf(translator, pool.revocations, circumstance.at, known) !== undefined) return "TRANSLATION_REVOKED";
  if (translator.expires !== null && circumstance.at >= translator.expires) return "TRANSLATION_EXPIRED";
  return isWithin(translator.scope, known) ? null : "TRANSLATION_OUT_OF_SCOPE";
}

/** As `isWithin`; outside of any operation whatever names one is still shown. */
export function holdsIn(scope: Scope, circumstance: Circumstance): boolean {
  const known = factsOf(circumstance);
  const asked =
    scope === null ? [] : [...scope].filter(([key]) => key !== "operation" || circumstance.operation !== null);
  return asked.every(([key, value]) => known.get(key) === value);
}

/** What a scope may ask for. */
export function factsOf({ home, operation }: Pick<Circumstance, "home" | "operation">): ReadonlyMap<string, string> {
  return new Map(
    operation === null
      ? [["partner", home]]
      : [
          ["partner", home],
          ["operation", operation],
        ],
  );
}

/** All shortest roads for a clause, first by id first; empty where there is none. */
export function roadsFor(
  translators: readonly Translator[],
  from: string,
  clause: string,
  home: string,
): readonly (readonly Translator[])[] {
  let roads: readonly (readonly Translator[])[] = [[]];
  for (let hop = 0; hop < HOPS_MAX; hop++) {
    roads = roads.flatMap((road) => {
      const place = road.at(-1)?.to ?? from;
      const passed = [from, ...road.map(({ to }) => to)];
      return translators
        .filter((next) => next.from === place && !passed.includes(next.to) && covers(next, clause))
        .map((next) => [...road, next]);
    });
    const arrived = roads.filter((road) => road.at(-1)?.to === home);
    if (arrived.length > 0) return arrived;
  }
  return [];
}

export function covers(translator: Translator, clause: string): boolean {
  return translator.clauses === null || translator.clauses.includes(clause);
}
