// What the agent has to tell, and how that went: events, a delivery for each endpoint, an attempt for each try. Rows before anything is
// sent: a crash costs at most one repeated attempt, and receivers know repetitions by the event's id.
import type { CeremonyEvent } from "../shared/webhooks/event.ts";
import { numberOf } from "./hook-requests.ts";

export type Road = "webhook" | "github";
export type DeliveryStatus = "pending" | "delivered" | "dead";

/** A delivery that is due. */
export type Due = {
  readonly n: number;
  readonly road: Road;
  /** Of an endpoint, or of the source that is answered. */
  readonly owner: string;
  /** Where to, for an answer to a source; null for an endpoint, which has its own. */
  readonly target: string | null;
  readonly event: string;
  readonly ceremony: string;
  readonly attempts: number;
  readonly body: string;
};
export type ShownDelivery = {
  readonly id: string;
  readonly road: Road;
  readonly owner: string;
  readonly event: string;
  readonly type: string;
  readonly ceremony: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly dueMs: number | null;
};
export type Attempt = {
  readonly atMs: number;
  readonly tookMs: number;
  /** The receiver's status; null where it did not answer, or was not called. */
  readonly http: number | null;
  /** Null where it was delivered. */
  readonly why: string | null;
};
export type ShownAttempt = Attempt & {
  readonly id: string;
  readonly delivery: string;
  readonly road: Road;
  readonly owner: string;
  readonly event: string;
  readonly ceremony: string;
};

export type UndeliveredCount = {
  readonly owner: string;
  readonly status: "pending" | "dead";
  readonly n: number;
};

/** A delivery that is being sent comes up again after this, should its sender have died. */
const LEASE_MS = 60_000;
const EVENT_AGE_MAX_MS = 30 * 86_400_000;
const ATTEMPTS_KEPT_MAX = 10_000;
/** The platform opens six connections at once for an object: one more would wait behind them while its own time runs out. */
const OWNERS_AT_ONCE = 6;
/** They are sent one after another, and within the lease. */
const OF_EACH_AT_ONCE = 16;

const TABLES = [
  "CREATE TABLE IF NOT EXISTS told (id TEXT PRIMARY KEY, type TEXT NOT NULL, ceremony TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL)",
  "CREATE INDEX IF NOT EXISTS told_by_time ON told (at)",
  "CREATE TABLE IF NOT EXISTS outgoing (n INTEGER PRIMARY KEY AUTOINCREMENT, road TEXT NOT NULL, owner TEXT NOT NULL, target TEXT, event TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL, due INTEGER, UNIQUE (road, owner, event))",
  "CREATE INDEX IF NOT EXISTS outgoing_by_due ON outgoing (due) WHERE due IS NOT NULL",
  "CREATE INDEX IF NOT EXISTS outgoing_undelivered ON outgoing (owner, status) WHERE status <> 'delivered'",
  "CREATE INDEX IF NOT EXISTS outgoing_by_event ON outgoing (event)",
  "CREATE TABLE IF NOT EXISTS attempts (n INTEGER PRIMARY KEY AUTOINCREMENT, delivery INTEGER NOT NULL, at INTEGER NOT NULL, took INTEGER NOT NULL, http INTEGER, why TEXT)",
  "CREATE INDEX IF NOT EXISTS attempts_by_delivery ON attempts (delivery)",
];

