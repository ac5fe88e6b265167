// What came in by webhooks (SPEC §26): a request is one arrival, kept even where it is refused; an event is what a delivery did, once,
// however many requests bring it. Bodies are kept of verified requests alone, for a day, so that they can be replayed.
import {
  BODIES_KEPT_MAX,
  BODY_KEPT_MS,
  DELIVERY_KNOWN_DAYS,
  REQUESTS_KEPT_MAX,
  REQUESTS_REJECTED_KEPT_MAX,
} from "../shared/limits.ts";

export const REQUEST_STATUSES = [
  "opened",
  "attested",
  "duplicate",
  "ignored",
  "answered",
  "rejected",
  "failed",
] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** One arrival. Of a rejected one nothing is kept that its body said. */
export type RequestRecord = {
  readonly source: string;
  readonly atMs: number;
  readonly tookMs: number;
  readonly status: RequestStatus;
  /** As the signed body bears it; null where that was not read. */
  readonly event: string | null;
  /** The sender's id of the delivery, signed or not: it is what the sender's own list shows. */
  readonly delivery: string | null;
  readonly bytes: number;
  /** SHA-256 of the body; null where the request was rejected. */
  readonly digest: string | null;
  readonly code: string | null;
  readonly why: string | null;
  readonly ceremony: string | null;
  /** Id of the request whose body this one is; null for what came from the sender. */
  readonly replayOf: string | null;
};
export type ShownRequest = RequestRecord & { readonly id: string; readonly isReplayable: boolean };

/** What a replay needs: the raw bytes, and what was verified of them when they came. */
export type KeptBody = { readonly body: Uint8Array; readonly verified: string };

/** A claim on a delivery: its first instant is kept, so that a repeated attempt writes the same call. */
export type DeliveryClaim = { readonly openedAtMs: number; readonly ceremony: string | null };

export type ShownEvent = {
  readonly id: string;
  readonly source: string;
  readonly atMs: number;
  /** The ceremony that it opened, or was said in; null while it did neither. */
  readonly ceremony: string | null;
  readonly label: string | null;
  readonly status: RequestStatus | "pending";
  readonly requests: number;
};

export type RequestQuery = {
  readonly source: string;
  readonly status: RequestStatus | null;
  readonly sinceMs: number;
  /** Newest first below `before`; or, with `after`, oldest first above it. */
  readonly before: number | null;
  readonly after: number | null;
  readonly limit: number;
};

/** Far beyond any sender's retries, which end within days. */
const DELIVERY_AGE_MAX_MS = DELIVERY_KNOWN_DAYS * 86_400_000;

const TABLES = [
  "CREATE TABLE IF NOT EXISTS requests (n INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, at INTEGER NOT NULL, took INTEGER NOT NULL, status TEXT NOT NULL, event TEXT, delivery TEXT, bytes INTEGER NOT NULL, digest TEXT, code TEXT, why TEXT, ceremony TEXT, replay_of TEXT)",
  "CREATE INDEX IF NOT EXISTS requests_by_source ON requests (source, n)",
  "CREATE INDEX IF NOT EXISTS requests_by_status ON requests (status, n)",
  "CREATE INDEX IF NOT EXISTS requests_by_delivery ON requests (source, delivery) WHERE delivery IS NOT NULL",
  "CREATE TABLE IF NOT EXISTS bodies (n INTEGER PRIMARY KEY, until INTEGER NOT NULL, verified TEXT NOT NULL, body BLOB NOT NULL)",
  "CREATE TABLE IF NOT EXISTS events (n INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, key TEXT NOT NULL, opened INTEGER NOT NULL, ceremony TEXT, until INTEGER, label TEXT, status TEXT NOT NULL, requests INTEGER NOT NULL, UNIQUE (source, key))",
  "CREATE INDEX IF NOT EXISTS events_by_end ON events (until) WHERE until IS NOT NULL",
  "CREATE INDEX IF NOT EXISTS events_by_label ON events (label) WHERE label IS NOT NULL",
];

