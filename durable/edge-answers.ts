// First answers to requests that carry an idempotency key, kept for a day: whoever asks again is told the same, and nothing is done twice.

const KEPT_MS = 86_400_000;
/** Longer than any request takes: whoever held the claim is gone. */
const PENDING_MS = 60_000;
/** A row of the platform's SQLite holds 2 MB; no answer of ours comes near. */
const BODY_MAX = 1_500_000;

export type Kept = {
  readonly status: number;
  readonly type: string;
  readonly location: string | null;
  readonly body: Uint8Array;
};
/** `atMs` is when the first request came: what follows from the clock follows from it, so that a repeated attempt does the same again. */
export type Claim =
  | { readonly state: "new"; readonly atMs: number }
  | { readonly state: "answered"; readonly atMs: number; readonly answer: Kept }
  | { readonly state: "pending" }
  | { readonly state: "conflict" };

type Row = {
  readonly digest: string;
  readonly first: number;
  readonly tried: number;
  readonly status: number | null;
  readonly type: string | null;
  readonly location: string | null;
  readonly body: ArrayBuffer | null;
};

export class EdgeAnswers {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS answers (who TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, first INTEGER NOT NULL,
      tried INTEGER NOT NULL, status INTEGER, type TEXT, location TEXT, body BLOB, PRIMARY KEY (who, key))`);
    sql.exec("CREATE INDEX IF NOT EXISTS answers_by_age ON answers (first)");
  }

  /** The caller wraps it in a transaction. `digest` is of all that the request asks. */
  claim(who: string, key: string, digest: string, nowMs: number): Claim {
    this.#sql.exec("DELETE FROM answers WHERE first < ?", nowMs - KEPT_MS);
    const row = this.#sql.exec<Row>("SELECT * FROM answers WHERE who = ? AND key = ?", who, key).toArray()[0];
    if (row === undefined) {
      const values = [who, key, digest, nowMs, nowMs];
      this.#sql.exec("INSERT INTO answers (who, key, digest, first, tried) VALUES (?, ?, ?, ?, ?)", ...values);
      return { state: "new", atMs: nowMs };
    }
    const { digest: asked, first, tried, status, type, location, body } = row;
    if (asked !== digest) return { state: "conflict" };
    if (status !== null)
      return {
        state: "answered",
        atMs: first,
        answer: { status, type: type ?? "", location, body: new Uint8Array(body ?? new ArrayBuffer(0)) },
      };
    if (nowMs - tried < PENDING_MS) return { state: "pending" };
    this.#sql.exec("UPDATE answers SET tried = ? WHERE who = ? AND key = ?", nowMs, who, key);
    return { state: "new", atMs: first };
  }

  /** Null where the attempt failed for reasons of ours: the next one is made. */
  settle(who: string, key: string, answer: Kept | null): void {
    if (answer === null || answer.body.length > BODY_MAX)
      this.#sql.exec("UPDATE answers SET tried = 0 WHERE who = ? AND key = ? AND status IS NULL", who, key);
    else
      this.#sql.exec(
        "UPDATE answers SET status = ?, type = ?, location = ?, body = ? WHERE who = ? AND key = ? AND status IS NULL",
        answer.status,
        answer.type,
        answer.location,
        answer.body,
        who,
        key,
      );
  }
}
