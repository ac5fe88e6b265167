// First answers to requests that carry an idempotency key, kept for a day: whoever asks again is told the same, and nothing is done twice.

const KEPT_MS = 86_400_000;
/** Longer than any request takes: whoever held the claim is gone. */
const PENDING_MS = 60_000;
/** A row of the platform's SQLite holds 2 MB; no answer of ours comes near. */
const BODY_MAX = 1_500_000;
/** Keys of one caller, and of all together, that are kept at a time; and the bytes of all answers, a tenth of what an object may hold. */
export const ANSWERS_MAX = { ofOne: 5_000, ofAll: 50_000, bytes: 1_000_000_000 } as const;
type Limits = { readonly [N in keyof typeof ANSWERS_MAX]: number };

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
  | { readonly state: "conflict" }
  | {
      readonly state: "full";
      readonly thing: string;
      readonly found: number;
      readonly limit: number;
      readonly freeAtMs: number;
    };

type Row = {
  readonly digest: string;
  readonly first: number;
  readonly tried: number;
  readonly status: number | null;
  readonly type: string | null;
  readonly location: string | null;
  readonly body: ArrayBuffer | null;
};

type Counted = { readonly who: string; readonly n: number; readonly bytes: number };

export class EdgeAnswers {
  readonly #sql: SqlStorage;
  readonly #max: Limits;
  /** What is kept of each caller, and the bytes of it all: counted once, and then along with each change. */
  readonly #kept = new Map<string, number>();
  #rows = 0;
  #bytes = 0;

  constructor(sql: SqlStorage, max: Limits = ANSWERS_MAX) {
    this.#sql = sql;
    this.#max = max;
    sql.exec(`CREATE TABLE IF NOT EXISTS answers (who TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, first INTEGER NOT NULL,
      tried INTEGER NOT NULL, status INTEGER, type TEXT, location TEXT, body BLOB, PRIMARY KEY (who, key))`);
    sql.exec("CREATE INDEX IF NOT EXISTS answers_by_age ON answers (first)");
    const counted = "SELECT who, count(*) AS n, coalesce(sum(length(body)), 0) AS bytes FROM answers GROUP BY who";
    for (const { who, n, bytes } of sql.exec<Counted>(counted).toArray()) this.#count(who, n, bytes);
  }

  /** The caller wraps it in a transaction. `digest` is of all that the request asks. */
  claim(who: string, key: string, digest: string, nowMs: number): Claim {
    const gone = "DELETE FROM answers WHERE first < ? RETURNING who, 1 AS n, coalesce(length(body), 0) AS bytes";
    for (const row of this.#sql.exec<Counted>(gone, nowMs - KEPT_MS).toArray())
      this.#count(row.who, -row.n, -row.bytes);
    const row = this.#sql.exec<Row>("SELECT * FROM answers WHERE who = ? AND key = ?", who, key).toArray()[0];
    if (row === undefined) {
      const full = this.#full(who);
      if (full !== null) return full;
      const values = [who, key, digest, nowMs, nowMs];
      this.#sql.exec("INSERT INTO answers (who, key, digest, first, tried) VALUES (?, ?, ?, ?, ?)", ...values);
      this.#count(who, 1, 0);
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

  /** Whoever floods with keys fills a share of their own first. A request is refused, and no kept answer forgotten: it would be done twice. */
  #full(who: string): Claim | null {
    const { ofOne, ofAll, bytes } = this.#max;
    const over = [
      { thing: "keys of this caller", found: this.#kept.get(who) ?? 0, limit: ofOne },
      { thing: "keys", found: this.#rows, limit: ofAll },
      { thing: "bytes of answers", found: this.#bytes, limit: bytes },
    ].find(({ found, limit }) => found >= limit);
    if (over === undefined) return null;
    const oldest = "SELECT coalesce(min(first), 0) AS first FROM answers WHERE ? IN (who, '')";
    const whose = over.limit === ofOne ? who : "";
    return { state: "full", ...over, freeAtMs: this.#sql.exec<{ first: number }>(oldest, whose).one().first + KEPT_MS };
  }

  #count(who: string, n: number, bytes: number): void {
    const kept = (this.#kept.get(who) ?? 0) + n;
    if (kept === 0) this.#kept.delete(who);
    else this.#kept.set(who, kept);
    this.#rows += n;
    this.#bytes += bytes;
  }

  /** Null where the attempt failed for reasons of ours: the next one is made. */
  settle(who: string, key: string, answer: Kept | null): void {
    if (answer === null || answer.body.length > BODY_MAX) {
      this.#sql.exec("UPDATE answers SET tried = 0 WHERE who = ? AND key = ? AND status IS NULL", who, key);
      return;
    }
    const { status, type, location, body } = answer;
    const set = "UPDATE answers SET status = ?, type = ?, location = ?, body = ?";
    const values = [status, type, location, body, who, key];
    const kept = this.#sql.exec(`${set} WHERE who = ? AND key = ? AND status IS NULL RETURNING 1`, ...values);
    this.#count(who, 0, kept.toArray().length * body.length);
  }
}
