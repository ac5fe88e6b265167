// Sources that were added while the agent runs: their signed documents, every version of them, of which the latest is in force.
import { toHex } from "../shared/bytes.ts";
import { fault, ok, type Result } from "../shared/result.ts";
import { parseSource, type SourceStatement } from "../shared/source/statement.ts";

/** As many senders as one agent hears. */
export const SOURCES_MAX = 64;

const TABLES = [
  "CREATE TABLE IF NOT EXISTS sources (statement TEXT PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL, frame BLOB NOT NULL)",
  "CREATE INDEX IF NOT EXISTS sources_by_id ON sources (id, at)",
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
    const last = before === null ? null : parseSource(before);
    if (before !== null && toHex(before) === toHex(frame)) return ok({ isNew: false });
    if (last?.ok && last.value.at >= at) return fault("SOURCE_OLDER", { source: document.id, at: last.value.at });
    this.#sql.exec("INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?)", statement, document.id, at, frame);
    return ok({ isNew: before === null });
  }

  /** False where no such source was added here. */
  remove(id: string): boolean {
    return this.#sql.exec("DELETE FROM sources WHERE id = ? RETURNING id", id).toArray().length > 0;
  }
}
