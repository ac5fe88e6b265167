// What each decision held here rests on, so that a revocation finds its dependants without a walk over all; and what became of each when it
// was judged again. The caller wraps each turn in one transaction.
import { type Decision, dependantsWhere, type Status } from "../shared/evidence/propagate.ts";
import type { Id } from "../shared/observation/observation.ts";

const TABLES = [
  "CREATE TABLE IF NOT EXISTS decisions (id TEXT PRIMARY KEY, acted INTEGER NOT NULL)",
  "CREATE TABLE IF NOT EXISTS rests (what TEXT NOT NULL, decision TEXT NOT NULL, PRIMARY KEY (what, decision)) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS citable (what TEXT NOT NULL, decision TEXT NOT NULL, PRIMARY KEY (what, decision)) WITHOUT ROWID",
  "CREATE INDEX IF NOT EXISTS citable_by_decision ON citable (decision)",
  "CREATE TABLE IF NOT EXISTS cites (what TEXT NOT NULL, decision TEXT NOT NULL, PRIMARY KEY (what, decision)) WITHOUT ROWID",
  "CREATE INDEX IF NOT EXISTS cites_by_decision ON cites (decision)",
  "CREATE TABLE IF NOT EXISTS indexed_to (place TEXT PRIMARY KEY, n INTEGER NOT NULL)",
  "CREATE TABLE IF NOT EXISTS considered (revocation TEXT PRIMARY KEY)",
  `CREATE TABLE IF NOT EXISTS dependants (revocation TEXT NOT NULL, n INTEGER NOT NULL, decision TEXT NOT NULL, status TEXT,
     PRIMARY KEY (revocation, decision))`,
];

/** Statuses of the dependants of a revocation; `pending` are not yet judged again. */
export type Reach = Readonly<Record<Status | "pending", number>>;
export type Due = { readonly revocation: Id; readonly decision: Id; readonly acted: boolean };

export class DecisionIndex {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const table of TABLES) sql.exec(table);
  }

  /** How far a list that is indexed by and by has been taken in. */
  indexedTo(place: string): number {
    const [row] = this.#sql.exec<{ n: number }>("SELECT n FROM indexed_to WHERE place = ?", place).toArray();
    return row?.n ?? 0;
  }

  indexed(place: string, upTo: number): void {
    this.#sql.exec("INSERT OR REPLACE INTO indexed_to VALUES (?, ?)", place, upTo);
  }

  /** `rests` are credentials and translators by id; `acted` is whether effects were released on it. */
  add({ id, citable, cites }: Omit<Decision, "credentials">, rests: Iterable<string>, acted: boolean): void {
    this.#sql.exec("INSERT OR REPLACE INTO decisions VALUES (?, ?)", id, acted ? 1 : 0);
    const each = (table: string, all: Iterable<string>) => {
      for (const what of all) this.#sql.exec(`INSERT OR IGNORE INTO ${table} VALUES (?, ?)`, what, id);
    };
    each("rests", rests);
    each("citable", citable);
    each("cites", cites);
  }

  isConsidered(revocation: Id): boolean {
    return this.#sql.exec("SELECT 1 FROM considered WHERE revocation = ?", revocation).toArray().length > 0;
  }

  /** Finds all that rests on any of these, directly or over others, and puts each down to be judged again, in its order. */
  consider(revocation: Id, whats: readonly string[]): number {
    const reached = new Map<Id, Decision>();
    const roots = new Set(whats.flatMap((what) => this.#ids("SELECT decision AS id FROM rests WHERE what = ?", what)));
    const open = [...roots];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (reached.has(id)) continue;
      reached.set(id, this.#decision(id));
      open.push(
        ...this.#ids(
          "SELECT cites.decision AS id FROM citable JOIN cites ON cites.what = citable.what WHERE citable.decision = ?",
          id,
        ),
      );
    }
    const ordered = dependantsWhere([...reached.values()], ({ id }) => roots.has(id));
    this.#sql.exec("INSERT OR IGNORE INTO considered VALUES (?)", revocation);
    for (const [n, { id }] of ordered.entries())
      this.#sql.exec("INSERT OR IGNORE INTO dependants VALUES (?, ?, ?, NULL)", revocation, n, id);
    return ordered.length;
  }

  #ids(query: string, parameter: string): readonly Id[] {
    return this.#sql
      .exec<{ id: Id }>(query, parameter)
      .toArray()
      .map(({ id }) => id);
  }

  #decision(id: Id): Decision {
    return {
      id,
      credentials: new Set(),
      citable: new Set(this.#ids("SELECT what AS id FROM citable WHERE decision = ?", id)),
      cites: new Set(this.#ids("SELECT what AS id FROM cites WHERE decision = ?", id)),
    };
  }

  /** The next that are to be judged again. */
  due(most: number): readonly Due[] {
    return this.#sql
      .exec<{ revocation: Id; decision: Id; acted: number }>(
        `SELECT dependants.revocation, dependants.decision, decisions.acted FROM dependants
           JOIN decisions ON decisions.id = dependants.decision WHERE status IS NULL ORDER BY dependants.rowid LIMIT ?`,
        most,
      )
      .toArray()
      .map(({ revocation, decision, acted }) => ({ revocation, decision, acted: acted === 1 }));
  }

  settle({ revocation, decision }: Due, status: Status): void {
    const query = "UPDATE dependants SET status = ? WHERE revocation = ? AND decision = ?";
    this.#sql.exec(query, status, revocation, decision);
  }

  /** Decisions that one cites and that no longer stand as they stood, since this revocation. */
  harmed({ revocation, decision }: Due): readonly Id[] {
    return this.#sql
      .exec<{ id: Id }>(
        `SELECT DISTINCT citable.decision AS id FROM cites JOIN citable ON citable.what = cites.what
           JOIN dependants ON dependants.decision = citable.decision AND dependants.revocation = ?1
           WHERE cites.decision = ?2 AND dependants.status NOT IN ('continued') ORDER BY id`,
        ...[revocation, decision],
      )
      .toArray()
      .map(({ id }) => id);
  }

  reach(revocation: Id): Reach {
    const rows = this.#sql
      .exec<{ status: Status | null; n: number }>(
        "SELECT status, count(*) AS n FROM dependants WHERE revocation = ? GROUP BY status",
        revocation,
      )
      .toArray();
    const none: Reach = { continued: 0, downgraded: 0, deactivated: 0, pending: 0 };
    return { ...none, ...Object.fromEntries(rows.map(({ status, n }) => [status ?? "pending", n])) };
  }
}
