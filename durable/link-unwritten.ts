// What need not be on disk before anything else happens: counts that people read, and that a row's frame has arrived. Each write by itself is a sync
// of the disk that all that leaves the object waits for, so these wait for the next write, or for a while. Lost with the object, a count is
// lower, and a frame is sent again, under the same message id.
import { count, leave, noteHeard } from "./link-schema.ts";

const WRITTEN_AFTER_MS = 250;
const ROWS_MAX = 256;

export class Unwritten {
  readonly #storage: DurableObjectStorage;
  readonly #counts = new Map<string, number>();
  readonly #heard = new Map<string, { readonly frames: number; readonly atMs: number }>();
  readonly #arrived = new Map<number, number>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #sinceMs = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  count(name: string, n: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + n);
    this.#later();
  }

  heard(account: string, frames: number, atMs: number): void {
    this.#heard.set(account, { frames: (this.#heard.get(account)?.frames ?? 0) + frames, atMs });
    this.#later();
  }

  /** The receipt for a row of the outbox has come. */
  arrived(row: number, body: number): void {
    this.#arrived.set(row, body);
    if (this.#arrived.size >= ROWS_MAX) this.write();
    else this.#later();
  }

  /** Rows that are still there although their frames have arrived. */
  get rows(): readonly number[] {
    return [...this.#arrived.keys()];
  }

  has(row: number): boolean {
    return this.#arrived.has(row);
  }

  write(): void {
    if (this.#timer === null) return;
    this.#storage.transactionSync(() => {
      const { sql } = this.#storage;
      for (const row of this.#arrived.keys()) sql.exec("DELETE FROM sending WHERE id = ?", row);
      for (const body of new Set(this.#arrived.values())) leave(sql, body);
      for (const [name, n] of this.#counts) count(sql, name, n);
      for (const [account, { frames, atMs }] of this.#heard) noteHeard(sql, account, frames, atMs);
    });
    clearTimeout(this.#timer);
    this.#timer = null;
    for (const written of [this.#arrived, this.#counts, this.#heard]) written.clear();
  }

  /** Throws where storage does: that is how an object learns that another instance has superseded it. */
  writeIfDue(): void {
    if (Date.now() - this.#sinceMs >= WRITTEN_AFTER_MS) this.write();
  }

  #later(): void {
    if (this.#timer !== null) return;
    this.#sinceMs = Date.now();
    this.#timer = setTimeout(() => {
      try {
        this.write();
      } catch {
        // Whoever works with it finds the same, and can end.
      }
    }, WRITTEN_AFTER_MS);
  }
}
