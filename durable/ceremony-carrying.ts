// Revocations and withdrawals that a ceremony was told of, and carries in once there is something that they bear on (SPEC §7.10).
import { reopenRevocation } from "../shared/authority/statement.ts";
import { isForBatch } from "../shared/ceremony/absorb.ts";
import type { Carried } from "../shared/ceremony/gathered.ts";
import { endingRound, leftToOthers, stillToCarry } from "../shared/ceremony/notice.ts";
import type { CeremonyState } from "../shared/ceremony/state.ts";
import type { Member } from "../shared/observation/batch.ts";
import { wholeOf } from "../shared/observation/kept.ts";
import { isKind, type Observation, type VerifiedObservation } from "../shared/observation/observation.ts";
import type { DirectoryRpc } from "./directory-object.ts";
import { log } from "./log.ts";

export class Carrying {
  readonly #state: () => CeremonyState;
  readonly #turn: (carried: Carried) => unknown;
  /** Mesh time, in microseconds. */
  readonly #now: () => number;
  /** Told to this instance: some come before what they bear on. */
  readonly #known = new Map<string, Carried>();
  /** What is left to others until a time, in milliseconds. */
  readonly #left = new Map<string, { readonly carried: Carried; readonly untilMs: number }>();
  /** The round at whose end all that the agent knows was asked for. */
  #asked: number | null = null;

  constructor(state: () => CeremonyState, turn: (carried: Carried) => unknown, now: () => number) {
    this.#state = state;
    this.#turn = turn;
    this.#now = now;
  }

  /** What was told outside of the ceremony, maybe to all of its parties: the seats carry it in by turns. */
  leave(news: readonly Carried[]): void {
    const untilMs = Date.now() + leftToOthers(this.#state()) / 1_000;
    for (const carried of news) if (!this.#left.has(carried.id)) this.#left.set(carried.id, { carried, untilMs });
  }

  /**
   * As gathering ends, asks once for all that the agent knows: this instance may be younger than what was told, or have missed it. Whatever the next
   * turn is about, it may be the last before the witness, so that nothing is left to others any more.
   */
  async recall(directory: Pick<DirectoryRpc, "revocations">): Promise<void> {
    const round = endingRound(this.#state(), this.#now())?.index ?? null;
    if (round === null) return;
    try {
      if (round !== this.#asked) this.leave((await directory.revocations(0)).frames.map(reopenRevocation));
      this.#asked = round;
      this.carry([]);
    } catch (error) {
      log("error", "recall-failed", { ceremony: this.#state().ceremony, reason: String(error) });
    }
  }

  /** When the first of them is this party's turn. */
  dueMs(): number | null {
    return this.#left.size === 0 ? null : Math.min(...[...this.#left.values()].map(({ untilMs }) => untilMs));
  }

  /** `coming` are statements about to be taken in: the turn that does so may be the last before the witness, and what strikes them must be in it. */
  carry(news: readonly Carried[], coming: readonly Observation[] = []): void {
    const isLast = endingRound(this.#state(), this.#now()) !== null;
    const due = [...this.#left.values()].filter(({ untilMs }) => isLast || untilMs <= Date.now());
    for (const { carried } of due) this.#left.delete(carried.id);
    for (const carried of [...due.map((each) => each.carried), ...news]) this.#known.set(carried.id, carried);
    if (this.#known.size === 0) return;
    const bids = coming.flatMap(bidsIn).filter((bid) => isForBatch(this.#state(), bid));
    for (const carried of stillToCarry(this.#state(), [...this.#known.values()], bids)) this.#turn(carried);
  }
}

function bidsIn(said: Observation): readonly VerifiedObservation[] {
  return (isKind(said, "batch") ? said.body.members : [said]).map((each) => wholeOf(each as Member));
}
