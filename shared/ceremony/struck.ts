// What the closed sets themselves take away from contributions (SPEC §6.17): credentials that a carried revocation withdraws, and devices that
// show to be two. Judged over the sets alone, so that whoever holds them judges alike, whatever arrived first and whatever else it knows.
import { rootOf } from "../authority/chain.ts";
import { deviceForks } from "../authority/continuity.ts";
import type { Revocation } from "../authority/statement.ts";
import { checkRevocations, revocationsOf, withoutStanding } from "../authority/validity.ts";
import { toHex } from "../bytes.ts";
import type { Decision } from "../closing/state.ts";
import { type Evidenced, vouchFor } from "../observation/admit-all.ts";
import type { ContributionBody, Id, Observation, RevocationNotice } from "../observation/observation.ts";
import { compareText, type Exclusion } from "../outcome/contribution.ts";
import type { Policy } from "../policy/policy.ts";
import { type Fault, fault } from "../result.ts";
import { type Disengaged, departedIn, disengagedIn } from "./disengaged.ts";
import { allHeld, contributionsOf, type Gathered, noticesOf } from "./gathered.ts";
import { nameIn } from "./guests.ts";
import type { Round } from "./state.ts";

export type Struck = {
  /** Why each of these contributions of the last round does not stand. */
  readonly faults: ReadonlyMap<Id, Fault>;
  /** Notices of the last round that change nothing, since whoever signed the revocation has no standing. */
  readonly ignored: readonly Exclusion[];
};

const closedSets = new WeakMap<Decision, { readonly held: Round["held"]; readonly set: readonly Gathered[] }>();

/** What a round is judged by: its closed set, or what is held of it while it is open. */
export function gatheredIn({ held, closing: { decision } }: Round): readonly Gathered[] {
  const all = allHeld(held);
  if (decision === null) return all;
  const known = closedSets.get(decision);
  if (known?.held === held) return known.set;
  const ids = new Set(decision.set);
  const closed = all.filter(({ id }) => ids.has(id));
  const set = closed.length === all.length ? all : closed;
  closedSets.set(decision, { held, set });
  return set;
}

/** What closed rounds show, each thing where it was shown. */
export function gatheredInAll(rounds: readonly Round[]): readonly Gathered[] {
  const [only] = rounds;
  return only !== undefined && rounds.length === 1 ? gatheredIn(only) : rounds.flatMap(gatheredIn);
}

/** What these rounds show of the contributions of the last one. What came in later rounds changes nothing in earlier ones. */
export function struckIn(policy: Policy, rounds: readonly Round[]): Struck {
  const shown = gatheredInAll(rounds);
  const last = gatheredInAll(rounds.slice(-1));
  const asked = contributionsOf(last);
  const known = knownIn(rounds, shown);
  const faults = new Map<Id, Fault>();
  for (const { id, fault } of policy.equivocation === "void" ? forked(asked, contributionsOf(shown)) : [])
    faults.set(id, fault);
  const { faults: unheard, ignored } = disengaged(rounds, last, shown, known);
  for (const [id, fault] of unheard) faults.set(id, fault);
  for (const { id, fault } of revoked(asked, contributionsOf(shown), known)) faults.set(id, fault);
  return { faults, ignored: [...ignored, ...ignoredIn(noticesOf(last), contributionsOf(shown), known)] };
}

/** By the last of these rounds: authorities of whom home recognises nothing any more, each with the notice that shows it. */
export function departuresIn(rounds: readonly Round[]): ReadonlyMap<string, Id> {
  const under = rounds[0]?.under ?? null;
  const last = rounds.at(-1);
  if (under === null || last === undefined) return new Map();
  const shown = gatheredInAll(rounds);
  return departedIn(under, shown, last.closesAt, knownIn(rounds, shown));
}

const ENGAGED: Disengaged = { faults: new Map(), ignored: [] };

/** What the coalition takes away; nothing where the call is under none. */
function disengaged(
  rounds: readonly Round[],
  last: readonly Gathered[],
  shown: readonly Gathered[],
  known: Known,
): Disengaged {
  const under = rounds[0]?.under ?? null;
  if (under === null) return ENGAGED;
  const nameOf = ({ chain, body }: Observation<ContributionBody>) =>
    known.roots.get(rootOf(chain)) ?? nameIn(body.content);
  return disengagedIn(under, last, shown, nameOf, known);
}

/** Of contributions held in the last of these rounds, in its set or not, those under a credential that carried revocations withdraw. */
export function withdrawnIn(rounds: readonly Round[]): ReadonlySet<Id> {
  const shown = gatheredInAll(rounds);
  const known = knownIn(rounds, shown);
  if (known.revocations.length === 0) return new Set();
  const held = rounds.slice(-1).flatMap((round) => contributionsOf(allHeld(round.held)));
  return new Set(revoked(held, contributionsOf(shown), known).map(({ id }) => id));
}

