// Which facts of one mesh may enter another, and as what (SPEC §20.3): the classes and directions of the agreement, then a translation
// where one is needed. Denied unless allowed; every denial says why.
import { fault, ok, type Result } from "../result.ts";
import { type Agreement, type ClassTerms, termsOf } from "./agreement.ts";
import type { Fact } from "./fact.ts";
import { type Crossing, ownTier, type Path, readThrough, type Usable } from "./routes.ts";
import { plainReading } from "./translate.ts";

export type Border = {
  readonly agreement: Agreement;
  readonly from: string;
  readonly to: string;
  /** Chains of translators from the origin of a fact to the receiving mesh. */
  readonly paths: (origin: string) => readonly Path[];
  readonly translators: Usable;
};

/** What the agreement says of a fact, before any translation. */
export function mayCross(fact: Fact, agreement: Agreement, from: string): Result<ClassTerms> {
  const terms = termsOf(agreement, fact.class);
  if (terms.disposition === "excluded")
    return fault("CLASS_EXCLUDED", { fact: fact.id, class: fact.class ?? "unnamed", agreement: agreement.id });
  if (terms.from !== null && !terms.from.includes(from))
    return fault("DIRECTION_DENIED", { fact: fact.id, class: fact.class ?? "unnamed", from });
  if (fact.origin !== from && !terms.onward)
    return fault("ONWARD_DENIED", { fact: fact.id, class: fact.class ?? "unnamed", origin: fact.origin, from });
  return ok(terms);
}

/** Takes a fact across the border, or refuses it. */
export function crossFact(fact: Fact, border: Border): Result<Crossing> {
  const { agreement, from, to } = border;
  const terms = mayCross(fact, agreement, from);
  if (!terms.ok) return terms;
  const sharable = terms.value.disposition === "sharable";
  const read = readThrough(fact, border.paths(fact.origin), agreement, sharable);
  const crossing = read ?? untranslated(fact, border, sharable);
  if (!crossing.ok) return crossing;
  const allowed = terms.value.losses;
  const refused = crossing.value.reading.losses.find(({ loss }) => allowed !== null && !allowed.includes(loss));
  return refused === undefined
    ? crossing
    : fault("TRANSLATION_LOSS_REFUSED", { fact: fact.id, element: refused.element, loss: refused.loss, to });
}

/**
 * A sharable fact needs no translator. Yet where one was offered that covers its authority and may not be used, the fact waits for
 * another: what it says might be in terms or units that read alike and mean something else.
 */
function untranslated(fact: Fact, { agreement, to, translators }: Border, sharable: boolean): Result<Crossing> {
  const lost = translators.refused.find(
    ({ translator }) => translator.from === fact.origin && translator.authorities.has(fact.authority),
  );
  if (lost !== undefined) return { ok: false, fault: lost.fault };
  if (!sharable) return fault("TRANSLATION_MISSING", { item: `${fact.origin}/${fact.authority}`, mesh: to });
  return ok({ reading: plainReading(fact), tier: ownTier(fact, agreement) });
}
