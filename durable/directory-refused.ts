// Frames that the door refused, kept whole so that they can be explained. What nobody answers for, since its signature or its credential is not good,
// costs its sender nothing: of that fewer are kept, apart, where it pushes out and hides nothing of anybody else's.
import { type StepName, stepOf } from "../shared/observation/door-steps.ts";
import type { RefusalCode } from "../shared/refusals.ts";

/** An observation that the door refused, kept so that it can be explained; `detail` is JSON. */
export type RefusedAtDoor = {
  readonly id: string;
  readonly code: string;
  readonly detail: string;
  readonly frame: Uint8Array;
};

/** Frames of either kind: at most 20 and 5 MB, and the oldest give way. */
const REFUSED_FRAMES_MAX = 200;
const UNPROVED_FRAMES_MAX = 50;
/** Steps of the door before anybody whom this party recognises is known to have said it. */
const UNPROVED: readonly (StepName | null)[] = ["size", "form", "structure", "key", "signature", "credential"];

const COLUMNS =
  "(n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, code TEXT NOT NULL, detail TEXT NOT NULL, frame BLOB NOT NULL)";
const TABLES = [["refused_frames", REFUSED_FRAMES_MAX] as const, ["unproved_frames", UNPROVED_FRAMES_MAX] as const];

export class RefusedFrames {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const [table] of TABLES) sql.exec(`CREATE TABLE IF NOT EXISTS ${table} ${COLUMNS}`);
  }

  keep(rows: readonly RefusedAtDoor[]): void {
    for (const { id, code, detail, frame } of rows) {
      const table = isUnproved(code) ? "unproved_frames" : "refused_frames";
      const row = `INSERT OR REPLACE INTO ${table} (id, code, detail, frame) VALUES (?, ?, ?, ?)`;
      this.#sql.exec(row, id, code, detail, frame);
    }
    for (const [table, most] of TABLES)
      this.#sql.exec(`DELETE FROM ${table} WHERE n <= (SELECT max(n) FROM ${table}) - ?`, most);
  }

  /** Those whose id begins with `id`; at most a few. An id does not cover the signature: what somebody answers for comes first. */
  find(id: string): readonly RefusedAtDoor[] {
    const found = TABLES.flatMap(([table]) =>
      this.#sql
        .exec<{ id: string; code: string; detail: string; frame: ArrayBuffer }>(
          `SELECT id, code, detail, frame FROM ${table} WHERE substr(id, 1, length(?1)) = ?1 LIMIT 4`,
          id,
        )
        .toArray(),
    );
    const byId = new Map([...found].reverse().map((row) => [row.id, row]));
    return [...byId.values()].map((row) => ({ ...row, frame: new Uint8Array(row.frame) }));
  }
}

export function isUnproved(code: string): boolean {
  return UNPROVED.includes(stepOf(code as RefusalCode));
}
