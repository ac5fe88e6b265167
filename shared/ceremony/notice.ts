// Revocations that travel live (SPEC §7.10): whoever holds a seat carries one into the round, where it is gathered like a contribution. What
// follows from it is judged over the closed set, for everyone alike; until then it is on record and changes nothing for good.
import { rootOf } from "../authority/chain.ts";
import type { Revocation } from "../authority/statement.ts";
import { revocationsOf } from "../authority/validity.ts";
import { isHalted } from "../closing/derive.ts";
import type {
  BatchBody,
  Id,
  NoticeBody,
  Observation,
  VerifiedObservation,
  Withdrawal,
} from "../observation/observation.ts";
import { type Fault, fault } from "../result.ts";
import { overTolerance } from "./attest.ts";
import { bearsOn, takesAsMuch } from "./disengaged.ts";
import { isWanted, itemsOf } from "./gather.ts";
import {
  allNoticesOf,
  batchesOf,
  type Carried,
  carriedIn,
  type Gathered,
  isWithdrawal,
  loneIn,
  noticesOf,
  withdrawalsOf,
} from "./gathered.ts";
import { hasRoomFor, itemsOfAnySize } from "./listing.ts";
import { isClosing } from "./spread.ts";
import {
  audienceOf,
  type CeremonyState,
  currentRound,
  ownSeat,
  phaseOf,
  type Round,
  replaceRound,
  type Self,
} from "./state.ts";
import { append, authorityOf, publish, receipt, record, refuseIn, say, type Turn } from "./turn.ts";

export function absorbNotice(turn: Turn, round: Round, notice: VerifiedObservation & Observation<NoticeBody>): Turn {
  if (round.held.has(notice.id)) return receipt(turn, notice.id, "ignored", "DUPLICATE");
  if (round.closing.decision !== null)
    return refuseIn(turn, notice, fault("ROUND_CLOSED", { round: round.index }).fault);
  if (!hasRoomFor(round, itemsOf(round, notice), notice) && !isWanted(round, notice.id))
    return refuseIn(turn, notice, fault("EQUIVOCATION_FLOOD", { seat: notice.slot.seat }).fault);
  const held = new Map(round.held).set(notice.id, notice);
  const kept = { ...turn, state: { ...replaceRound(turn.state, { ...round, held }), quiet: 0 } };
  const stored = append(receipt(kept, notice.id, "admitted"), notice);
  return record(stored, "admission", [notice.id], authorityOf(turn.state, notice), {
    kind: "notice",
    round: round.index,
    ...detailOf(carriedIn(notice)),
  });
}

function detailOf(carried: Carried): { readonly revokes: string; readonly from: number; readonly by?: string } {
  if (!isWithdrawal(carried)) return { revokes: carried.body.credential, from: carried.body.from };
  const { revokes, by, after } = carried.revocation;
  return { revokes, by, from: after };
}

/** Carries a revocation into the present round in the party's own seat; one that is there already, by whomever, need not be. */
export function carry(turn: Turn, carried: Carried): Turn {
  const { state } = turn;
  const round = currentRound(state);
  const refusal = refusalToCarry(state, round);
  if (refusal !== null || round === undefined)
    return receipt(turn, "", "refused", refusal?.code ?? "CEREMONY_UNKNOWN", refusal?.detail ?? {});
  const known = allNoticesOf([...round.held.values()]).find((notice) => carriedIn(notice).id === carried.id);
  if (known !== undefined) return receipt(turn, known.id, "ignored", "DUPLICATE");
  const seat = ownSeat(state, round, () => true);
  if (seat === undefined)
    return receipt(turn, "", "refused", "NO_SEAT", { round: round.index, authority: state.self.authority });
  const slot = { seat: seat.index, attempt: null, item: null };
  // Half of what a seat may give is left for its contributions: others must not be able to use it up by what they have it carry.
  const limit = Math.floor(itemsOfAnySize(round) / 2);
  const own = allNoticesOf([...round.held.values()]).filter((other) => other.slot.seat === seat.index);
  if (own.length >= limit) return receipt(turn, "", "refused", "ITEMS_FULL", { limit });
  // Nor may a partner that signs ever stricter withdrawals use up what is carried for everybody else.
  const share = isWithdrawal(carried) ? shareOf(state, round, carried, limit) : limit;
  if (own.filter((notice) => isOfSame(carriedIn(notice), carried)).length >= share)
    return receipt(turn, "", "refused", "ITEMS_FULL", { limit: share });
  const { turn: spoken, said } = say(turn, {
    round: round.index,
    slot,
    body: isWithdrawal(carried) ? { kind: "notice", withdrawal: carried } : { kind: "notice", revocation: carried },
    parents: [state.ceremony],
    numbered: true,
  });
  const held = absorbNotice(spoken, round, said as VerifiedObservation & Observation<NoticeBody>);
  const detail = { kind: "notice", round: round.index };
  return publish(record(held, "attestation", [said.id], state.self.authority, detail), audienceOf(state, round), said);
}

