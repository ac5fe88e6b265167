// What follows a commit, one run at a time. What is committed during a run is seen by it, or by another right after it: nothing that could go out
// at once waits for the alarm.

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
