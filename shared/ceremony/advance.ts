// advance(policy, D_0 … D_k): the next round, or a terminal record (SPEC §7.2). Pure, and nothing else decides.
import { factsOf } from "../admission/facts.ts";
import { grantedUntil } from "../observation/kept.ts";
import type { Call, ContributionBody, Observation } from "../observation/observation.ts";
import type { Contribution } from "../outcome/contribution.ts";
import { type ClosedRound, type NextRound, type Progress, progress } from "../outcome/rounds.ts";
import type { Policy } from "../policy/policy.ts";
import { openRound } from "./call.ts";
import { inOrder } from "./gathered.ts";
import { guestsIn, seatNumber } from "./guests.ts";
import type { CeremonyState, RosterSeat, Round } from "./state.ts";
import { departuresIn, exclusionsOf, gatheredIn, standing, struckIn } from "./struck.ts";

/** What follows from rounds that are all decided; there is at least one. */
export function advance(policy: Policy, rounds: readonly Round[]): Progress {
  const [first] = rounds as readonly [Round, ...Round[]];
  return progress(
    policy,
    first.seats,
    rounds.map((round, index) => closedRound(policy, round, rounds.slice(0, index + 1))),
  );
}

/** `until` are the rounds up to this one: what they show together strikes some of its contributions. */
function closedRound(policy: Policy, round: Round, until: readonly Round[]): ClosedRound {
  const struck = struckIn(policy, until);
  const set = contributionsIn(round, inOrder(standing(gatheredIn(round), struck)));
  const departed = policy.membership === null ? [] : departures(round, until);
  return { seats: round.seats, window: round, ...set, struck: exclusionsOf(struck), departed };
}

/** Whom home recognises no more has left, where the policy says what that means: as if by its own word. */
function departures(round: Round, until: readonly Round[]): readonly Contribution[] {
  const gone = departuresIn(until);
  return round.seats.flatMap(({ index, role, authority }): readonly Contribution[] => {
    const id = gone.get(authority);
    const content = new Map([
      [
        "membership",
        new Map([
          ["act", "depart"],
          ["reason", "it withdrew its translators"],
        ]),
      ],
    ]);
    return id === undefined ? [] : [{ id, seat: index, role, item: null, content, at: [0, 0], until: round.closesAt }];
  });
}

/** Some contributions of a round as outcome functions see them, and the walk-ins among their authors. */
export function contributionsIn(
  round: Round,
  held: readonly Observation<ContributionBody>[],
): Required<Pick<ClosedRound, "guests" | "set">> {
  const guests = guestsIn(round, held);
  return { guests, set: held.map((observation) => new Said(observation, seatNumber(guests, observation))) };
}

/**
 * The round after the last one. It may begin at once where that one closed early, but it closes when the call's times say so: the same
 * instant for everyone, whenever each of them got there.
 */
export function openNext(state: CeremonyState, policy: Policy, call: Call, next: NextRound): Round {
  const last = state.rounds[state.rounds.length - 1] as Round;
  const { stage } = next;
  const seats = next.seats as readonly RosterSeat[];
  const closesAt = last.closesAt + call.closesAt - call.opensAt;
  const { frame, subject, under } = last;
  const round = { index: last.index + 1, seats, opensAt: call.opensAt, closesAt, frame, subject, under, stage };
  return openRound(state.ceremony, policy, round, state.self.root);
}

/** A contribution without its signature and chain; its validity ends with its credential's at the latest. Nothing is copied: there may be many. */
class Said implements Contribution {
  readonly #said: Observation<ContributionBody>;
  readonly seat: number;

  constructor(said: Observation<ContributionBody>, seat: number) {
    this.#said = said;
    this.seat = seat;
  }

  get id() {
    return this.#said.id;
  }
  get role() {
    return this.#said.body.role;
  }
  get item() {
    return this.#said.slot.item;
  }
  get content() {
    return this.#said.body.content;
  }
  get at() {
    return this.#said.at;
  }
  get until() {
    return Math.min(this.#said.at[1] + this.#said.timeToLive, grantedUntil(this.#said));
  }
  get timeFrame() {
    return this.#said.timeFrame;
  }
  /** Worked out where a policy asks for it. */
  get evidence() {
    return factsOf(this.#said);
  }
}
