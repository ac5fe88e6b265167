// Revocations and withdrawals that a ceremony was told of, and carries in once there is something that they bear on (SPEC §7.10).
import { isForBatch } from "../shared/ceremony/absorb.ts";
import type { Carried } from "../shared/ceremony/gathered.ts";
import { stillToCarry } from "../shared/ceremony/notice.ts";
import type { CeremonyState } from "../shared/ceremony/state.ts";
import type { Member } from "../shared/observation/batch.ts";
import { wholeOf } from "../shared/observation/kept.ts";
import { isKind, type Observation, type VerifiedObservation } from "../shared/observation/observation.ts";

export class Carrying {
  readonly #state: () => CeremonyState;
  readonly #turn: (carried: Carried) => unknown;
  /** Told to this instance: some come before what they bear on. */
  readonly #known = new Map<string, Carried>();

  constructor(state: () => CeremonyState, turn: (carried: Carried) => unknown) {
    this.#state = state;
    this.#turn = turn;
  }

  /** `coming` are statements about to be taken in: the turn that does so may be the last before the witness, and what strikes them must be in it. */
  carry(news: readonly Carried[], coming: readonly Observation[] = []): void {
    for (const carried of news) this.#known.set(carried.id, carried);
    if (this.#known.size === 0) return;
    const bids = coming.flatMap(bidsIn).filter((bid) => isForBatch(this.#state(), bid));
    for (const carried of stillToCarry(this.#state(), [...this.#known.values()], bids)) this.#turn(carried);
  }
}

function bidsIn(said: Observation): readonly VerifiedObservation[] {
  return (isKind(said, "batch") ? said.body.members : [said]).map((each) => wholeOf(each as Member));
}
