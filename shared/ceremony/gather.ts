// Gathering contributions, and when an elector may close its round (SPEC §7.7, §8.3).
import { ruleOf } from "../admission/judge.ts";
import { rootOf } from "../authority/chain.ts";
import { powerOf } from "../closing/power.ts";
import { SEATS_MAX } from "../limits.ts";
import { isMembership } from "../membership/act.ts";
import { PREFIX_BYTES } from "../observation/body.ts";
import type { ContributionBody, Id, Observation, VerifiedObservation } from "../observation/observation.ts";
import { admissible } from "../outcome/admissible.ts";
import type { Contribution } from "../outcome/contribution.ts";
import { settle } from "../outcome/functions.ts";
import { rolesDue } from "../outcome/stage.ts";
import type { Policy } from "../policy/policy.ts";
import { fault } from "../result.ts";
import { contributionsIn } from "./advance.ts";
import { authorityDetail } from "./authority-detail.ts";
import type { Receipt } from "./effect.ts";
import { allHeld, contributionsOf, type Gathered, loneIn } from "./gathered.ts";
import { guestsIn } from "./guests.ts";
import { judgeRound } from "./judged.ts";
import { hasRoomFor } from "./listing.ts";
import { type CeremonyState, type Round, replaceRound } from "./state.ts";
import { type Struck, standing, struckIn } from "./struck.ts";
import { append, authorityOf, receipt, record, refuseIn, type Turn } from "./turn.ts";

type Contributed = Observation<ContributionBody>;

export function absorbContribution(turn: Turn, round: Round, observation: VerifiedObservation): Turn {
  const contribution = observation as VerifiedObservation & Contributed;
  if (round.held.has(contribution.id)) return receipt(turn, contribution.id, "ignored", "DUPLICATE");
  const { decision } = round.closing;
  // Past the decision a contribution can no longer count; it is recorded as late and changes nothing (R1).
  if (decision !== null) return refuseIn(turn, contribution, fault("ROUND_CLOSED", { round: round.index }).fault);
  const mates = slotMates(round, contribution);
  if (mates.length >= 2 && !isWanted(round, contribution.id))
    return refuseIn(turn, contribution, fault("EQUIVOCATION_FLOOD", { seat: contribution.slot.seat }).fault);
  if (!hasRoomFor(round, itemsOf(round, contribution), contribution) && !isWanted(round, contribution.id))
    return refuseIn(turn, contribution, fault("EQUIVOCATION_FLOOD", { seat: contribution.slot.seat }).fault);
  if (isCrowded(round, contribution) && !isWanted(round, contribution.id))
    return refuseIn(turn, contribution, fault("ROSTER_FULL", { role: contribution.body.role, most: SEATS_MAX }).fault);
  const held = new Map(round.held).set(contribution.id, contribution);
  const kept = { ...turn, state: { ...replaceRound(turn.state, { ...round, held }), quiet: 0 } };
  const stored = append(
    receipt(kept, contribution.id, "admitted", null, provisionally(kept.state, contribution)),
    contribution,
  );
  const by = authorityOf(turn.state, contribution);
  const entered = record(stored, "admission", [contribution.id], by, {
    kind: "contribution",
    round: round.index,
    ...authorityDetail(turn.state, contribution),
  });
  const [first] = mates;
  return first === undefined
    ? entered
    : record(entered, "byzantine-event", [first.id, contribution.id], by, { code: "EQUIVOCATION" });
}

/** What the policy's admission rule makes of it for now; nothing where there is none. */
function provisionally({ policy, rounds }: CeremonyState, { id, round }: Contributed): Receipt["detail"] {
  if (policy === null || ruleOf(policy.policy) === null) return {};
  const judged = judgeRound(policy.policy, rounds.slice(0, (round as number) + 1));
  const admission = judged?.admissions.get(id);
  const code = admission?.fault?.code ?? judged?.excluded.find((exclusion) => exclusion.id === id)?.code;
  return { provisional: admission?.verdict ?? "refuse", ...(code === undefined ? {} : { code }) };
}

function slotMates(round: Round, contribution: Contributed): readonly Contributed[] {
  return loneIn(itemsOf(round, contribution)).filter(({ slot }) => slot.item === contribution.slot.item);
}

/** What is held of one author: of a seat, or of a root that joins without one. What it brings for others is not its own. */
export function itemsOf(round: Round, { slot, chain }: Pick<Gathered, "slot" | "chain">): readonly Gathered[] {
  const held = [...round.held.values()].filter(
    ({ slot: other, body }) => other.seat === slot.seat && body.kind !== "batch",
  );
  return slot.seat === null ? held.filter((other) => rootOf(other.chain) === rootOf(chain)) : held;
}

/** Whether so many have joined that no roster holds one more. */
function isCrowded(round: Round, { slot, chain }: Contributed): boolean {
  if (slot.seat !== null) return false;
  const roots = new Set(guestsIn(round, contributionsOf(allHeld(round.held))).map(({ root }) => root));
  return !roots.has(rootOf(chain)) && roots.size + round.seats.length >= SEATS_MAX;
}

/** Listed by witnesses of more than f power: such a contribution may be needed to decide, however many the seat signed. */
export function isWanted(round: Round, id: Id): boolean {
  const { witnesses, electorate } = round.closing;
  const listing = [...witnesses]
    .filter(([, held]) => held.some((witness) => listIn(witness.body.ids).has(id)))
    .map(([seat]) => seat);
  return powerOf(electorate, listing) > electorate.tolerated;
}

