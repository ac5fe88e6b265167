// The alarm of an object that moves it often: to move it is a sync of the disk, so one that is set for earlier, and still to come, is left, and
// sets the next as it fires.

/** One that is due is on its way for this long: to move it then would be to take it back. One that is later still is lost. */
const LATE_MS = 2_000;

export class Alarm {
  readonly #storage: Pick<DurableObjectStorage, "setAlarm" | "getAlarm">;
  /** For when it was set; null where that is not known. */
  #atMs: number | null = null;

  constructor(storage: Pick<DurableObjectStorage, "setAlarm" | "getAlarm">) {
    this.#storage = storage;
  }

  /** It fires at this time or before. */
  set(atMs: number): void {
    const now = Date.now();
    if (this.#atMs !== null && this.#atMs > now - LATE_MS && this.#atMs <= Math.max(atMs, now)) return;
    this.#atMs = atMs;
    void this.#storage.setAlarm(atMs);
  }

  async isSet(): Promise<boolean> {
    const found = await this.#storage.getAlarm();
    if (found === null) this.forget();
    return found !== null;
  }

  /** It has fired. */
  forget(): void {
    this.#atMs = null;
  }
}
