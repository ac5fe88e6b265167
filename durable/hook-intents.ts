// What a delivery is about to open, written down before it is opened. Should the agent die between the two, or between the opening and its
// record, whoever tries again opens this very call, whatever has become of the source, its policy or its secrets meanwhile.
import type { Callback } from "./hook-answers.ts";

export type Intent = {
  readonly ceremony: string;
  /** The signed call that opens it; null where it is open already. */
  readonly frame: Uint8Array | null;
  readonly label: string | null;
  readonly callback: Callback | null;
};

/** By then a call has long expired. */
const INTENT_AGE_MAX_MS = 30 * 86_400_000;

const TABLE =
  "CREATE TABLE IF NOT EXISTS intents (source TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, ceremony TEXT NOT NULL, frame BLOB NOT NULL, label TEXT, callback TEXT, PRIMARY KEY (source, key))";
type Row = {
  readonly ceremony: string;
  readonly frame: ArrayBuffer;
  readonly label: string | null;
  readonly callback: string | null;
};

export class HookIntents {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(TABLE);
  }

  of(source: string, key: string): Intent | null {
    const row = this.#sql
      .exec<Row>("SELECT ceremony, frame, label, callback FROM intents WHERE source = ? AND key = ?", source, key)
      .toArray()[0];
    if (row === undefined) return null;
    const callback = row.callback === null ? null : (JSON.parse(row.callback) as Callback);
    return { ceremony: row.ceremony, frame: new Uint8Array(row.frame), label: row.label, callback };
  }

  /** The first stays: of two attempts at once both open what it says. */
  keep(source: string, key: string, { ceremony, frame, label, callback }: Intent, nowMs: number): void {
    if (frame === null) return;
    this.#sql.exec("DELETE FROM intents WHERE at < ?", nowMs - INTENT_AGE_MAX_MS);
    this.#sql.exec(
      "INSERT OR IGNORE INTO intents VALUES (?, ?, ?, ?, ?, ?, ?)",
      ...[source, key, nowMs, ceremony, frame, label, callback === null ? null : JSON.stringify(callback)],
    );
  }

  /** Done with: it is on record as opened, or it was refused and so never will be. */
  drop(source: string, key: string): void {
    this.#sql.exec("DELETE FROM intents WHERE source = ? AND key = ?", source, key);
  }
}
