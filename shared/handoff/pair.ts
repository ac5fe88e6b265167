// The matched pair (SPEC §6.4.8): whether one acceptance takes over what one release gives up. A release has no effect until the
// receiver that it names accepts it. Where the halves are in different words a translation stands between them; where they say different
// things of the object, that is written down as a discrepancy, and custody stays.
import type { CborValue } from "../cbor/value.ts";
import { type LossNote, translateEntry } from "../mesh/translate.ts";
import { sameValue } from "../mesh/values.ts";
import { nameOf } from "../outcome/contribution.ts";
import type { Acceptance, Handovers, Release, Translation } from "../outcome/handovers.ts";
import type { ChainOutcome } from "../policy/policy.ts";
import { orderOf } from "../reference/interval.ts";

/** One field on which the halves differ: as it was released, how that reads in the receiver's words, and as it was accepted. */
export type Discrepancy = {
  readonly field: string;
  readonly released: CborValue;
  readonly read: CborValue;
  readonly accepted: CborValue;
};

export type Pair = {
  readonly release: Release;
  readonly acceptance: Acceptance;
  readonly translation: Translation | null;
  readonly losses: readonly LossNote[];
};

/** Why a release and an acceptance that cites it are no pair. */
export type Miss = { readonly code: MissCode; readonly why: string; readonly discrepancies: readonly Discrepancy[] };
export type MissCode =
  | "DISCREPANT"
  | "RELEASE_WITHDRAWN"
  | "RELEASE_EXPIRED"
  | "TRANSLATION_MISSING"
  | "ACCEPTANCE_MISSING";

export type Judged = { readonly pair: Pair } | { readonly miss: Miss };

type Rule = Pick<ChainOutcome, "within" | "translator" | "exceptions">;

const missed = (code: MissCode, why: string, discrepancies: readonly Discrepancy[] = []): Judged => ({
  miss: { code, why, discrepancies },
});

/** Judges an acceptance that cites the release; `object` is what the chain has carried so far, null where it names nothing. */
export function judgePair(
  rule: Rule,
  statements: Handovers,
  object: string | null,
  release: Release,
  acceptance: Acceptance,
): Judged {
  const [giver, taker] = [nameOf(release.from), nameOf(acceptance.by)];
  if (!isReceiver(release, acceptance)) return missed("ACCEPTANCE_MISSING", `${taker} accepted what is not for it`);
  if (!isSameObject(object, release, acceptance))
    return missed("ACCEPTANCE_MISSING", `${taker} accepted another object than the one released`);
  if (orderOf(acceptance.at, release.at) === "before")
    return missed("ACCEPTANCE_MISSING", `${taker} accepted before the release`);
  if (rule.within !== null && acceptance.at[0] - release.at[1] > rule.within)
    return missed("RELEASE_EXPIRED", `${taker} accepted after the release had expired`);
  const withdrawn = withdrawalOf(statements, release, acceptance);
  if (withdrawn === "before")
    return missed("RELEASE_WITHDRAWN", `${giver} withdrew the release before ${taker} accepted`);
  if (withdrawn === "concurrent")
    return missed("DISCREPANT", `nothing says whether ${giver} withdrew or ${taker} accepted first`);
  return compare(rule, statements, release, acceptance);
}

function isReceiver({ from, to }: Release, { by }: Acceptance): boolean {
  return by !== from && (to === null || to === nameOf(by) || to === by.authority);
}

function isSameObject(carried: string | null, release: Release, acceptance: Acceptance): boolean {
  const named = [carried, release.object, acceptance.object].filter((object) => object !== null);
  return new Set(named).size <= 1;
}

/** When the release was taken back: surely before the acceptance, in its time so that nobody can tell, or not (in time). */
function withdrawalOf(
  { withdrawals }: Handovers,
  release: Release,
  acceptance: Acceptance,
): "before" | "concurrent" | null {
  const own = withdrawals.filter(({ by, names }) => by === release.from && release.names.includes(names));
  const orders = own.map(({ at }) => orderOf(at, acceptance.at));
  return orders.includes("before") ? "before" : orders.includes("concurrent") ? "concurrent" : null;
}

