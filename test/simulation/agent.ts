// One host of the real core: it keeps what a turn appends, and only then lets anything leave. A crash loses everything but that.
import type { Effect } from "../../shared/ceremony/effect.ts";
import { memoOf, restore } from "../../shared/ceremony/restore.ts";
import type { CeremonyState, Ending, Self } from "../../shared/ceremony/state.ts";
import { emptyState } from "../../shared/ceremony/state.ts";
import { type Input, step } from "../../shared/ceremony/step.ts";
import type { Author } from "../../shared/observation/author.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import { START, seatNamed } from "./parties.ts";

/** How a turn ends: well; lost before it was stored; stored, with only the first few messages sent before the crash. */
export type Fate =
  | { readonly ends: "well" }
  | { readonly ends: "lost" }
  | { readonly ends: "stored"; readonly sent: number };

export type Sent = { readonly from: number; readonly to: number; readonly observation: VerifiedObservation };

/** A clock that is off by a constant and drifts; `at` is true time, what it shows is the party's estimate. */
export type Clock = { readonly offset: number; readonly drift: number };

export type Backup = { readonly state: CeremonyState; readonly stored: number };

export type TurnResult = {
  readonly effects: readonly Effect[];
  readonly sent: readonly Sent[];
  readonly stored: boolean;
  /** Statements that its log did not hold before. */
  readonly appended: readonly VerifiedObservation[];
};

export class Agent {
  readonly seat: number;
  readonly self: Self;
  readonly author: Author;
  readonly clock: Clock;
  readonly ceremony: string;
  state: CeremonyState;
  /** The durable log: what `append` effects stored, in order. */
  stored: VerifiedObservation[] = [];
  #rows = new Set<string>();
  up = true;
  /** Local instant of the next wake; null where only a message can change anything. */
  wakeAt: number | null = null;
  /** The wake that is already in the heap. */
  scheduled: number | null = null;
  readonly endings: Ending[] = [];

  constructor(ceremony: string, seat: number, self: Self, author: Author, clock: Clock) {
    this.ceremony = ceremony;
    this.seat = seat;
    this.self = self;
    this.author = author;
    this.clock = clock;
    this.state = emptyState(ceremony, self);
  }

  /** What its clock shows at a true instant. */
  local(at: number): number {
    return at + this.clock.offset + Math.floor(((at - START) * this.clock.drift) / 1_000_000);
  }

  /** The first true instant at which its clock shows `local`. */
  trueTime(local: number): number {
    const elapsed = (local - START - this.clock.offset) / (1 + this.clock.drift / 1_000_000);
    return START + Math.ceil(elapsed) + 1;
  }

  turn(input: Input, fate: Fate): TurnResult {
    const { state, effects } = step(this.state, input, this.author);
    const leaving = this.outgoing(effects);
    const sends = fate.ends === "well" ? leaving : fate.ends === "lost" ? [] : leaving.slice(0, fate.sent);
    if (fate.ends === "lost") return { effects: [], sent: sends, stored: false, appended: [] };
    this.state = state;
    const appended: VerifiedObservation[] = [];
    for (const effect of effects) {
      // Each statement has one row, however often it is appended.
      if (effect.do === "append" && !this.#rows.has(effect.observation.id)) {
        this.#rows.add(effect.observation.id);
        this.stored.push(effect.observation);
        appended.push(effect.observation);
      }
      if (effect.do === "wake") this.wakeAt = effect.at;
      if (effect.do === "conclude") this.endings.push(effect.ending);
    }
    return { effects, sent: sends, stored: true, appended };
  }

  /** Whether an input holds a numbered statement under its own key that its log lacks. */
  meetsItsPast(input: Input): boolean {
    if (input.on !== "observations") return false;
    return input.observations.some(
      ({ key, id, ceremony, round, body }) =>
        key === this.self.key &&
        ceremony === this.ceremony &&
        round === 0 &&
        body.kind !== "status" &&
        !this.#rows.has(id),
    );
  }

  outgoing(effects: readonly Effect[]): readonly Sent[] {
    const sent: Sent[] = [];
    for (const effect of effects) {
      if (effect.do !== "publish") continue;
      for (const to of effect.to) sent.push({ from: this.seat, to: seatNamed(to), observation: effect.observation });
    }
    return sent;
  }

  /** Comes back with what is durable: the log, and the memo of the last turn that was stored. */
  restart(): void {
    this.state = restore(this.ceremony, this.self, this.stored, memoOf(this.state));
    this.up = true;
  }

  backup(): Backup {
    return { state: this.state, stored: this.stored.length };
  }

  /** Comes back as it was at some earlier turn. An operator who knows that says so, and the party signs nothing more. */
  restartFrom(backup: Backup, known: boolean): void {
    this.stored = this.stored.slice(0, backup.stored);
    this.#rows = new Set(this.stored.map(({ id }) => id));
    const memo = memoOf(backup.state);
    this.state = restore(this.ceremony, this.self, this.stored, known ? { ...memo, mute: true } : memo);
    this.up = true;
  }
}
