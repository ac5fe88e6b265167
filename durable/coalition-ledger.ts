// What a mesh's keeper remembers of a coalition beside the statements: how it last stood to each thing, when it first held each revocation
// and whom it told, when it last heard whom, and what each pulled address last brought. The caller wraps each turn in one transaction.
import { type Posture, postureKey, postureWord } from "../shared/coalition/posture.ts";

const TABLES = [
  "CREATE TABLE IF NOT EXISTS postures (item TEXT PRIMARY KEY, word TEXT NOT NULL, since INTEGER NOT NULL)",
  `CREATE TABLE IF NOT EXISTS held_revocations (revocation TEXT PRIMARY KEY, kind TEXT NOT NULL, mesh TEXT NOT NULL, revokes TEXT NOT NULL,
     signer TEXT NOT NULL, key TEXT, after INTEGER NOT NULL, reason TEXT, seen INTEGER NOT NULL, enforcing INTEGER, acknowledged INTEGER NOT NULL)`,
  "CREATE TABLE IF NOT EXISTS told (revocation TEXT NOT NULL, peer TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (revocation, peer))",
  "CREATE TABLE IF NOT EXISTS voices (authority TEXT PRIMARY KEY, at INTEGER NOT NULL)",
  "CREATE TABLE IF NOT EXISTS sources (url TEXT PRIMARY KEY, state TEXT NOT NULL)",
];

/** A revocation as this agent first held it. `signer` is an authority, or of a credential the key that signed. */
export type Heard = {
  readonly id: string;
  readonly kind: "translator" | "credential";
  /** The mesh of what it takes away. */
  readonly mesh: string;
  /** A translator's id, `*`, or a credential's id. */
  readonly revokes: string;
  readonly by: string;
  /** The key that signed a revocation of a credential; null for a translator's. */
  readonly key: string | null;
  /** The first instant at which what it names no longer holds. */
  readonly after: number;
  readonly reason: string | null;
  readonly seen: number;
  readonly enforcing: number | null;
};
type HeardRow = Omit<Heard, "id" | "by"> & {
  readonly revocation: string;
  readonly signer: string;
  readonly acknowledged: number;
};

/** What came of pulling one address. */
export type CoalitionSource = {
  readonly url: string;
  readonly state: "new" | "same" | "behind" | "refused" | "unreachable";
  /** When it was last tried, and when it last answered; microseconds of the mesh. */
  readonly tried: number;
  readonly answered: number | null;
  readonly code: string | null;
  readonly fresh: number;
  /** The highest number of each authority that it ever brought. */
  readonly heads: Readonly<Record<string, number>>;
  readonly refused: readonly { readonly id: string; readonly code: string }[];
};

export class CoalitionLedger {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const table of TABLES) sql.exec(table);
  }

  /** The last word on each item, by its kind and name. */
  postures(): ReadonlyMap<string, { readonly word: string; readonly since: number }> {
    const rows = this.#sql.exec<{ item: string; word: string; since: number }>("SELECT * FROM postures").toArray();
    return new Map(rows.map(({ item, word, since }) => [item, { word, since }]));
  }

  keepPostures(now: readonly Posture[], at: number): void {
    const before = this.postures();
    for (const posture of now)
      if (before.get(postureKey(posture))?.word !== postureWord(posture))
        this.#sql.exec(
          "INSERT OR REPLACE INTO postures VALUES (?, ?, ?)",
          postureKey(posture),
          postureWord(posture),
          at,
        );
  }

  /** In the order in which they were first held. */
  heard(): readonly (Heard & { readonly acknowledged: boolean })[] {
    return this.#sql
      .exec<HeardRow>("SELECT * FROM held_revocations ORDER BY seen, revocation")
      .toArray()
      .map(({ revocation, signer, acknowledged, ...row }) => {
        return { ...row, id: revocation, by: signer, acknowledged: acknowledged === 1 };
      });
  }

  /** True where it was not held before. */
  hear({ id, kind, mesh, revokes, by, key, after, reason, seen, enforcing }: Heard): boolean {
    const row = [id, kind, mesh, revokes, by, key, after, reason, seen, enforcing];
    return (
      this.#sql
        .exec(
          "INSERT OR IGNORE INTO held_revocations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) RETURNING revocation",
          ...row,
        )
        .toArray().length > 0
    );
  }

  acknowledged(id: string): void {
    this.#sql.exec("UPDATE held_revocations SET acknowledged = 1 WHERE revocation = ?", id);
  }

  /** The first time counts. */
  tell(revocation: string, peer: string, at: number): void {
    this.#sql.exec("INSERT OR IGNORE INTO told VALUES (?, ?, ?)", revocation, peer, at);
  }

  /** By partner. */
  told(revocation: string): ReadonlyMap<string, number> {
    const rows = this.#sql
      .exec<{ peer: string; at: number }>("SELECT peer, at FROM told WHERE revocation = ?", revocation)
      .toArray();
    return new Map(rows.map(({ peer, at }) => [peer, at]));
  }

  spoke(authority: string, at: number): void {
    this.#sql.exec("INSERT OR REPLACE INTO voices VALUES (?, ?)", authority, at);
  }

  voices(): ReadonlyMap<string, number> {
    const rows = this.#sql.exec<{ authority: string; at: number }>("SELECT * FROM voices").toArray();
    return new Map(rows.map(({ authority, at }) => [authority, at]));
  }

  source(url: string): CoalitionSource | null {
    const [row] = this.#sql.exec<{ state: string }>("SELECT state FROM sources WHERE url = ?", url).toArray();
    return row === undefined ? null : (JSON.parse(row.state) as CoalitionSource);
  }

  keepSource(state: CoalitionSource): void {
    this.#sql.exec("INSERT OR REPLACE INTO sources VALUES (?, ?)", state.url, JSON.stringify(state));
  }
}
