// Which translators carry a partner's clause home: the shortest admitted road, and of equal ones the first by id, so that everyone
// who holds the same pool takes the same one (SPEC §15.3). A road that is revoked, expired or out of scope is none, and is named.
import type { RefusalCode } from "../refusals.ts";
import type { PolicyTranslator, Pool, TranslatorRevocation } from "./pool.ts";

/** When and where a question is asked: an instant of the home's frame, and the operation, null outside of any. */
export type Circumstance = { readonly home: string; readonly at: number; readonly operation: string | null };

export type Standing = { readonly translator: PolicyTranslator; readonly code: RefusalCode | null };

/** Longest road; more hops lose more than they bring. */
const HOPS_MAX = 4;

/** Every translator that the home admits, with what keeps it from being used, if anything does. */
export function standingOf(pool: Pool, admits: readonly string[], circumstance: Circumstance): readonly Standing[] {
  return pool.translators
    .filter(({ id }) => admits.includes(id))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((translator) => ({ translator, code: objection(pool, translator, circumstance) }));
}

function objection(pool: Pool, translator: PolicyTranslator, circumstance: Circumstance): RefusalCode | null {
  if (pool.revocations.some((one) => hasStanding(one, translator) && holds(one, translator, circumstance)))
    return "TRANSLATION_REVOKED";
  if (translator.expires !== null && circumstance.at >= translator.expires) return "TRANSLATION_EXPIRED";
  return isWithin(translator.scope, facts(circumstance)) ? null : "TRANSLATION_OUT_OF_SCOPE";
}

/** Who signed a translator may revoke it, and so may either side: leaving needs nobody's leave. */
export function hasStanding(revocation: TranslatorRevocation, translator: PolicyTranslator): boolean {
  return [translator.signer, translator.from, translator.to].includes(revocation.by);
}

/** A wildcard names every translator of its signer. It only ever adds: what is revoked by name stays so. */
function holds(revocation: TranslatorRevocation, translator: PolicyTranslator, circumstance: Circumstance): boolean {
  const named = revocation.revokes === translator.id || revocation.revokes === "*";
  return named && circumstance.at >= revocation.after && isWithin(revocation.scope, facts(circumstance));
}

/** As `isWithin`; outside of any operation whatever names one is still shown. */
export function holdsIn(scope: ReadonlyMap<string, string> | null, circumstance: Circumstance): boolean {
  const known = facts(circumstance);
  const asked =
    scope === null ? [] : [...scope].filter(([key]) => key !== "operation" || circumstance.operation !== null);
  return asked.every(([key, value]) => known.get(key) === value);
}

function facts({ home, operation }: Circumstance): ReadonlyMap<string, string> {
  return new Map(
    operation === null
      ? [["partner", home]]
      : [
          ["partner", home],
          ["operation", operation],
        ],
  );
}

/** Whether each thing that a scope names is so; a scope that asks for what is not known does not hold. */
export function isWithin(scope: ReadonlyMap<string, string> | null, known: ReadonlyMap<string, string>): boolean {
  return scope === null || [...scope].every(([key, value]) => known.get(key) === value);
}

/** All shortest roads for a clause, first by id first; empty where there is none. */
export function roadsFor(
  translators: readonly PolicyTranslator[],
  from: string,
  clause: string,
  home: string,
): readonly (readonly PolicyTranslator[])[] {
  let roads: readonly (readonly PolicyTranslator[])[] = [[]];
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

function covers(translator: PolicyTranslator, clause: string): boolean {
  return translator.clauses === null || translator.clauses.includes(clause);
}
