// What withdrawals in the closed sets take from an operation (SPEC §15.13): contributions by whom home no longer recognises, since every road
// that the call pins for it is cut. Judged over the sets and the call alone, so that whoever holds them judges alike.
import { grantsRole, rootOf } from "../authority/chain.ts";
import type { Revocation } from "../authority/statement.ts";
import { checkRevocations, revocationsOf } from "../authority/validity.ts";
import { factsOf } from "../coalition/route.ts";
import { POLICY_ROLE } from "../coalition/stated.ts";
import { isWithin, mayRevoke, names, type TranslatorRevocation } from "../mesh/translator.ts";
import { ancestry, type Evidenced, referencesOf } from "../observation/admit-all.ts";
import type { ContributionBody, Id, Observation, Withdrawal } from "../observation/observation.ts";
import type { Under } from "../observation/under.ts";
import { compareText, type Exclusion } from "../outcome/contribution.ts";
import { type Fault, fault } from "../result.ts";
import { contributionsOf, type Gathered, withdrawalsOf } from "./gathered.ts";

type Contributed = Observation<ContributionBody>;

export type Disengaged = {
  /** Why each of these contributions does not stand. */
  readonly faults: ReadonlyMap<Id, Fault>;
  /** Notices that change nothing, since whoever signed the withdrawal may not. */
  readonly ignored: readonly Exclusion[];
};

/** A withdrawal that counts, and the pinned translators that it takes. */
type Cut = { readonly id: Id; readonly revocation: TranslatorRevocation; readonly translators: ReadonlySet<string> };
/** Revocations of credentials that are carried into the same rounds, and the roots that the call names. */
type Credentials = Pick<Evidenced, "revocations" | "roots">;
type NameOf = (contribution: Contributed) => string | undefined;

/** `last` is what the round to be judged holds, `shown` all that it and earlier ones hold; `nameOf` says whose a contribution is. */
export function disengagedIn(
  under: Under,
  last: readonly Gathered[],
  shown: readonly Gathered[],
  nameOf: NameOf,
  credentials: Credentials,
): Disengaged {
  const cuts = cutsIn(under, shown, credentials);
  const vouched = vouch(under, cuts, contributionsOf(shown), nameOf, credentials);
  const faults = new Map<Id, Fault>();
  for (const contribution of contributionsOf(last)) {
    const why = faultOf(under, cuts, vouched, contribution, nameOf(contribution));
    if (why !== null) faults.set(contribution.id, why);
  }
  const ignored = withdrawalsOf(last).flatMap(({ id, body }): Exclusion[] => {
    const objection = objectionTo(under, body.withdrawal, credentials);
    return objection === null ? [] : [{ id, ...objection }];
  });
  return { faults, ignored };
}

function cutsIn(under: Under, shown: readonly Gathered[], credentials: Credentials): readonly Cut[] {
  const carried = new Map(withdrawalsOf(shown).map(({ body }) => [body.withdrawal.id, body.withdrawal]));
  const sorted = [...carried.values()].sort((a, b) => compareText(a.id, b.id));
  return sorted.filter((one) => objectionTo(under, one, credentials) === null).map((one) => cutBy(under, one));
}

/** Authorities all of whose roads are cut by an instant of the ceremony's, each with the notice that shows it: the first by id. */
export function departedIn(
  under: Under,
  shown: readonly Gathered[],
  until: number,
  credentials: Credentials,
): ReadonlyMap<string, Id> {
  const cuts = cutsIn(under, shown, credentials).filter(({ revocation }) => revocation.after <= until + under.shift);
  const notices = [...withdrawalsOf(shown)].sort((a, b) => compareText(a.id, b.id));
  return new Map(
    under.roads.flatMap(({ authority, roads }): (readonly [string, Id])[] => {
      const hits = roads.map((road) => cuts.find(({ translators }) => road.some((one) => translators.has(one))));
      const notice = notices.find(({ body }) => body.withdrawal.id === hits[0]?.id);
      return hits.includes(undefined) || notice === undefined ? [] : [[authority, notice.id]];
    }),
  );
}

/** Why a withdrawal counts for nothing here; null where it may count. */
function objectionTo(
  under: Under,
  withdrawal: Withdrawal,
  { revocations }: Pick<Credentials, "revocations">,
): Fault | null {
  const { chain, mesh, revocation } = withdrawal;
  const { by, revokes } = revocation;
  const roots = new Map(under.roots.map(({ root, authority }) => [root, authority]));
  const own = mesh === under.mesh && roots.get(rootOf(chain)) === by && grantsRole(chain, POLICY_ROLE);
  const named = under.translators.find(({ id }) => id === revokes);
  const standing = named === undefined || mayRevoke(by, named);
  if (!own || !standing) return fault("REVOCATION_WITHOUT_STANDING", { from: by, item: revokes }).fault;
  const sound = checkRevocations(chain, withdrawal, { revocations, roots, vouched: new Map() });
  return sound.ok ? null : sound.fault;
}