/** Of the withdrawals that a party carries, what each organisation's may be; its own may be all. */
function shareOf({ self }: CeremonyState, { seats }: Round, { chain }: Withdrawal, limit: number): number {
  if (rootOf(chain) === self.root) return limit;
  return Math.max(1, Math.floor(limit / new Set(seats.map(({ root }) => root)).size));
}

function isOfSame(one: Carried, other: Carried): boolean {
  return isWithdrawal(one) && isWithdrawal(other) && rootOf(one.chain) === rootOf(other.chain);
}

function refusalToCarry(state: CeremonyState, round: Round | undefined): Fault | null {
  if (state.ending !== null || state.expired) return fault("CEREMONY_OVER", { phase: phaseOf(state) }).fault;
  if (state.hold !== null) return fault("CEREMONY_HELD", { extension: state.hold }).fault;
  if (round === undefined || state.policy === null) return state.refusal ?? fault("CEREMONY_UNKNOWN").fault;
  if (state.mute) return fault("MUTE").fault;
  return isHalted(round.closing) ? overTolerance(round.closing).fault : null;
}

/** Of a batch, whether each revocation asked about before bears on a member: members are a hundred thousand, and of each its frame is read. */
const borne = new WeakMap<BatchBody, Map<Id, boolean>>();

function bearingOn(
  gathered: readonly Gathered[],
  arriving: readonly Observation[],
  revocations: readonly Revocation[],
  { roots }: Self,
): readonly Revocation[] {
  const onChains = (said: readonly Observation[], known: readonly Revocation[]) =>
    said.flatMap(({ chain }) =>
      revocationsOf(chain, { revocations: known, roots }).map(({ revocation }) => revocation),
    );
  const batches = batchesOf(gathered).flatMap(({ body }) => {
    const asked = borne.get(body) ?? new Map<Id, boolean>();
    borne.set(body, asked);
    const fresh = revocations.filter(({ id }) => !asked.has(id));
    const found = fresh.length === 0 ? [] : onChains(body.members, fresh).map(({ id }) => id);
    for (const { id } of fresh) asked.set(id, false);
    for (const id of found) asked.set(id, true);
    return revocations.filter(({ id }) => asked.get(id));
  });
  return [...batches, ...onChains([...loneIn(gathered), ...arriving], revocations)];
}

/** Revocations of one credential by one key that are carried without anybody asking: whoever signs ever stricter ones must not use up the room. */
const STRICTER_MAX = 3;

const isOfOneHand = (one: Revocation, other: Revocation) =>
  one.signer === other.signer && one.body.credential === other.body.credential;

/**
 * Of revocations that the party knows: those that bear on what it holds of the present round, has taken in for it, or is about to (`coming`), the
 * strictest for each credential, where no round of the ceremony holds one that takes away as much. A mild one, which whoever issued the credential may have signed first, must
 * not keep another out.
 */
export function uncarried(
  { rounds, self }: CeremonyState,
  known: readonly Revocation[],
  coming: readonly Observation[] = [],
): readonly Revocation[] {
  const round = rounds.at(-1);
  if (round === undefined || known.length === 0) return [];
  const arriving = [...round.intake.waiting.values(), ...coming];
  const bearing = (revocations: readonly Revocation[]) =>
    bearingOn([...round.held.values()], arriving, revocations, self);
  const held = bearing(rounds.flatMap((each) => noticesOf([...each.held.values()]).map(({ body }) => body.revocation)));
  const open = bearing(known)
    .filter((one) => !held.some((other) => isAsStrict(other, one)))
    .filter((one) => held.filter((other) => isOfOneHand(other, one)).length < STRICTER_MAX)
    .sort((a, b) => b.body.from - a.body.from || b.body.cut.length - a.body.cut.length);
  return [...new Map(open.map((revocation) => [revocation.body.credential, revocation])).values()];
}

