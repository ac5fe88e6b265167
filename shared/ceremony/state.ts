// What one party holds of one ceremony (SPEC §7). Immutable: a step returns a new state that shares what is unchanged.
import type { Recognised } from "../authority/taxonomy.ts";
import type { CborValue } from "../cbor/value.ts";
import type { Closing } from "../closing/state.ts";
import type { Standpoint } from "../coalition/basis.ts";
import { invitedIn } from "../membership/act.ts";
import type {
  Call,
  DisputeBody,
  Id,
  NamedSeat,
  Observation,
  OutcomeBody,
  StatusBody,
  VerifiedObservation,
} from "../observation/observation.ts";
import type { Under } from "../observation/under.ts";
import type { Seat } from "../outcome/contribution.ts";
import type { Stage } from "../outcome/stage.ts";
import type { PinnedPolicy, Policy } from "../policy/policy.ts";
import { ALONE, type PeerClocks } from "../reference/peer-clock.ts";
import { type Fault, invariant } from "../result.ts";
import type { BroughtBy } from "./brought.ts";
import { contributionsOf, type Gathered } from "./gathered.ts";
import { guestsIn } from "./guests.ts";
import type { TerminalRecord } from "./record.ts";
import type { Intake } from "./taken.ts";

/** The party whose agent runs this. */
export type Self = {
  readonly authority: string;
  /** Its root key and its agent's signing key, in hexadecimal. */
  readonly root: string;
  readonly key: string;
  /** Roots it recognises, with the authority each stands for. */
  readonly roots: ReadonlyMap<string, string>;
  /** By mesh, the same of the further ones in which it stands; absent where it stands in none. */
  readonly elsewhere?: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Taxonomies that it recognises; absent where it recognises none. */
  readonly recognised?: Pick<Recognised, "taxonomies" | "taxonomyGrace">;
};

export type RosterSeat = Seat & { readonly root: string };

export type Round = {
  readonly index: number;
  readonly seats: readonly RosterSeat[];
  readonly opensAt: number;
  readonly closesAt: number;
  /** The frame of the ceremony's times. */
  readonly frame: string;
  /** What the call says the ceremony is about. */
  readonly subject: CborValue;
  /** The coalition that the call says it is under; null where it is under none. */
  readonly under: Under | null;
  /** What it asks for. */
  readonly stage: Stage;
  /** Contributions, and the notices carried into the round. */
  readonly held: ReadonlyMap<Id, Gathered>;
  readonly closing: Closing;
  /** Seats whose holders run no agent, by their numbers, and what is taken in for them. */
  readonly batched: ReadonlySet<number>;
  readonly intake: Intake;
  /** What electors have brought for them. */
  readonly brought: BroughtBy;
  /** What fixes the verdict by itself, and since when this party has held it; null while it is open. A restart counts anew. */
  readonly fixed: { readonly ids: readonly Id[]; readonly at: number } | null;
  /** When the settle margin of an early close ends; null while the verdict is open. */
  readonly earlyAt: number | null;
  /** Latest status of each seat: what it reports to hold. */
  readonly reports: ReadonlyMap<number, Observation<StatusBody>>;
  /** When the status of each seat, or of each organisation without one, was last answered, so that asking often costs the asker. */
  readonly answered: ReadonlyMap<number | string, number>;
};

export type Ending = { readonly record: TerminalRecord; readonly digest: Id; readonly late: boolean };

export type CeremonyState = {
  readonly ceremony: Id;
  readonly self: Self;
  readonly call: Observation<Call> | null;
  readonly policy: PinnedPolicy | null;
  /** Why this party takes no part, where it does not. */
  readonly refusal: Fault | null;
  readonly rounds: readonly Round[];
  /** Statements that wait for the call or for their round. */
  readonly parked: ReadonlyMap<Id, VerifiedObservation>;
  /** Number and id of the party's own last statement. */
  readonly head: { readonly sequence: number; readonly prev: Id | null };
  readonly mute: boolean;
  /** The unknown extension that put the ceremony on hold. */
  readonly hold: string | null;
  /** Seats that said what this engine cannot read. */
  readonly unread: ReadonlySet<number>;
  readonly expired: boolean;
  readonly ending: Ending | null;
  /** What the others say they computed. */
  readonly outcomes: ReadonlyMap<number, Observation<OutcomeBody>>;
  /** What is said about the outcome. */
  readonly disputes: ReadonlyMap<Id, Observation<DisputeBody>>;
  readonly statusAt: number | null;
  /** Statuses sent since anything changed: the interval grows with it. */
  readonly quiet: number;
  /** What the party's own policy says of the operation as it began; null where it is under no coalition, or says nothing there. */
  readonly standpoint: Standpoint | null;
  /** What is known of the peers' clocks, and the correction of one's own. */
  readonly clock: PeerClocks;
};

export function emptyState(ceremony: Id, self: Self): CeremonyState {
  return {
    ceremony,
    self,
    call: null,
    policy: null,
    refusal: null,
    rounds: [],
    parked: new Map(),
    head: { sequence: -1, prev: null },
    mute: false,
    hold: null,
    unread: new Set(),
    expired: false,
    ending: null,
    outcomes: new Map(),
    disputes: new Map(),
    statusAt: null,
    quiet: 0,
    standpoint: null,
    clock: ALONE,
  };
}

