// The alarm of an object that moves it often: to move it is a sync of the disk, so one that is set for earlier, and still to come, is left, and
// sets the next as it fires.

type Storage = Pick<DurableObjectStorage, "setAlarm" | "getAlarm">;

/** What is due and later still is lost. */
export const LATE_MS = 2_000;

export class Alarm {
  readonly #storage: Storage;
  readonly #lateMs: number;
  /** For when it was set; null where that is not known. */
  #atMs: number | null = null;

  /** One that is due is taken to be on its way for so long, and is left too: to move it then would be to take it back. */
  constructor(storage: Storage, lateMs = 0) {
    this.#storage = storage;
    this.#lateMs = lateMs;
  }

  /** What an instance before this one has set; within an object's constructor, while nothing can fire. */
  async begin(): Promise<void> {
    this.#atMs = await this.#storage.getAlarm();
  }

  /** It fires at this time or before. */
  set(atMs: number): void {
    const now = Date.now();
    if (this.#atMs !== null && this.#atMs > now - this.#lateMs && this.#atMs <= Math.max(atMs, now)) return;
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