const lists = new WeakMap<readonly Id[], ReadonlySet<Id>>();

/** A witness's list as a set, made once: whoever lacks much asks about each of thousands. */
function listIn(ids: readonly Id[]): ReadonlySet<Id> {
  const list = lists.get(ids) ?? new Set(ids);
  lists.set(ids, list);
  return list;
}

/** What each set held fixes: asked after every turn, and another answer only where another set is held. */
const fixed = new WeakMap<Round["held"], readonly Id[] | null>();

/** Contributions to the last of these rounds that fix the verdict by themselves, as far as this party can see; null while it is open. */
export function fixing(policy: Policy, rounds: readonly Round[]): readonly Id[] | null {
  const round = rounds.at(-1) as Round;
  const known = fixed.get(round.held);
  if (known !== undefined) return known;
  const found = findFixing(policy, round, struckIn(policy, rounds));
  fixed.set(round.held, found);
  return found;
}

function findFixing(policy: Policy, round: Round, struck: Struck): readonly Id[] | null {
  const { set: contributions } = contributionsIn(round, standing(allHeld(round.held), struck));
  const { tolerated } = round.closing.electorate;
  if (round.stage.is === "join") return fixingJoins(policy, round, contributions);
  if (ruleOf(policy) !== null) return fixingTogether(policy, round, contributions);
  const { admitted } = admissible(policy, round.seats, contributions, round, round.stage);
  // Whoever says only who is in has not spoken to the matter yet.
  const spoken = policy.membership === null ? admitted : admitted.filter(({ content }) => !isMembership(content));
  return spoken.length === 0 ? null : settle(policy, round.stage, round.seats, spoken, tolerated);
}

/** Once everyone named has joined nobody else can, unless the roster is open; what counts of a join may hang on the others. */
function fixingJoins(policy: Policy, { seats, closing }: Round, joins: readonly Contribution[]): readonly Id[] | null {
  const joined = new Set(joins.map(({ seat }) => seat));
  const apart = ruleOf(policy) === null || closing.electorate.tolerated === 0;
  const complete = policy.convening?.roster === "closed-by-name" && seats.every(({ index }) => joined.has(index));
  return complete && apart ? joins.map(({ id }) => id).sort() : null;
}

/** Where contributions are admitted together, one more may change what counts of the others: none fix a verdict until all are in. */
function fixingTogether(policy: Policy, round: Round, held: readonly Contribution[]): readonly Id[] | null {
  const single = rolesDue(policy, round.stage).every((role) => policy.roles.get(role)?.slots === "one");
  const complete = haveAllSpoken(policy, round, new Set(held.map(({ seat }) => seat)));
  return complete && single && round.closing.electorate.tolerated === 0 ? held.map(({ id }) => id).sort() : null;
}

function haveAllSpoken(policy: Policy, { seats, stage }: Round, heard: ReadonlySet<number | null>): boolean {
  const due = new Set(rolesDue(policy, stage));
  return seats.every(({ role, index }) => !due.has(role) || heard.has(index));
}

/** Whether something is held of every seat that may speak in the round. */
export function isComplete(policy: Policy, round: Round): boolean {
  return haveAllSpoken(policy, round, new Set([...round.held.values()].map(({ slot }) => slot.seat)));
}

/** Notes since when this party has held what fixes the verdict; the same round where nothing changes. */
export function noteFixed(policy: Policy, rounds: readonly Round[], now: number): Round {
  const round = rounds.at(-1) as Round;
  const ids = policy.timing.early ? fixing(policy, rounds) : null;
  const before = round.fixed;
  if (ids === (before?.ids ?? null)) return round;
  const isSame = ids !== null && before !== null && ids.join() === before.ids.join();
  return { ...round, fixed: ids === null ? null : { ids, at: isSame ? before.at : now } };
}

/**
 * Since when, by each one's own stamp, the verdict has been fixed everywhere; null while it is not. An early close needs each fixing
 * contribution to be held, by what electors reported, by power W + 2f − q + 1: then every D(J) has it. This party counts itself. A status names
 * ids by their first bytes; a witness, which is the last word on what its elector holds, whole.
 */
export function settledSince({ fixed, closing, reports }: Round): number | null {
  if (fixed === null) return null;
  const { electorate, own, witnesses } = closing;
  const need = electorate.total + 2 * electorate.tolerated - electorate.quorum + 1;
  const told = [...reports].map(([seat, report]) => [seat, report, new Set(report.body.contributions)] as const);
  let since = fixed.at;
  for (const id of fixed.ids) {
    const prefix = prefixOf(id);
    const reporting = told.filter(([, , contributions]) => contributions.has(prefix));
    const listing = [...witnesses].filter(([, held]) => held.every(({ body }) => listIn(body.ids).has(id)));
    const holders = [...reporting, ...listing].map(([seat]) => seat);
    if (powerOf(electorate, own === null ? holders : [...holders, own]) < need) return null;
    const said = [...reporting.map(([, report]) => report), ...listing.flatMap(([, held]) => held)];
    for (const { at } of said) since = Math.max(since, at[1]);
  }
  return since;
}

export function prefixOf(id: Id): string {
  return id.slice(0, 2 * PREFIX_BYTES);
}
