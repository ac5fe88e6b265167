// From a call to the first round (SPEC §7.1): the policy it carries, the seats it names, and whether they can work together.
import { sameTiers } from "../authority/taxonomy.ts";
import type { CborValue } from "../cbor/value.ts";
import { type Electorate, electorateOf } from "../closing/power.ts";
import { openClosing } from "../closing/state.ts";
import { membershipOf } from "../composition/membership.ts";
import { LIFETIME_MICROS_MAX } from "../limits.ts";
import type { Call, Id, Observation } from "../observation/observation.ts";
import type { Under } from "../observation/under.ts";
import { roundsAtMost } from "../outcome/rounds.ts";
import { firstStage, type Stage } from "../outcome/stage.ts";
import { decodePolicy } from "../policy/decode.ts";
import { policyFor } from "../policy/for-subject.ts";
import { lintPolicy } from "../policy/lint.ts";
import type { PinnedPolicy, Policy } from "../policy/policy.ts";
import { fault, ok, type Result } from "../result.ts";
import type { CeremonyState, RosterSeat, Round } from "./state.ts";
import { NO_INTAKE } from "./taken.ts";
import { checkUnder, unrecognisedUnder } from "./under.ts";

export type Opening = { readonly policy: PinnedPolicy; readonly seats: readonly RosterSeat[] };

const read = new WeakMap<Call, Result<Opening>>();

/** Reads a call by itself: the same answer for everyone, so that it is worked out once for each call. */
export function readCall(call: Call): Result<Opening> {
  const known = read.get(call) ?? readAfresh(call);
  read.set(call, known);
  return known;
}

function readAfresh(call: Call): Result<Opening> {
  const pinned = decodePolicy(call.policy);
  if (!pinned.ok) return pinned;
  if (pinned.value.hash !== call.policyHash) return fault("POLICY_HASH", { found: pinned.value.hash });
  const fitted = policyFor(pinned.value.policy, call.subject);
  if (!fitted.ok) return fitted;
  const policy = ok({ ...pinned.value, policy: fitted.value });
  if (!(call.opensAt <= call.closesAt && call.closesAt < call.expiresAt))
    return fault("CALL_INVALID", { reason: "its times are out of order" });
  if (call.expiresAt - call.opensAt > LIFETIME_MICROS_MAX)
    return fault("CALL_INVALID", { reason: "it lives longer than statements in it may" });
  if (call.expiresAt <= lastClose(policy.value.policy, call))
    return fault("CALL_INVALID", { reason: "it expires before its last round could close" });
  const seats = call.seats.map((seat, index) => ({ ...seat, index }));
  const roots = new Map(seats.map((seat) => [seat.authority, seat.root]));
  if (seats.some((seat) => roots.get(seat.authority) !== seat.root) || new Set(roots.values()).size !== roots.size)
    return fault("CALL_INVALID", { reason: "an authority has two roots, or two authorities share one" });
  if (!policy.value.policy.standalone && membershipOf(call.subject) === null) return fault("POLICY_PART");
  const unsound = checkUnder(call);
  if (unsound !== null) return { ok: false, fault: unsound };
  const [finding] = lintPolicy(policy.value.policy, seats);
  return finding === undefined ? ok({ policy: policy.value, seats }) : { ok: false, fault: finding };
}

/** When the last round that the policy may ask for closes: each lasts as long as the first. */
export function lastClose(policy: Policy, { opensAt, closesAt }: Pick<Call, "opensAt" | "closesAt">): number {
  return closesAt + (roundsAtMost(policy) - 1) * (closesAt - opensAt);
}

/** Electors of a roster: the seats whose role closes rounds. Powers are frozen with the roster. */
export function electorateFor(policy: Policy, seats: readonly RosterSeat[]): Electorate {
  const electors = seats.filter((seat) => policy.roles.get(seat.role)?.closes === true);
  return electorateOf(
    electors.map((seat) => [seat.index, seat.power]),
    policy.faults,
  );
}

export function openRound(
  ceremony: Id,
  policy: Policy,
  round: {
    readonly index: number;
    readonly seats: readonly RosterSeat[];
    readonly opensAt: number;
    readonly closesAt: number;
    readonly frame: string;
    readonly subject: CborValue;
    readonly under: Under | null;
    readonly stage: Stage;
  },
  ownRoot: string | null,
): Round {
  const electorate = electorateFor(policy, round.seats);
  const own = round.seats.find((seat) => seat.root === ownRoot && electorate.power.has(seat.index))?.index ?? null;
  const closing = openClosing(ceremony, round.index, electorate, own);
  const batched = new Set(
    round.seats.filter(({ role }) => policy.roles.get(role)?.agent === false).map(({ index }) => index),
  );
  return {
    ...round,
    held: new Map(),
    closing,
    batched,
    intake: NO_INTAKE,
    brought: new Map(),
    fixed: null,
    earlyAt: null,
    reports: new Map(),
    answered: new Map(),
  };
}

/** Opens a known ceremony in this party's state, or says why the party takes no part. */
export function openCeremony(state: CeremonyState, call: Observation<Call>): CeremonyState {
  const opening = readCall(call.body);
  // What its policy asks that this version does not know is not refused: an upgrade reads the same call, and what came meanwhile.
  if (!opening.ok && opening.fault.code === "POLICY_CRITICAL")
    return { ...state, call, hold: String(opening.fault.detail.extension) };
  const refusal = opening.ok
    ? (unknownRoot(state, opening.value.seats) ??
      contradictedText(state, opening.value.policy.policy) ??
      unrecognisedUnder(state, call))
    : opening.fault;
  if (!opening.ok || refusal !== null) return { ...state, call, refusal };
  const { policy, seats } = opening.value;
  const { opensAt, closesAt, subject, under = null } = call.body;
  const stage = firstStage(policy.policy);
  const round = openRound(
    state.ceremony,
    policy.policy,
    { index: 0, seats, opensAt, closesAt, frame: call.timeFrame, subject, under, stage },
    state.self.root,
  );
  return { ...state, call, policy, rounds: [round] };
}

/** A party takes part only where it recognises every root named, under the name that the call gives it. */
function unknownRoot(state: CeremonyState, seats: readonly RosterSeat[]) {
  const stranger = seats.find((seat) => state.self.roots.get(seat.root) !== seat.authority);
  return stranger === undefined
    ? null
    : fault("ROOT_UNKNOWN", { root: stranger.root, authority: stranger.authority }).fault;
}

/** Nor does it where the policy weighs by a text that is not the one that the party recognises under that name and version. */
function contradictedText({ self }: CeremonyState, { admission }: Policy) {
  for (const carried of admission?.taxonomies ?? []) {
    const { name, version } = carried;
    const own = self.recognised?.taxonomies.find(({ body }) => body.name === name && body.version === version);
    if (own !== undefined && !sameTiers(own.body, carried))
      return fault("POLICY_TAXONOMY", { taxonomy: name, version }).fault;
  }
  return null;
}
