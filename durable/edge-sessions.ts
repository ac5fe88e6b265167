// Who is logged in at the console. A browser holds a random number and the agent its digest, so that nothing on disk logs anybody in; what is
// struck out here is over at once, whoever kept a copy. Tokens of an identity provider need no session: of these only the ended are kept.

/** A session lasts a working day at most, and two hours when nobody is there. */
export const SESSION_MS = 12 * 3_600_000;
export const IDLE_MS = 2 * 3_600_000;
/** Sessions of one key at a time; the oldest gives way. */
export const SESSIONS_OF_ONE_MAX = 20;
/** Ended tokens that are remembered until they expire by themselves; those that would expire first give way. */
const ENDED_MAX = 10_000;
/** When somebody was last there is written down this often. */
const SEEN_EVERY_MS = 60_000;

/** By what somebody logged in: the key's name, and the digest of its text, so that a key that replaced it is another. */
export type Session = { readonly who: string; readonly key: string };

const TABLES = [
  "CREATE TABLE IF NOT EXISTS sessions (digest TEXT PRIMARY KEY, who TEXT NOT NULL, key TEXT NOT NULL, began INTEGER NOT NULL, seen INTEGER NOT NULL)",
  "CREATE INDEX IF NOT EXISTS sessions_by_key ON sessions (who, began)",
  "CREATE TABLE IF NOT EXISTS ended (token TEXT PRIMARY KEY, until INTEGER NOT NULL)",
  "CREATE INDEX IF NOT EXISTS ended_by_time ON ended (until)",
];

export class EdgeSessions {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const table of TABLES) sql.exec(table);
  }

  begin(digest: string, { who, key }: Session, nowMs: number): void {
    this.#sql.exec("DELETE FROM sessions WHERE began <= ? OR seen <= ?", nowMs - SESSION_MS, nowMs - IDLE_MS);
    const oldest = "SELECT digest FROM sessions WHERE who = ? ORDER BY began DESC LIMIT -1 OFFSET ?";
    this.#sql.exec(`DELETE FROM sessions WHERE digest IN (${oldest})`, who, SESSIONS_OF_ONE_MAX - 1);
    this.#sql.exec("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", digest, who, key, nowMs, nowMs);
  }

  find(digest: string, nowMs: number): Session | null {
    const [row] = this.#sql
      .exec<Session & { seen: number }>(
        "SELECT who, key, seen FROM sessions WHERE digest = ? AND began > ? AND seen > ?",
        ...[digest, nowMs - SESSION_MS, nowMs - IDLE_MS],
      )
      .toArray();
    if (row === undefined) return null;
    const { who, key, seen } = row;
    if (nowMs - seen >= SEEN_EVERY_MS) this.#sql.exec("UPDATE sessions SET seen = ? WHERE digest = ?", nowMs, digest);
    return { who, key };
  }

  end(digest: string): void {
    this.#sql.exec("DELETE FROM sessions WHERE digest = ?", digest);
  }

  /** Of one key, or all; answers how many. */
  endOf(who: string | null): number {
    return this.#sql.exec("DELETE FROM sessions WHERE ?1 IS NULL OR who = ?1 RETURNING 1", who).toArray().length;
  }

  /** `token` is its digest; it is remembered as long as it would be good. */
  endToken(token: string, untilMs: number, nowMs: number): void {
    this.#sql.exec("DELETE FROM ended WHERE until <= ?", nowMs);
    this.#sql.exec("INSERT OR IGNORE INTO ended VALUES (?, ?)", token, untilMs);
    const over = "SELECT token FROM ended ORDER BY until DESC LIMIT -1 OFFSET ?";
    this.#sql.exec(`DELETE FROM ended WHERE token IN (${over})`, ENDED_MAX);
  }

  isEnded(token: string): boolean {
    return this.#sql.exec("SELECT 1 FROM ended WHERE token = ?", token).toArray().length > 0;
  }
}
