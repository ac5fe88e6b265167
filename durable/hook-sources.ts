// Sources that were added while the agent runs: their signed documents, every version of them, of which the latest is in force; and which
// sources are paused, those of the deployment among them.
import { toHex } from "../shared/bytes.ts";
import { fault, ok, type Result } from "../shared/result.ts";
import { parseSource, type SourceStatement } from "../shared/source/statement.ts";

/** As many senders as one agent hears. */
const SOURCES_MAX = 64;

const TABLES = [
  "CREATE TABLE IF NOT EXISTS sources (statement TEXT PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL, frame BLOB NOT NULL)",
  "CREATE INDEX IF NOT EXISTS sources_by_id ON sources (id, at)",
  "CREATE TABLE IF NOT EXISTS sources_removed (id TEXT PRIMARY KEY, at INTEGER NOT NULL)",
  "CREATE TABLE IF NOT EXISTS paused (id TEXT PRIMARY KEY, at INTEGER NOT NULL)",
];

export class HookSources {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const table of TABLES) sql.exec(table);
  }

  /** Those in force, by id. */
  list(): readonly Uint8Array[] {
    return this.#sql
      .exec<{ frame: ArrayBuffer }>(
        "SELECT frame FROM sources AS s WHERE at = (SELECT max(at) FROM sources WHERE id = s.id) ORDER BY id",
      )
      .toArray()
      .map(({ frame }) => new Uint8Array(frame));
  }

  frame(id: string): Uint8Array | null {
    const row = this.#sql
      .exec<{ frame: ArrayBuffer }>("SELECT frame FROM sources WHERE id = ? ORDER BY at DESC LIMIT 1", id)
      .toArray()[0];
    return row === undefined ? null : new Uint8Array(row.frame);
  }

  /** Puts a verified document in force; an older one than is in force would bring back what was taken out. */
  add(source: SourceStatement): Result<{ readonly isNew: boolean }> {
    const { id: statement, at, frame, document } = source;
    const before = this.frame(document.id);
    if (before === null && this.list().length >= SOURCES_MAX)
      return fault("HOOKS_FULL", { thing: "sources", limit: SOURCES_MAX });
    if (before !== null && toHex(before) === toHex(frame)) return ok({ isNew: false });
    const last = this.#lastOf(document.id, before);
    if (last !== null && last >= at) return fault("SOURCE_OLDER", { source: document.id, at: last });
    this.#sql.exec("INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?)", statement, document.id, at, frame);
    return ok({ isNew: before === null });
  }

  /** When the latest document was dated that is, or ever was, in force here; null where there was none. */
  #lastOf(id: string, inForce: Uint8Array | null): number | null {
    const source = inForce === null ? null : parseSource(inForce);
    if (source?.ok) return source.value.at;
    return this.#sql.exec<{ at: number }>("SELECT at FROM sources_removed WHERE id = ?", id).toArray()[0]?.at ?? null;
  }

  /** False where no such source was added here. What was taken out comes back by a later document only: the old ones lie with others. */
  remove(id: string): boolean {
    this.resume(id);
    const removed = this.#sql.exec<{ at: number }>("DELETE FROM sources WHERE id = ? RETURNING at", id).toArray();
    if (removed.length === 0) return false;
    const at = Math.max(...removed.map((row) => row.at));
    this.#sql.exec("INSERT OR REPLACE INTO sources_removed VALUES (?, ?)", id, at);
    return true;
  }

  /** Answers since when it is paused: pausing twice changes nothing. */
  pause(id: string, nowMs: number): number {
    this.#sql.exec("INSERT OR IGNORE INTO paused VALUES (?, ?)", id, nowMs);
    return this.pausedAtMs(id) ?? nowMs;
  }

  resume(id: string): void {
    this.#sql.exec("DELETE FROM paused WHERE id = ?", id);
  }

  /** Null where it is not paused. */
  pausedAtMs(id: string): number | null {
    return this.#sql.exec<{ at: number }>("SELECT at FROM paused WHERE id = ?", id).toArray()[0]?.at ?? null;
  }
}