/** What closed sets of earlier rounds say against a statement about closing: its credential was withdrawn by then. Null where nothing. */
export function withdrawalOf(earlier: readonly Round[], statement: Observation): Fault | null {
  const known = knownIn(earlier, earlier.flatMap(carriedIn));
  if (known.revocations.length === 0) return null;
  const verdict = checkRevocations(statement.chain, statement, { ...known, vouched: new Map() });
  return !verdict.ok && verdict.fault.code === "CREDENTIAL_REVOKED" ? verdict.fault : null;
}

const carried = new WeakMap<Decision, readonly Gathered[]>();

/** Notices in the closed set of a round, worked out once: every statement of later rounds asks. */
function carriedIn(round: Round): readonly Gathered[] {
  const { decision } = round.closing;
  if (decision === null) return [];
  const found = carried.get(decision) ?? noticesOf(gatheredIn(round));
  carried.set(decision, found);
  return found;
}

/** Contributions that still stand. */
export function standing(gathered: readonly Gathered[], { faults }: Struck): readonly Observation<ContributionBody>[] {
  const all = contributionsOf(gathered);
  return faults.size === 0 ? all : all.filter(({ id }) => !faults.has(id));
}

export function exclusionsOf({ faults, ignored }: Struck): readonly Exclusion[] {
  const struck = [...faults].map(([id, { code, detail }]): Exclusion => ({ id, code, detail }));
  return [...struck, ...ignored].sort((a, b) => compareText(a.id, b.id));
}

type Struckout = { readonly id: Id; readonly fault: Fault };
type Known = Pick<Evidenced, "revocations" | "roots">;

/** The revocations carried into these rounds, each once, and the roots that the call names: nothing that only some parties recognise. */
function knownIn(rounds: readonly Round[], shown: readonly Gathered[]): Known {
  const named = noticesOf(shown).map(({ body, mesh }) => ({ mesh, revocation: body.revocation }));
  const revocations = new Map<Id, Revocation>();
  for (const { mesh, revocation } of named)
    if (revocation.body.mesh === mesh) revocations.set(revocation.id, revocation);
  const sorted = [...revocations.values()].sort((a, b) => compareText(a.id, b.id));
  const seats = rounds.flatMap((round) => round.seats);
  return { revocations: sorted, roots: new Map(seats.map(({ root, authority }) => [root, authority])) };
}

/** Everything that a forked device said: nobody can tell which of its copies is the one that was enrolled. */
function forked(asked: readonly Observation[], shown: readonly Observation[]): readonly Struckout[] {
  const linked = shown.filter(({ deviceLinks }) => deviceLinks.length > 0);
  if (linked.length < 2) return [];
  const presented = linked.map(({ id, key, ceremony, lineage, deviceLinks }) => {
    return { id, key, ceremony, sequence: lineage.sequence, links: deviceLinks };
  });
  const forks = new Map(deviceForks(presented).map((fork) => [fork.device, fork]));
  if (forks.size === 0) return [];
  return asked.flatMap(({ id, key, deviceLinks }) => {
    const devices = [key, ...deviceLinks.map(({ body }) => toHex(body.device))];
    const device = devices.find((name) => forks.has(name));
    const fork = forks.get(device ?? "");
    if (fork === undefined) return [];
    const [first, second] = fork.about;
    return [{ id, fault: fault("DEVICE_FORKED", { device, first, second, after: fork.after }).fault }];
  });
}

/** What a revocation with standing withdraws: all from its instant on, and before it all that neither its cut nor a witness covers. */
function revoked(asked: readonly Observation[], shown: readonly Observation[], known: Known): readonly Struckout[] {
  if (known.revocations.length === 0) return [];
  const isTouched = ({ chain }: Observation) => revocationsOf(chain, known).length > 0;
  const touched = shown.filter(isTouched);
  const witnesses = shown.filter((observation) => !isTouched(observation));
  const trust = { ...known, vouched: vouchFor(touched, witnesses, known) };
  return asked.flatMap((observation) => {
    const verdict = checkRevocations(observation.chain, observation, trust);
    return verdict.ok ? [] : [{ id: observation.id, fault: verdict.fault }];
  });
}

function ignoredIn(
  notices: readonly Observation<RevocationNotice>[],
  shown: readonly Observation[],
  known: Known,
): readonly Exclusion[] {
  if (notices.length === 0) return [];
  const named = new Set(shown.flatMap(({ chain }) => withoutStanding(chain, known).map(({ id }) => id)));
  const counted = new Set(
    shown.flatMap(({ chain }) => revocationsOf(chain, known).map(({ revocation }) => revocation.id)),
  );
  return notices
    .filter(({ body: { revocation } }) => named.has(revocation.id) && !counted.has(revocation.id))
    .map(({ id, body: { revocation } }) => ({
      id,
      code: "REVOCATION_STANDING",
      detail: { revocation: revocation.id, credential: revocation.body.credential },
    }));
}