/** Reads the released state in the receiver's words, and holds it against what was accepted. */
function compare(rule: Rule, statements: Handovers, release: Release, acceptance: Acceptance): Judged {
  const barred = acceptance.exceptions.find((exception) => rule.exceptions?.includes(fieldOf(exception)) === false);
  if (barred !== undefined)
    return missed("DISCREPANT", `${nameOf(acceptance.by)} accepted with an exception that is not allowed: ${barred}`);
  if (inOneVocabulary(release, acceptance)) return judge(release, acceptance, fieldsOf(release), null, []);
  const usable = translationsFor(rule, statements, release, acceptance);
  const [first, ...others] = usable.map((translation) => ({ translation, ...read(release, translation) }));
  if (first === undefined)
    return missed("TRANSLATION_MISSING", `nothing leads from ${release.vocabulary} to ${acceptance.vocabulary}`);
  const other = others.find(({ fields }) => !sameValue(asMap(fields), asMap(first.fields), 0));
  if (other !== undefined)
    return missed(
      "DISCREPANT",
      `${nameOf(first.translation.by)} and ${nameOf(other.translation.by)} translate differently`,
    );
  return judge(release, acceptance, first.fields, first.translation, first.losses);
}

function asMap(fields: readonly Field[]): CborValue {
  return new Map(fields.map(({ as, read }) => [as, read]));
}

function inOneVocabulary(release: Release, acceptance: Acceptance): boolean {
  return release.vocabulary === null || acceptance.vocabulary === null || release.vocabulary === acceptance.vocabulary;
}

/** From the one vocabulary to the other, by the role that the policy names, not expired, and not taken back before the acceptance was over. */
function translationsFor(
  { translator }: Rule,
  { translations, withdrawals }: Handovers,
  release: Release,
  acceptance: Acceptance,
): readonly Translation[] {
  const stands = ({ by, names }: Translation) =>
    !withdrawals.some(
      (one) => one.by === by && names.includes(one.names) && orderOf(one.at, acceptance.at) !== "after",
    );
  return translations.filter(
    (one) =>
      one.by.role === translator &&
      one.map.from === release.vocabulary &&
      one.map.to === acceptance.vocabulary &&
      (one.map.expires === null || acceptance.at[1] < one.map.expires) &&
      stands(one),
  );
}

/** One field of the released state, and what it is in the receiver's words; null where they have nothing for it. */
type Field = { readonly field: string; readonly released: CborValue; readonly as: string; readonly read: CborValue };

function fieldsOf({ state }: Release): readonly Field[] {
  return [...state].map(([field, value]) => ({
    field: String(field),
    released: value,
    as: String(field),
    read: value,
  }));
}

function read(
  release: Release,
  { map }: Translation,
): { readonly fields: readonly Field[]; readonly losses: readonly LossNote[] } {
  const read = fieldsOf(release).map(({ field, released }) => ({
    field,
    released,
    ...translateEntry(field, released, map),
  }));
  return {
    fields: read.flatMap(({ losses: _, ...one }) => (one.as === null ? [] : [{ ...one, as: one.as }])),
    losses: read.flatMap(({ losses }) => losses),
  };
}

function judge(
  release: Release,
  acceptance: Acceptance,
  fields: readonly Field[],
  translation: Translation | null,
  losses: readonly LossNote[],
): Judged {
  const excepted = new Set(acceptance.exceptions.map(fieldOf));
  const discrepancies = fields.flatMap(({ field, released, as, read }): Discrepancy[] => {
    const accepted = acceptance.state.get(as);
    if (accepted === undefined || excepted.has(as) || sameValue(read, accepted, 0)) return [];
    return [{ field, released, read, accepted }];
  });
  if (discrepancies.length === 0) return { pair: { release, acceptance, translation, losses } };
  const said = discrepancies.map(({ field }) => field).join(", ");
  const [giver, taker] = [nameOf(release.from), nameOf(acceptance.by)];
  return missed("DISCREPANT", `${giver} and ${taker} say different things of ${said}`, discrepancies);
}

/** `seal: broken` excepts the field `seal`. */
function fieldOf(exception: string): string {
  return (exception.split(":")[0] as string).trim();
}