export class HookOutbox {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const table of TABLES) sql.exec(table);
  }

  keep({ id, type, ceremony, body }: CeremonyEvent, nowMs: number): void {
    this.#sql.exec("INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?, ?)", id, type, ceremony, nowMs, body);
  }

  enqueue(road: Road, owner: string, target: string | null, event: string, dueMs: number): void {
    this.#sql.exec(
      "INSERT OR IGNORE INTO outgoing (road, owner, target, event, status, attempts, due) VALUES (?, ?, ?, ?, 'pending', 0, ?)",
      ...[road, owner, target, event, dueMs],
    );
  }

  /** What nobody has been told, by whom it is for. */
  undelivered(): readonly UndeliveredCount[] {
    return this.#sql
      .exec<UndeliveredCount>(
        "SELECT owner, status, count(*) AS n FROM outgoing WHERE status <> 'delivered' GROUP BY owner, status",
      )
      .toArray();
  }

  /** What is due, a few of each owner, so that a slow one delays only itself; it is not due again while it is being sent. */
  take(nowMs: number): readonly Due[] {
    const owners = this.#sql
      .exec<{ road: string; owner: string }>(
        "SELECT road, owner FROM outgoing WHERE due <= ? GROUP BY road, owner ORDER BY min(due) LIMIT ?",
        nowMs,
        OWNERS_AT_ONCE,
      )
      .toArray();
    const rows = owners.flatMap(({ road, owner }) =>
      this.#sql
        .exec<Due>(
          "SELECT n, road, owner, target, event, told.ceremony AS ceremony, attempts, told.body AS body FROM outgoing JOIN told ON told.id = event WHERE due <= ? AND road = ? AND owner = ? ORDER BY n LIMIT ?",
          ...[nowMs, road, owner, OF_EACH_AT_ONCE],
        )
        .toArray(),
    );
    for (const { n } of rows) this.#sql.exec("UPDATE outgoing SET due = ? WHERE n = ?", nowMs + LEASE_MS, n);
    return rows;
  }

  /** Not tried after all: it is due again at once, behind what others have waiting. */
  release({ n }: Due, nowMs: number): void {
    this.#sql.exec("UPDATE outgoing SET due = ? WHERE n = ? AND status = 'pending'", nowMs, n);
  }

  /** Notes an attempt, and what becomes of the delivery: `retryMs` is when it is tried again, null where it is not. */
  note({ n }: Due, { atMs, tookMs, http, why }: Attempt, retryMs: number | null): void {
    this.#sql.exec(
      "INSERT INTO attempts (delivery, at, took, http, why) VALUES (?, ?, ?, ?, ?)",
      ...[n, atMs, tookMs, http, why],
    );
    const status: DeliveryStatus = why === null ? "delivered" : retryMs === null ? "dead" : "pending";
    this.#sql.exec(
      "UPDATE outgoing SET attempts = attempts + 1, status = ?, due = ? WHERE n = ?",
      ...[status, status === "pending" ? retryMs : null, n],
    );
  }

  /** Everything that still waits for an owner is dead; it can be replayed. */
  bury(road: Road, owner: string): void {
    this.#sql.exec(
      "UPDATE outgoing SET status = 'dead', due = NULL WHERE road = ? AND owner = ? AND status = 'pending'",
      road,
      owner,
    );
  }

  /** Has a delivery tried again from the start; false where there is none of this id. */
  replay(id: string, nowMs: number): boolean {
    const rows = this.#sql.exec(
      "UPDATE outgoing SET status = 'pending', attempts = 0, due = ? WHERE n = ? RETURNING n",
      nowMs,
      numberOf(id),
    );
    return rows.toArray().length > 0;
  }

  /** The latest first: those before a number, or from the newest. */
  deliveries(
    owner: string | null,
    status: DeliveryStatus | null,
    before: number | null,
    limit: number,
  ): readonly ShownDelivery[] {
    return this.#sql
      .exec<Omit<ShownDelivery, "id"> & { n: number }>(
        "SELECT n, road, owner, event, type, ceremony, status, attempts, due AS dueMs FROM outgoing JOIN told ON told.id = event WHERE (?1 IS NULL OR owner = ?1) AND (?2 IS NULL OR status = ?2) AND (?3 IS NULL OR n < ?3) ORDER BY n DESC LIMIT ?4",
        ...[owner, status, before, limit],
      )
      .toArray()
      .map(({ n, ...row }) => ({ id: `dlv_${n}`, ...row }));
  }

  attempts(
    ceremony: string | null,
    owner: string | null,
    before: number | null,
    limit: number,
  ): readonly ShownAttempt[] {
    return this.#sql
      .exec<Omit<ShownAttempt, "id" | "delivery"> & { n: number; m: number }>(
        "SELECT attempts.n AS n, outgoing.n AS m, road, owner, event, ceremony, attempts.at AS atMs, took AS tookMs, http, why FROM attempts JOIN outgoing ON outgoing.n = delivery JOIN told ON told.id = event WHERE (?1 IS NULL OR ceremony = ?1) AND (?2 IS NULL OR owner = ?2) AND (?3 IS NULL OR attempts.n < ?3) ORDER BY attempts.n DESC LIMIT ?4",
        ...[ceremony, owner, before, limit],
      )
      .toArray()
      .map(({ n, m, ...row }) => ({ id: `att_${n}`, delivery: `dlv_${m}`, ...row }));
  }

  /** An event's body by its id: receivers that lost it may have it again. */
  event(id: string): string | null {
    return this.#sql.exec<{ body: string }>("SELECT body FROM told WHERE id = ?", id).toArray()[0]?.body ?? null;
  }

  /** Forgets what is old and done; answers when the next delivery is due, or null. */
  next(nowMs: number): number | null {
    const old = nowMs - EVENT_AGE_MAX_MS;
    this.#sql.exec("DELETE FROM outgoing WHERE due IS NULL AND event IN (SELECT id FROM told WHERE at < ?)", old);
    this.#sql.exec("DELETE FROM told WHERE at < ? AND id NOT IN (SELECT event FROM outgoing)", old);
    this.#sql.exec("DELETE FROM attempts WHERE n <= (SELECT max(n) FROM attempts) - ?", ATTEMPTS_KEPT_MAX);
    return this.#sql.exec<{ due: number | null }>("SELECT min(due) AS due FROM outgoing").one().due;
  }
}