/** The same of withdrawals: those that take a translator which the call pins, where nothing is held that takes as much. */
export function uncarriedWithdrawals({ rounds }: CeremonyState, known: readonly Withdrawal[]): readonly Withdrawal[] {
  const under = rounds[0]?.under ?? null;
  if (under === null || known.length === 0) return [];
  const held = rounds.flatMap((round) => withdrawalsOf([...round.held.values()]).map(({ body }) => body.withdrawal));
  // What a withdrawn key signed counts for nothing, and must not keep out what its authority signs instead.
  const revocations = rounds.flatMap((round) => noticesOf([...round.held.values()]).map(({ body }) => body.revocation));
  const sound = held.filter((one) => bearsOn(under, one, revocations));
  return known
    .filter((one) => bearsOn(under, one, revocations) && !sound.some((other) => takesAsMuch(under, other, one)))
    .filter(
      (one, at, open) =>
        !open.some(
          (other, index) =>
            takesAsMuch(under, other, one) && (index < at || !takesAsMuch(under, one, other)) && other !== one,
        ),
    );
}

/** The round whose gathering ends now; null where none does, or this party has witnessed it already, or closes none. */
export function endingRound(state: CeremonyState, now: number): Round | null {
  const round = currentRound(state);
  if (round === undefined || !isClosing(round, now)) return null;
  const { own, witnesses } = round.closing;
  return own === null || witnesses.has(own) ? null : round;
}

/** For how many microseconds a party leaves it to the seats before its own to carry in what was told outside: one notice is enough. */
export function leftToOthers(state: CeremonyState): number {
  const round = currentRound(state);
  const agents = round?.seats.filter(({ index }) => !round.batched.has(index)) ?? [];
  const before = agents.findIndex(({ root }) => root === state.self.root);
  return ((state.policy?.policy.timing.statusInterval ?? 0) / 4) * (1 + Math.max(0, before));
}

/** Of all that the party knows, what is still to be carried. */
export function stillToCarry(
  state: CeremonyState,
  known: readonly Carried[],
  coming: readonly Observation[] = [],
): readonly Carried[] {
  const withdrawals = known.filter(isWithdrawal);
  const revocations = known.filter((carried): carried is Revocation => !isWithdrawal(carried));
  return [...uncarried(state, revocations, coming), ...uncarriedWithdrawals(state, withdrawals)];
}

/** Whether a revocation takes away all that another one does: from no later on, and standing by nothing more. */
function isAsStrict({ body: { credential, from, cut } }: Revocation, { body: other }: Revocation): boolean {
  return credential === other.credential && from <= other.from && cut.every((id) => other.cut.includes(id));
}

/** Carries on into a new round what no closed set of the ceremony holds yet and was known here before it opened. */
export function carryOn(turn: Turn): Turn {
  const { rounds } = turn.state;
  const open = currentRound(turn.state);
  if (open === undefined || open.index === 0 || turn.replaying) return turn;
  const earlier = rounds.slice(0, -1);
  const settled = new Set(
    earlier.flatMap(({ held, closing }) =>
      allNoticesOf([...held.values()]).flatMap((notice) =>
        closing.decision?.set.includes(notice.id) === true ? [carriedIn(notice).id] : [],
      ),
    ),
  );
  const waiting = new Map(
    earlier.flatMap(({ held }) =>
      allNoticesOf([...held.values()]).map((notice) => [carriedIn(notice).id, carriedIn(notice)] as const),
    ),
  );
  return [...waiting.values()]
    .filter(({ id }) => !settled.has(id))
    .reduce((before, carried) => {
      const after = carry(before, carried);
      // Nobody asked for it, so nobody is answered.
      return { ...after, receipts: before.receipts };
    }, turn);
}
