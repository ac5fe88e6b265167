// What follows a commit, one run at a time. What is committed during a run is seen by it, or by another right after it: nothing that could go out
// at once waits for the alarm.
import { type CeremonyState, phaseOf } from "../shared/ceremony/state.ts";
import { viewOf } from "../shared/ceremony/view.ts";
import { type CeremonyLedger, outgoing } from "./ceremony-ledger.ts";
import type { Telling } from "./ceremony-telling.ts";
import { type AgentEnv, LINK_NAME } from "./env.ts";

const DRAIN_ROWS = 64;

/** Hands the outbox to the link, and tells the outside; what fails is tried again by the alarm. `state` is asked when it is told. */
export async function handOn(
  env: AgentEnv,
  ledger: CeremonyLedger,
  telling: Telling,
  topic: string,
  state: () => CeremonyState,
): Promise<void> {
  const link = env.LINK.getByName(LINK_NAME);
  for (let rows = ledger.outbox(DRAIN_ROWS); rows.length > 0; rows = ledger.outbox(DRAIN_ROWS)) {
    await link.send(rows.map((row) => outgoing(row, topic, state().ceremony)));
    ledger.sent(rows);
  }
  const { call, rounds, outcomes } = state();
  const news = `${phaseOf(state())}/${rounds.length}/${outcomes.size}`;
  if (call !== null) await telling.tell(news, () => viewOf(state()));
}

export class HandingOn {
  readonly #work: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #running: Promise<void> | null = null;
  #isLeft = false;

  constructor(work: () => Promise<void>, failed: (error: unknown) => void) {
    this.#work = work;
    this.#failed = failed;
  }

  /** Resolves once nothing is left, or a run has failed: then it is for the alarm. */
  start(): Promise<void> {
    this.#isLeft = this.#running !== null;
    this.#running ??= this.#run();
    return this.#running;
  }

  /** What runs now. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      do {
        this.#isLeft = false;
        await this.#work();
      } while (this.#isLeft);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#running = null;
    }
  }
}
