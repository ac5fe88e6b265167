// What a mesh's keeper has on disk: statements, what is known of authority, the lineage of reconciliations, links, reports, and what still
// has to be handed on. The caller wraps each turn in one transaction.
import type { Brought, KeptStatements } from "../shared/authority/brought.ts";
import { isStatement, parseAuthorityStatement } from "../shared/authority/statement.ts";
import { sha256Hex } from "../shared/hash.ts";
import { type Entry, LINEAGE_START, type LinkedEntry, linkEntry } from "../shared/lineage/entry.ts";
import type { LinkState } from "../shared/mesh/disconnect.ts";
import type { Desk } from "../shared/mesh/live/turn.ts";
import type { Report } from "../shared/mesh/report.ts";
import type { Head } from "../shared/mesh/signed/draft.ts";
import type { Id, VerifiedObservation } from "../shared/observation/observation.ts";
import { reopen } from "../shared/observation/reopen.ts";

const TABLES = [
  `CREATE TABLE IF NOT EXISTS statements (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, mesh TEXT NOT NULL,
     type TEXT NOT NULL, deferred INTEGER NOT NULL, own INTEGER, frame BLOB NOT NULL)`,
  "CREATE INDEX IF NOT EXISTS statements_by_type ON statements (type)",
  "CREATE TABLE IF NOT EXISTS authority (n INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, frame BLOB NOT NULL)",
  "CREATE TABLE IF NOT EXISTS brought (who TEXT PRIMARY KEY, n INTEGER NOT NULL)",
  "CREATE TABLE IF NOT EXISTS entries (n INTEGER PRIMARY KEY, hash TEXT NOT NULL, entry TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS links (mesh TEXT PRIMARY KEY, state TEXT NOT NULL)",
  `CREATE TABLE IF NOT EXISTS reports (n INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT NOT NULL, peer TEXT NOT NULL, state TEXT NOT NULL,
     ours INTEGER NOT NULL, theirs INTEGER NOT NULL, settles TEXT, report TEXT NOT NULL, at INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS outbox (n INTEGER PRIMARY KEY AUTOINCREMENT, peer TEXT NOT NULL, topic TEXT NOT NULL, id TEXT NOT NULL,
     own INTEGER, frame BLOB NOT NULL, UNIQUE (peer, topic, id))`,
];

/** `written`: what came of it is in the history. `pending`: people have to decide. */
export type ReportState = "written" | "pending";

export type ReportRow = {
  readonly digest: Id;
  readonly peer: string;
  readonly state: ReportState;
  /** The last statements that it rests on, of our mesh and of the other, by their number here and there; BY_FILE where a file brought it. */
  readonly ours: number;
  readonly theirs: number;
  /** The pending record that it settled by decision; null where none was needed. */
  readonly settles: Id | null;
  readonly report: Report;
  readonly at: number;
};

export type MeshOutboxRow = {
  readonly n: number;
  readonly peer: string;
  readonly topic: string;
  readonly id: string;
  readonly own: number | null;
  readonly frame: ArrayBuffer;
};