export function currentRound(state: CeremonyState): Round | undefined {
  return state.rounds[state.rounds.length - 1];
}

/** The policy of a ceremony whose call is known and usable. */
export function policyOf({ policy }: CeremonyState): Policy {
  invariant(policy !== null, "a round has a policy");
  return policy.policy;
}

export function replaceRound(state: CeremonyState, round: Round): CeremonyState {
  return { ...state, rounds: state.rounds.map((other) => (other.index === round.index ? round : other)) };
}

/** The party signs nothing more in the ceremony. */
export function silence({ rounds }: CeremonyState): Pick<CeremonyState, "mute" | "rounds"> {
  return { mute: true, rounds: rounds.map((round) => ({ ...round, closing: { ...round.closing, mute: true } })) };
}

/** A seat by its number, which it keeps where others have left the roster. */
export function seatAt({ seats }: Pick<Round, "seats">, index: number | null): RosterSeat | undefined {
  return index === null ? undefined : rosterOf(seats).byIndex.get(index);
}

export function hasRoot({ seats }: Pick<Round, "seats">, root: string): boolean {
  return rosterOf(seats).roots.has(root);
}

type Roster = { readonly byIndex: ReadonlyMap<number, RosterSeat>; readonly roots: ReadonlySet<string> };
const rosters = new WeakMap<readonly RosterSeat[], Roster>();

/** Worked out once for a roster: every statement asks. */
function rosterOf(seats: readonly RosterSeat[]): Roster {
  const known = rosters.get(seats);
  if (known !== undefined) return known;
  const byIndex = new Map(seats.map((seat) => [seat.index, seat]));
  const roster = { byIndex, roots: new Set(seats.map(({ root }) => root)) };
  rosters.set(seats, roster);
  return roster;
}

/** The party's own seat in a round, of any role that `fits`. */
export function ownSeat(
  state: CeremonyState,
  round: Round,
  fits: (seat: RosterSeat) => boolean,
): RosterSeat | undefined {
  return round.seats.find((seat) => seat.root === state.self.root && fits(seat));
}

/** The other organisations of the roster that run agents, each once, in seat order. */
export function peersOf(state: CeremonyState, { seats, batched }: Round): readonly string[] {
  const others = seats.filter(({ root, index }) => root !== state.self.root && !batched.has(index));
  return [...new Set(others.map(({ authority }) => authority))];
}

/**
 * Whom a party tells what happens in a round: everyone who runs an agent and has a seat in it or in the call, so that whoever is left out still learns how it
 * ends, whoever has joined without a seat, and whom somebody lets in.
 */
export function audienceOf(state: CeremonyState, round: Round): readonly string[] {
  const named = [state.call?.body.seats ?? [], ...state.rounds.map(({ seats }) => seats)].flatMap((seats) =>
    withAgents(seats, state.policy?.policy),
  );
  const guests = state.rounds.flatMap((one) => {
    const unseated = [...one.held.values()].filter(({ slot }) => slot.seat === null);
    return unseated.length === 0 ? [] : guestsIn(one, contributionsOf(unseated));
  });
  const others = [...named, ...guests].filter(({ root }) => root !== state.self.root);
  const invited = invitations(state).filter((authority) => authority !== state.self.authority);
  return [...new Set([...peersOf(state, round), ...others.map(({ authority }) => authority), ...invited])];
}

const answering = new WeakMap<readonly NamedSeat[], readonly NamedSeat[]>();

/** Seats whose holders run an agent: a few of hundreds, asked for with each statement that leaves. */
function withAgents(seats: readonly NamedSeat[], policy: Policy | undefined): readonly NamedSeat[] {
  if (policy === undefined) return seats;
  const known = answering.get(seats) ?? seats.filter(({ role }) => policy.roles.get(role)?.agent !== false);
  answering.set(seats, known);
  return known;
}

/** Parties that some member lets in, by what is held and by what still waits for its round. */
export function invitations({ policy, rounds, parked }: CeremonyState): readonly string[] {
  if ((policy?.policy.membership ?? null) === null) return [];
  const held = rounds.flatMap((round) => [...round.held.values()]);
  return invitedIn(contributionsOf([...held, ...parked.values()]).map(({ body }) => body.content));
}

export type Phase = "waiting" | "refused" | "held" | "gathering" | "closing" | "final" | "abandoned" | "expired";

/** What a party shows (SPEC §7.4). `final` and `abandoned` are certified; `expired` claims nothing. */
export function phaseOf(state: CeremonyState): Phase {
  if (state.ending !== null) return state.ending.record.status === "decided" ? "final" : "abandoned";
  if (state.refusal !== null) return "refused";
  if (state.expired) return "expired";
  if (state.hold !== null) return "held";
  const round = currentRound(state);
  if (round === undefined) return "waiting";
  const witnessed = round.closing.own !== null && round.closing.witnesses.has(round.closing.own);
  return witnessed || round.closing.attempt >= 0 ? "closing" : "gathering";
}

/** Whether its course is over here: whatever is said after that stands beside it. */
export function hasEnded(state: CeremonyState): boolean {
  return ["refused", "final", "abandoned", "expired"].includes(phaseOf(state));
}