const COLUMNS =
  "n, source, at AS atMs, took AS tookMs, status, event, delivery, bytes, digest, code, why, ceremony, replay_of AS replayOf, EXISTS (SELECT 1 FROM bodies WHERE bodies.n = requests.n) AS kept";
type Row = RequestRecord & { readonly n: number; readonly kept: number };

export class HookRequests {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const table of TABLES) sql.exec(table);
  }

  /**
   * The first claim of a delivery, however often it comes. Where its time is signed (`timed`) an old one is refused before it comes here,
   * so that it may be forgotten; any other stays good for ever, and so does the memory of it.
   */
  claim(source: string, key: string, nowMs: number, timed: boolean): DeliveryClaim {
    this.#sql.exec("DELETE FROM events WHERE until < ?", nowMs);
    const until = timed ? nowMs + DELIVERY_AGE_MAX_MS : null;
    this.#sql.exec(
      "INSERT OR IGNORE INTO events (source, key, opened, until, status, requests) VALUES (?, ?, ?, ?, 'pending', 0)",
      source,
      key,
      nowMs,
      until,
    );
    return this.#sql
      .exec<DeliveryClaim>(
        "SELECT opened AS openedAtMs, ceremony FROM events WHERE source = ? AND key = ?",
        source,
        key,
      )
      .one();
  }

  /** The ceremony that a delivery is on record with; null where there is none. */
  opened(source: string, key: string): string | null {
    const row = this.#sql
      .exec<{ ceremony: string | null }>("SELECT ceremony FROM events WHERE source = ? AND key = ?", source, key)
      .toArray()[0];
    return row?.ceremony ?? null;
  }

  /** Keeps a request, and with a `key` what its event has come to; answers the request's id. */
  settle(record: RequestRecord, key: string | null, label: string | null, kept: KeptBody | null): string {
    const { source, atMs, tookMs, status, event, delivery, bytes, digest, code, why, ceremony, replayOf } = record;
    const { n } = this.#sql
      .exec<{ n: number }>(
        "INSERT INTO requests (source, at, took, status, event, delivery, bytes, digest, code, why, ceremony, replay_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING n",
        ...[source, atMs, tookMs, status, event, delivery, bytes, digest, code, why, ceremony, replayOf],
      )
      .one();
    if (kept !== null)
      this.#sql.exec("INSERT INTO bodies VALUES (?, ?, ?, ?)", n, atMs + BODY_KEPT_MS, kept.verified, kept.body);
    if (key !== null) this.#settleEvent(record, key, label);
    this.#forget(atMs);
    return idOf(n);
  }

  #settleEvent({ source, status, ceremony }: RequestRecord, key: string, label: string | null): void {
    this.#sql.exec("UPDATE events SET requests = requests + 1 WHERE source = ? AND key = ?", source, key);
    if (status === "duplicate") return;
    this.#sql.exec(
      "UPDATE events SET status = ?, ceremony = ?, label = ? WHERE source = ? AND key = ? AND ceremony IS NULL",
      ...[status, ceremony, label, source, key],
    );
  }

  /** The rejected have a room of their own: whoever sends forgeries pushes out nothing but those. */
  #forget(nowMs: number): void {
    const oldest = (where: string, most: number) =>
      this.#sql.exec<{ n: number }>(`SELECT n FROM requests WHERE ${where} ORDER BY n DESC LIMIT 1 OFFSET ${most}`);
    for (const { n } of oldest("status = 'rejected'", REQUESTS_REJECTED_KEPT_MAX).toArray())
      this.#sql.exec("DELETE FROM requests WHERE status = 'rejected' AND n <= ?", n);
    for (const { n } of oldest("status <> 'rejected'", REQUESTS_KEPT_MAX).toArray())
      this.#sql.exec("DELETE FROM requests WHERE status <> 'rejected' AND n <= ?", n);
    this.purge(nowMs);
    this.#sql.exec(
      "DELETE FROM bodies WHERE n IN (SELECT n FROM bodies ORDER BY n DESC LIMIT -1 OFFSET ?)",
      BODIES_KEPT_MAX,
    );
  }

  /** Bodies whose day is over; answers when the next one's is, or null. */
  purge(nowMs: number): number | null {
    this.#sql.exec("DELETE FROM bodies WHERE until <= ?", nowMs);
    return this.#sql.exec<{ until: number | null }>("SELECT min(until) AS until FROM bodies").one().until;
  }

  list({ source, status, sinceMs, before, after, limit }: RequestQuery): readonly ShownRequest[] {
    const rows = this.#sql.exec<Row>(
      `SELECT ${COLUMNS} FROM requests WHERE source = ?1 AND (?2 IS NULL OR status = ?2) AND at >= ?3 AND (?4 IS NULL OR n < ?4) AND (?5 IS NULL OR n > ?5) ORDER BY n ${after === null ? "DESC" : "ASC"} LIMIT ?6`,
      ...[source, status, sinceMs, before, after, limit],
    );
    return rows.toArray().map(shown);
  }

  one(source: string, id: string): ShownRequest | null {
    const rows = this.#sql.exec<Row>(
      `SELECT ${COLUMNS} FROM requests WHERE source = ? AND n = ?`,
      source,
      numberOf(id),
    );
    return rows.toArray().map(shown)[0] ?? null;
  }

  body(id: string): KeptBody | null {
    const row = this.#sql
      .exec<{ verified: string; body: ArrayBuffer }>("SELECT verified, body FROM bodies WHERE n = ?", numberOf(id))
      .toArray()[0];
    return row === undefined ? null : { verified: row.verified, body: new Uint8Array(row.body) };
  }

  events(source: string, before: number | null, limit: number): readonly ShownEvent[] {
    return this.#sql
      .exec<Omit<ShownEvent, "id"> & { n: number }>(
        "SELECT n, source, opened AS atMs, ceremony, label, status, requests FROM events WHERE source = ?1 AND (?2 IS NULL OR n < ?2) ORDER BY n DESC LIMIT ?3",
        ...[source, before, limit],
      )
      .toArray()
      .map(({ n, ...event }) => ({ id: `evt_${n}`, ...event }));
  }

  /** The ceremony that the newest event with this label opened. */
  labelled(label: string): string | null {
    const row = this.#sql
      .exec<{ ceremony: string }>(
        "SELECT ceremony FROM events WHERE label = ? AND status = 'opened' ORDER BY n DESC LIMIT 1",
        label,
      )
      .toArray()[0];
    return row?.ceremony ?? null;
  }

  /** Those of the sender's delivery ids under which nothing came here that did its work. */
  missing(source: string, deliveries: readonly string[]): readonly string[] {
    // Requests are pushed out by later ones; what they opened is remembered for longer.
    const done = (delivery: string) =>
      this.#sql
        .exec(
          "SELECT 1 FROM requests WHERE source = ?1 AND delivery = ?2 AND status NOT IN ('rejected', 'failed') UNION ALL SELECT 1 FROM events WHERE source = ?1 AND key = 'id:' || ?2 AND ceremony IS NOT NULL LIMIT 1",
          source,
          delivery,
        )
        .toArray().length > 0;
    return deliveries.filter((delivery) => !done(delivery));
  }

  /** How many requests of each status are on record, and when the last came. */
  counts(source: string): { readonly lastMs: number | null; readonly byStatus: Readonly<Record<string, number>> } {
    const rows = this.#sql
      .exec<{ status: string; many: number; lastMs: number }>(
        "SELECT status, count(*) AS many, max(at) AS lastMs FROM requests WHERE source = ? GROUP BY status",
        source,
      )
      .toArray();
    const lastMs = rows.length === 0 ? null : Math.max(...rows.map((row) => row.lastMs));
    return { lastMs, byStatus: Object.fromEntries(rows.map(({ status, many }) => [status, many])) };
  }
}

function idOf(n: number): string {
  return `req_${n}`;
}

/** -1, which no row has, for what is no id of a request. */
export function numberOf(id: string): number {
  return /^[a-z]{3}_[1-9]\d{0,14}$/.test(id) ? Number(id.slice(4)) : -1;
}

function shown({ n, kept, ...row }: Row): ShownRequest {
  return { id: idOf(n), ...row, isReplayable: kept === 1 };
}
