// The link's tables, and the two bounded records that people read: what was refused, and what went wrong last.
import { equalBytes } from "../shared/bytes.ts";

/** Refusals kept for people; older ones only count. */
const REFUSED_ROWS_MAX = 256;
const MESSAGE_LENGTH_MAX = 200;

const TABLES = [
  // `msg_id` is random: a stream drops a repeated id whoever sent it, so an id that another party can foresee lets it
  // make our message vanish.
  `CREATE TABLE IF NOT EXISTS sending (
    id INTEGER PRIMARY KEY AUTOINCREMENT, peer TEXT NOT NULL, topic TEXT NOT NULL, key TEXT NOT NULL, body INTEGER NOT NULL,
    msg_id TEXT NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL, stored INTEGER NOT NULL, UNIQUE (peer, key))`,
  "CREATE INDEX IF NOT EXISTS sending_by_due ON sending (peer, due, id)",
  "CREATE INDEX IF NOT EXISTS sending_by_body ON sending (body)",
  // A frame once, however many lanes it waits in.
  "CREATE TABLE IF NOT EXISTS bodies (id INTEGER PRIMARY KEY AUTOINCREMENT, frame BLOB NOT NULL)",
  "CREATE TABLE IF NOT EXISTS heard (account TEXT PRIMARY KEY, frames INTEGER NOT NULL, at INTEGER NOT NULL)",
  `CREATE TABLE IF NOT EXISTS refused (
    id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL, subject TEXT NOT NULL, bytes INTEGER NOT NULL, at INTEGER NOT NULL)`,
  "CREATE TABLE IF NOT EXISTS counted (name TEXT PRIMARY KEY, n INTEGER NOT NULL)",
  "CREATE TABLE IF NOT EXISTS drain (one INTEGER PRIMARY KEY CHECK (one = 1), until INTEGER NOT NULL)",
  "CREATE TABLE IF NOT EXISTS trouble (one INTEGER PRIMARY KEY CHECK (one = 1), what TEXT NOT NULL, at INTEGER NOT NULL)",
];

export type Trouble = { readonly what: string; readonly atMs: number };
export type RefusedFrame = {
  readonly code: string;
  readonly subject: string;
  readonly bytes: number;
  readonly atMs: number;
};

/**
 * The outbox of earlier builds had a frame in every row. Such a build may have run again since rows were moved, and counted anew: numbers are given
 * again, and what it put last replaces what waited under the same key.
 */
function moveOutbox(sql: SqlStorage): void {
  const { last } = sql.exec<{ last: number }>("SELECT coalesce(max(id), 0) AS last FROM bodies").one();
  sql.exec("INSERT INTO bodies SELECT ?1 + id, frame FROM outbox", last);
  sql.exec(
    `INSERT OR REPLACE INTO sending (peer, topic, key, body, msg_id, attempts, due, stored)
     SELECT peer, topic, key, ?1 + id, msg_id, attempts, due, stored FROM outbox ORDER BY id`,
    last,
  );
  sql.exec("DELETE FROM bodies WHERE id NOT IN (SELECT body FROM sending)");
  sql.exec("DROP TABLE outbox");
}

export function createTables(sql: SqlStorage): void {
  for (const table of TABLES) sql.exec(table);
  const old = sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'outbox'").toArray();
  if (old.length > 0) moveOutbox(sql);
}

export function count(sql: SqlStorage, name: string, n: number): void {
  sql.exec("INSERT INTO counted VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET n = n + ?2", name, n);
}

export function counted(sql: SqlStorage): Record<string, number> {
  const rows = sql.exec<{ name: string; n: number }>("SELECT name, n FROM counted").toArray();
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

/** What is put at once often goes to several peers: it is stored once. */
export class Bodies {
  readonly #sql: SqlStorage;
  #last: { readonly frame: Uint8Array; readonly body: number } | null = null;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  of(frame: Uint8Array): number {
    if (this.#last !== null && (this.#last.frame === frame || equalBytes(this.#last.frame, frame)))
      return this.#last.body;
    const { id } = this.#sql.exec<{ id: number }>("INSERT INTO bodies (frame) VALUES (?) RETURNING id", frame).one();
    this.#last = { frame, body: id };
    return id;
  }
}

/** A frame goes with the last row that names it. */
export function leave(sql: SqlStorage, body: number): void {
  sql.exec("DELETE FROM bodies WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM sending WHERE body = ?1)", body);
}

export function noteHeard(sql: SqlStorage, account: string, frames: number, atMs: number): void {
  sql.exec(
    "INSERT INTO heard VALUES (?1, ?2, ?3) ON CONFLICT (account) DO UPDATE SET frames = frames + ?2, at = max(at, ?3)",
    ...[account, frames, atMs],
  );
}

export function lastHeard(sql: SqlStorage): Record<string, number> {
  const rows = sql.exec<{ account: string; at: number }>("SELECT account, at FROM heard").toArray();
  return Object.fromEntries(rows.map(({ account, at }) => [account, at]));
}

export function noteRefused(sql: SqlStorage, refused: RefusedFrame): void {
  const subject = refused.subject.slice(0, MESSAGE_LENGTH_MAX);
  sql.exec(
    "INSERT INTO refused (code, subject, bytes, at) VALUES (?, ?, ?, ?)",
    refused.code,
    subject,
    refused.bytes,
    refused.atMs,
  );
  sql.exec("DELETE FROM refused WHERE id <= (SELECT max(id) FROM refused) - ?", REFUSED_ROWS_MAX);
  count(sql, refused.code, 1);
}

export function listRefused(sql: SqlStorage): RefusedFrame[] {
  return sql.exec<RefusedFrame>("SELECT code, subject, bytes, at AS atMs FROM refused ORDER BY id DESC").toArray();
}

/** Until when the link takes nothing in, in milliseconds; zero where it does. */
export function drainUntil(sql: SqlStorage): number {
  return sql.exec<{ until: number }>("SELECT until FROM drain").toArray()[0]?.until ?? 0;
}

export function setDrain(sql: SqlStorage, untilMs: number): void {
  sql.exec("INSERT INTO drain VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET until = ?1", untilMs);
}

export function noteTrouble(sql: SqlStorage, doing: string, error: unknown, atMs: number): void {
  const why = error instanceof Error ? error.message : String(error);
  const what = `${doing}: ${why}`.slice(0, MESSAGE_LENGTH_MAX);
  sql.exec("INSERT INTO trouble VALUES (1, ?1, ?2) ON CONFLICT (one) DO UPDATE SET what = ?1, at = ?2", what, atMs);
}

export function lastTrouble(sql: SqlStorage): Trouble | null {
  return sql.exec<Trouble>("SELECT what, at AS atMs FROM trouble").toArray()[0] ?? null;
}
