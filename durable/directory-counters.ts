// What monitoring counts and nobody else keeps: how many of what, how long ceremonies took, and how far partners' clocks are from ours.
import type { NotedCeremony } from "./ceremony-list.ts";

/** So many more of a counter, under these labels. */
export type Count = { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly n: number };
/** Of statements of one partner that came together: the least time from their stamp to their arrival, in milliseconds. */
export type ClockReading = { readonly account: string; readonly lagMs: number; readonly nowMs: number };

/** Contributions that wait at one shard of an intake, and since when it has handed over nothing. */
export type ShardWaiting = { readonly shard: string; readonly waiting: number; readonly sinceMs: number };

export type Tallies = {
  readonly counts: readonly Count[];
  readonly open: readonly { readonly pattern: string; readonly n: number }[];
  readonly clocks: readonly { readonly account: string; readonly lagMs: number }[];
  /** Of all shards together; `sinceMs` is the longest ago, null where nothing waits. */
  readonly shards: { readonly waiting: number; readonly sinceMs: number | null };
  /** Revocations that this agent goes by beside its trust statement. */
  readonly revocations: number;
};

/** Names of patterns are others' to choose: past so many rows, new ones are counted together. */
const ROWS_MAX = 4_000;
/** A reading counts for this period and the next: what was sent long ago, and came late, is outweighed by what is sent now. */
const PERIOD_MS = 600_000;
/** Bounds of the duration histogram, in seconds. */
export const DURATION_BOUNDS = [1, 2, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400] as const;
const ENDED: readonly string[] = ["final", "abandoned", "expired", "refused"];

const TABLES = [
  "CREATE TABLE IF NOT EXISTS counters (name TEXT NOT NULL, labels TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (name, labels)) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS courses (ceremony TEXT PRIMARY KEY, opened INTEGER NOT NULL, phase TEXT NOT NULL, agreed TEXT) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS shards (shard TEXT PRIMARY KEY, waiting INTEGER NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS clocks (account TEXT PRIMARY KEY, period INTEGER NOT NULL, lag INTEGER NOT NULL, before INTEGER) WITHOUT ROWID",
];

export class DirectoryCounters {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const table of TABLES) sql.exec(table);
  }

  count(items: readonly Count[]): void {
    for (const { name, labels, n } of items) {
      const known = this.#add(name, labels, n);
      if (!known) this.#add(name, Object.fromEntries(Object.keys(labels).map((label) => [label, "other"])), n, true);
    }
  }

  /** False where it is new and there is no room for it. */
  #add(name: string, labels: Count["labels"], n: number, always = false): boolean {
    const text = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    const [row] = this.#sql.exec("SELECT 1 FROM counters WHERE name = ? AND labels = ?", name, text).toArray();
    const rows = () => this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM counters").one().n;
    if (row === undefined && !always && rows() >= ROWS_MAX) return false;
    this.#sql.exec("INSERT INTO counters VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET n = n + ?3", name, text, n);
    return true;
  }

  /** Counts what is new of a ceremony: that it ended, after how long, and that its outcome is known to be the same, or not, elsewhere. */
  noted({ ceremony, phase, pattern, atMs, agreed }: NotedCeremony): void {
    const [before] = this.#sql
      .exec<{ opened: number; phase: string; agreed: string | null }>(
        "SELECT opened, phase, agreed FROM courses WHERE ceremony = ?",
        ceremony,
      )
      .toArray();
    const opened = before?.opened ?? atMs;
    this.#sql.exec("INSERT OR REPLACE INTO courses VALUES (?, ?, ?, ?)", ceremony, opened, phase, agreed ?? null);
    if (ENDED.includes(phase) && before?.phase !== phase) {
      this.count([{ name: "decided", labels: { outcome: phase, pattern: pattern ?? "none" }, n: 1 }]);
      this.#duration((atMs - opened) / 1_000);
    }
    if (agreed !== undefined && agreed !== "some" && before?.agreed !== agreed)
      this.count([{ name: "agreement", labels: { same: agreed }, n: 1 }]);
  }

  #duration(seconds: number): void {
    const bound = DURATION_BOUNDS.find((most) => seconds <= most);
    this.count([
      { name: "duration", labels: { le: bound === undefined ? "+Inf" : String(bound) }, n: 1 },
      { name: "duration-sum", labels: {}, n: Math.round(seconds) },
    ]);
  }

  clock({ account, lagMs, nowMs }: ClockReading): void {
    const period = Math.floor(nowMs / PERIOD_MS);
    const [row] = this.#sql
      .exec<{ period: number; lag: number }>("SELECT period, lag FROM clocks WHERE account = ?", account)
      .toArray();
    const lag = Math.round(lagMs);
    if (row !== undefined && row.period === period && row.lag <= lag) return;
    const before = row === undefined || row.period === period ? null : row.period === period - 1 ? row.lag : null;
    this.#sql.exec(
      "INSERT INTO clocks VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET period = ?2, lag = ?3, before = coalesce(?4, before)",
      account,
      period,
      lag,
      before,
    );
  }

  shard({ shard, waiting, sinceMs }: ShardWaiting): void {
    if (waiting === 0) this.#sql.exec("DELETE FROM shards WHERE shard = ?", shard);
    else this.#sql.exec("INSERT OR REPLACE INTO shards VALUES (?, ?, ?)", shard, waiting, sinceMs);
  }

  tallies(nowMs: number): Omit<Tallies, "revocations"> {
    const period = Math.floor(nowMs / PERIOD_MS);
    const counts = this.#sql
      .exec<{ name: string; labels: string; n: number }>("SELECT name, labels, n FROM counters ORDER BY name, labels")
      .toArray()
      .map(({ name, labels, n }) => ({ name, labels: Object.fromEntries(JSON.parse(labels)), n }));
    const open = this.#sql
      .exec<{ pattern: string; n: number }>(
        `SELECT coalesce(f.pattern, 'none') AS pattern, count(*) AS n FROM ceremonies c LEFT JOIN ceremony_facts f
           ON f.ceremony = c.ceremony WHERE c.phase NOT IN (${ENDED.map((phase) => `'${phase}'`).join(", ")}) GROUP BY 1`,
      )
      .toArray();
    const clocks = this.#sql
      .exec<{ account: string; period: number; lag: number; before: number | null }>("SELECT * FROM clocks")
      .toArray()
      .filter((row) => row.period >= period - 1)
      .map(({ account, lag, before }) => ({ account, lagMs: before === null ? lag : Math.min(lag, before) }));
    const shards = this.#sql
      .exec<Tallies["shards"]>("SELECT coalesce(sum(waiting), 0) AS waiting, min(since) AS sinceMs FROM shards")
      .one();
    return { counts, open, clocks, shards };
  }
}