export class MeshLedger {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const table of TABLES) sql.exec(table);
  }

  desk(mesh: string): Desk {
    const rows = this.#sql.exec<{ mesh: string; state: string }>("SELECT mesh, state FROM links").toArray();
    return { mesh, links: new Map(rows.map((row) => [row.mesh, JSON.parse(row.state) as LinkState])) };
  }

  /** Keeps the links that changed. */
  keepDesk(before: Desk, { links }: Desk): void {
    for (const [mesh, state] of links)
      if (before.links.get(mesh) !== state)
        this.#sql.exec("INSERT OR REPLACE INTO links VALUES (?, ?)", mesh, JSON.stringify(state));
  }

  holds(id: Id): boolean {
    return this.#sql.exec("SELECT 1 FROM statements WHERE id = ?", id).toArray().length > 0;
  }

  keep({ id, mesh, body, lineage, frame }: VerifiedObservation, deferred: boolean, isOwn: boolean): void {
    const type = body.kind === "declaration" ? body.type : body.kind;
    this.#sql.exec(
      "INSERT INTO statements (id, mesh, type, deferred, own, frame) VALUES (?, ?, ?, ?, ?, ?)",
      ...[id, mesh, type, deferred ? 1 : 0, isOwn ? lineage.sequence : null, frame],
    );
  }

  /** What was deferred enters the history now, and is numbered anew. */
  release(ids: readonly Id[]): void {
    for (const id of ids)
      this.#sql.exec(
        "UPDATE statements SET deferred = 0, n = (SELECT max(n) + 1 FROM statements) WHERE id = ? AND deferred = 1",
        id,
      );
  }

  /** Deferred beyond its time: the id stays in the link's state. */
  forget(ids: readonly Id[]): void {
    for (const id of ids) this.#sql.exec("DELETE FROM statements WHERE id = ? AND deferred = 1", id);
  }

  /** The history in the order of arrival, up to a number. */
  statements(upTo = Number.MAX_SAFE_INTEGER, type: string | null = null): readonly VerifiedObservation[] {
    const rows = this.#sql
      .exec<{ frame: ArrayBuffer }>(
        "SELECT frame FROM statements WHERE deferred = 0 AND n <= ?1 AND (?2 IS NULL OR type = ?2) ORDER BY n",
        ...[upTo, type],
      )
      .toArray();
    return rows.map(({ frame }) => reopen(new Uint8Array(frame)));
  }

  ids(): readonly Id[] {
    const rows = this.#sql.exec<{ id: string }>("SELECT id FROM statements WHERE deferred = 0 ORDER BY n").toArray();
    return rows.map(({ id }) => id);
  }

  /** Imports behind a number, a few at a time. */
  imports(after: number, most: number): readonly { readonly n: number; readonly act: VerifiedObservation }[] {
    return this.#sql
      .exec<{ n: number; frame: ArrayBuffer }>(
        "SELECT n, frame FROM statements WHERE type = 'import' AND deferred = 0 AND n > ? ORDER BY n LIMIT ?",
        ...[after, most],
      )
      .toArray()
      .map(({ n, frame }) => ({ n, act: reopen(new Uint8Array(frame)) }));
  }

  /** One statement that is held; null where it is not. */
  statement(id: Id): VerifiedObservation | null {
    const [row] = this.#sql.exec<{ frame: ArrayBuffer }>("SELECT frame FROM statements WHERE id = ?", id).toArray();
    return row === undefined ? null : reopen(new Uint8Array(row.frame));
  }

  /** Frames behind a number, a few at a time. */
  page(after: number, most: number): { readonly frames: readonly Uint8Array[]; readonly last: number } {
    const rows = this.#sql
      .exec<{ n: number; frame: ArrayBuffer }>(
        "SELECT n, frame FROM statements WHERE deferred = 0 AND n > ? ORDER BY n LIMIT ?",
        ...[after, most],
      )
      .toArray();
    return { frames: rows.map(({ frame }) => new Uint8Array(frame)), last: rows.at(-1)?.n ?? after };
  }

  last(): number {
    return this.#sql.exec<{ n: number | null }>("SELECT max(n) AS n FROM statements WHERE deferred = 0").one().n ?? 0;
  }

  /** Where the numbers of this party's own statements stand. */
  head(): Head {
    const [row] = this.#sql
      .exec<{ own: number; id: string }>(
        "SELECT own, id FROM statements WHERE own IS NOT NULL ORDER BY own DESC LIMIT 1",
      )
      .toArray();
    return row === undefined ? { sequence: 0, prev: null } : { sequence: row.own, prev: row.id };
  }

  authority(): readonly Uint8Array[] {
    const rows = this.#sql.exec<{ frame: ArrayBuffer }>("SELECT frame FROM authority ORDER BY n").toArray();
    return rows.map(({ frame }) => new Uint8Array(frame));
  }

  /** Revocations of this mesh's credentials that are known, by id. */
  revocationFrames(): ReadonlyMap<Id, Uint8Array> {
    return new Map(
      this.authority().flatMap((frame) => {
        const parsed = parseAuthorityStatement(frame);
        const signed = parsed.ok ? parsed.value.signed : null;
        return signed !== null && isStatement(signed, "revocation") ? [[signed.id, frame] as const] : [];
      }),
    );
  }

  /** What is kept of statements about authority, and how many of them each has brought. */
  readonly kept: KeptStatements = {
    holds: (hash) => this.#sql.exec("SELECT 1 FROM authority WHERE hash = ?", hash).toArray().length > 0,
    broughtBy: (who) => this.#sql.exec<{ n: number }>("SELECT n FROM brought WHERE who = ?", who).toArray()[0]?.n ?? 0,
  };

  /** Keeps what is new of it; whether there is room has been asked before. */
  learn({ statements, by }: Brought): void {
    for (const frame of statements) {
      const hash = sha256Hex(frame);
      if (this.kept.holds(hash)) continue;
      this.#sql.exec("INSERT INTO authority (hash, frame) VALUES (?, ?)", hash, frame);
      this.#sql.exec("INSERT INTO brought VALUES (?, 1) ON CONFLICT (who) DO UPDATE SET n = n + 1", by);
    }
  }

  /** Changes whenever that on which trust rests may have. */
  groundsVersion(): string {
    const { a, b } = this.#sql
      .exec<{ a: number; b: number }>(
        `SELECT (SELECT coalesce(max(n), 0) FROM statements WHERE type = 'agreement' AND deferred = 0) AS a,
           (SELECT count(*) FROM authority) AS b`,
      )
      .one();
    return `${a}/${b}`;
  }

  record(entries: readonly Entry[]): void {
    let [last] = this.#sql
      .exec<{ n: number; hash: string }>("SELECT n, hash FROM entries ORDER BY n DESC LIMIT 1")
      .toArray();
    for (const entry of entries) {
      const linked = linkEntry(entry, last === undefined ? 0 : last.n + 1, last?.hash ?? LINEAGE_START);
      this.#sql.exec("INSERT INTO entries VALUES (?, ?, ?)", linked.index, linked.hash, JSON.stringify(linked));
      last = { n: linked.index, hash: linked.hash };
    }
  }

  entries(after: number, most: number): readonly LinkedEntry[] {
    const rows = this.#sql
      .exec<{ entry: string }>("SELECT entry FROM entries WHERE n > ? ORDER BY n LIMIT ?", after, most)
      .toArray();
    return rows.map(({ entry }) => JSON.parse(entry) as LinkedEntry);
  }

  file({ digest, peer, state, ours, theirs, settles, report, at }: ReportRow): void {
    this.#sql.exec(
      "INSERT INTO reports (digest, peer, state, ours, theirs, settles, report, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      ...[digest, peer, state, ours, theirs, settles, JSON.stringify(report), at],
    );
  }

  /** Newest first. */
  reports(most: number): readonly ReportRow[] {
    const rows = this.#sql
      .exec<Omit<ReportRow, "report"> & { report: string }>("SELECT * FROM reports ORDER BY n DESC LIMIT ?", most)
      .toArray();
    return rows.map((row) => ({ ...row, report: JSON.parse(row.report) as Report }));
  }

  enqueue(peers: readonly string[], topic: string, { id, frame, lineage }: VerifiedObservation, isOwn: boolean): void {
    for (const peer of peers)
      this.#sql.exec(
        "INSERT OR IGNORE INTO outbox (peer, topic, id, own, frame) VALUES (?, ?, ?, ?, ?)",
        ...[peer, topic, id, isOwn ? lineage.sequence : null, frame],
      );
  }

  outbox(most: number): readonly MeshOutboxRow[] {
    return this.#sql.exec<MeshOutboxRow>("SELECT * FROM outbox ORDER BY n LIMIT ?", most).toArray();
  }

  /** Drops the rows; answers those that are a coalition's revocations. */
  sent(rows: readonly MeshOutboxRow[]): readonly MeshOutboxRow[] {
    for (const { n } of rows) this.#sql.exec("DELETE FROM outbox WHERE n = ?", n);
    const query = "SELECT 1 FROM statements WHERE id = ? AND type = 'coalition-revocation'";
    return rows.filter(({ id }) => this.#sql.exec(query, id).toArray().length > 0);
  }

  /** Changes whenever something of a coalition has come, or something about authority. */
  coalitionVersion(): string {
    const { a, b } = this.#sql
      .exec<{ a: number; b: number }>(
        `SELECT (SELECT coalesce(max(n), 0) FROM statements WHERE type LIKE 'coalition-%' AND deferred = 0) AS a,
           (SELECT count(*) FROM authority) AS b`,
      )
      .one();
    return `${a}/${b}`;
  }

  outboxDepth(): number {
    return this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM outbox").one().n;
  }

  counts(): Readonly<Record<string, number>> {
    const rows = this.#sql
      .exec<{ type: string; n: number }>("SELECT type, count(*) AS n FROM statements WHERE deferred = 0 GROUP BY type")
      .toArray();
    return Object.fromEntries(rows.map(({ type, n }) => [type, n]));
  }
}