/** Authorities of whom home would recognise nothing any more, if this counted. */
export function wouldTake(under: Under, revocation: TranslatorRevocation): readonly string[] {
  const { translators } = cutBy(under, { id: "", revocation });
  return under.roads
    .filter(({ roads }) => roads.every((road) => road.some((id) => translators.has(id))))
    .map(({ authority }) => authority);
}

function cutBy(under: Under, { id, revocation }: Pick<Withdrawal, "id" | "revocation">): Cut {
  const here = isWithin(revocation.scope, factsOf(under));
  const taken = here ? under.translators.filter((one) => names(revocation, one) && mayRevoke(revocation.by, one)) : [];
  return { id, revocation, translators: new Set(taken.map((translator) => translator.id)) };
}

/** Whether a withdrawal, as far as one can tell without a closed set, takes a translator that the call pins. */
export function bearsOn(under: Under, withdrawal: Withdrawal, revocations: readonly Revocation[]): boolean {
  return objectionTo(under, withdrawal, { revocations }) === null && cutBy(under, withdrawal).translators.size > 0;
}

/** Whether one takes away all that another one does: the same translators, from no later on, and standing by nothing more. */
export function takesAsMuch(under: Under, one: Withdrawal, other: Withdrawal): boolean {
  const [ours, theirs] = [cutBy(under, one), cutBy(under, other)];
  return (
    [...theirs.translators].every((translator) => ours.translators.has(translator)) &&
    ours.revocation.after <= theirs.revocation.after &&
    ours.revocation.cut.every((id) => theirs.revocation.cut.includes(id))
  );
}

function roadsOf(under: Under, authority: string | undefined): readonly (readonly string[])[] {
  return under.roads.find((known) => known.authority === authority)?.roads ?? [];
}

function faultOf(
  under: Under,
  cuts: readonly Cut[],
  vouched: ReadonlyMap<Id, ReadonlySet<Id>>,
  { id, at }: Contributed,
  authority: string | undefined,
): Fault | null {
  if (authority === under.home) return null;
  const roads = roadsOf(under, authority);
  if (roads.length === 0) return fault("TRANSLATION_MISSING", { item: authority }).fault;
  const stated = at[1] + under.shift;
  const hits = roads.map((road) => hitOn(road, stated, id, cuts, vouched));
  const [hit] = hits.includes(undefined) ? [] : [hits.find((one) => one?.late === false) ?? hits[0]];
  if (hit === undefined) return null;
  const { cut, translator, late } = hit;
  const detail = { item: authority, translator, revocation: cut.id, after: cut.revocation.after, at: stated };
  return fault(late ? "TRANSLATION_REVOKED" : "TRANSLATION_BACKDATED", detail).fault;
}

type Hit = { readonly cut: Cut; readonly translator: string; readonly late: boolean };

/** What cuts a road for a contribution: dated from the withdrawal on, or before it and covered by neither its cut nor a witness. */
function hitOn(
  road: readonly string[],
  stated: number,
  id: Id,
  cuts: readonly Cut[],
  vouched: ReadonlyMap<Id, ReadonlySet<Id>>,
): Hit | undefined {
  const hits = cuts.flatMap((cut): Hit[] => {
    const translator = road.find((one) => cut.translators.has(one));
    const late = stated >= cut.revocation.after;
    const stands = !late && vouched.get(cut.id)?.has(id) === true;
    return translator === undefined || stands ? [] : [{ cut, translator, late }];
  });
  return hits.find(({ late }) => late) ?? hits[0];
}

/** For each withdrawal what stands by its cut, or since somebody whose own roads are whole referenced it in time; with what that builds on. */
function vouch(
  under: Under,
  cuts: readonly Cut[],
  shown: readonly Contributed[],
  nameOf: NameOf,
  credentials: Credentials,
): ReadonlyMap<Id, ReadonlySet<Id>> {
  if (cuts.length === 0) return new Map();
  const taken = new Set(cuts.flatMap(({ translators }) => [...translators]));
  const isTouched = (contribution: Contributed) =>
    roadsOf(under, nameOf(contribution))
      .flat()
      .some((one) => taken.has(one)) || revocationsOf(contribution.chain, credentials).length > 0;
  const known = new Map(shown.map((contribution) => [contribution.id, contribution]));
  const witnesses = shown.filter((contribution) => !isTouched(contribution));
  return new Map(
    cuts.map(({ id, revocation }) => {
      const inTime = witnesses.filter(({ at }) => at[1] + under.shift < revocation.after);
      const referenced = inTime.flatMap(referencesOf).filter((one) => known.has(one));
      return [id, ancestry([...revocation.cut, ...referenced], known)];
    }),
  );
}
