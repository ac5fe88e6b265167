// What one shard of an intake keeps on disk: its terms, what it took in, and what it refused until the ceremony has it. One transaction a turn.
import type { Terms } from "../shared/ceremony/handover.ts";
import type { ShardStep } from "../shared/ceremony/shard.ts";
import type { Id } from "../shared/observation/observation.ts";
import type { RefusalCode } from "../shared/refusals.ts";
import type { Enlisted, HandedPack } from "./intake-rpc.ts";

/** Refused statements of one signer, and of all, that the ceremony is told of: what it keeps of them itself is no more. */
const REFUSED_MAX = 64;
const REFUSED_ALL_MAX = 1_000;
/** Of those, how many go with one pack. */
const REFUSED_AT_ONCE = 32;

const TABLES = [
  "CREATE TABLE IF NOT EXISTS terms (one INTEGER PRIMARY KEY CHECK (one = 1), terms TEXT NOT NULL, call BLOB NOT NULL, sealing INTEGER NOT NULL)",
  "CREATE TABLE IF NOT EXISTS taken (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, frame BLOB NOT NULL)",
  "CREATE TABLE IF NOT EXISTS refused (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, signer TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL, frame BLOB)",
  "CREATE TABLE IF NOT EXISTS handed (one INTEGER PRIMARY KEY CHECK (one = 1), taken INTEGER NOT NULL)",
];

export type ShardStore = {
  readonly enlisted: Enlisted;
  readonly sealing: boolean;
  readonly taken: readonly Uint8Array[];
  /** How many of them, from the first on, were handed over. */
  readonly handed: number;
};

export type Untold = Pick<HandedPack, "refused"> & { readonly upTo: number; readonly all: boolean };

export class IntakeLedger {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Null where it takes no part: whoever only asks leaves no trace. */
  load(): ShardStore | null {
    if (this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'handed'").toArray().length === 0) return null;
    const [row] = this.#sql
      .exec<{ terms: string; call: ArrayBuffer; sealing: number }>("SELECT terms, call, sealing FROM terms")
      .toArray();
    if (row === undefined) return null;
    const rows = this.#sql.exec<{ n: number; frame: ArrayBuffer }>("SELECT n, frame FROM taken ORDER BY n").toArray();
    const upTo = this.#handedUpTo();
    return {
      enlisted: { terms: JSON.parse(row.terms) as Terms, call: new Uint8Array(row.call) },
      sealing: row.sealing === 1,
      taken: rows.map(({ frame }) => new Uint8Array(frame)),
      handed: rows.filter(({ n }) => n <= upTo).length,
    };
  }

  begin({ terms, call }: Enlisted): void {
    for (const table of TABLES) this.#sql.exec(table);
    this.#sql.exec("INSERT INTO terms VALUES (1, ?, ?, 0)", JSON.stringify(terms), call);
    this.#sql.exec("INSERT INTO handed VALUES (1, 0)");
  }

  seal(): void {
    this.#sql.exec("UPDATE terms SET sealing = 1");
  }

  /** Writes a turn; the caller wraps it in one transaction. */
  commit({ taken, refused }: Pick<ShardStep, "taken" | "refused">): void {
    for (const { id, frame } of taken) this.#sql.exec("INSERT INTO taken (id, frame) VALUES (?, ?)", id, frame);
    for (const { observation, fault } of refused) {
      const { id, key, frame } = observation;
      if (!this.#mayKeep(id, key)) continue;
      const detail = JSON.stringify(fault.detail);
      const row = "INSERT INTO refused (id, signer, code, detail, frame) VALUES (?, ?, ?, ?, ?)";
      this.#sql.exec(row, id, key, fault.code, detail, frame);
    }
  }

  /** What one signer sends beyond its quota is answered, and grows no store. */
  #mayKeep(id: Id, signer: string): boolean {
    const count = (where: string, value: string) =>
      this.#sql.exec<{ n: number }>(`SELECT count(*) AS n FROM refused WHERE ${where}`, value).one().n;
    return (
      count("id = ?", id) === 0 && count("signer = ?", signer) < REFUSED_MAX && count("id <> ?", "") < REFUSED_ALL_MAX
    );
  }

  /** Refusals that the ceremony was not told of, the oldest first, and whether these are all. */
  untold(): Untold {
    const rows = this.#sql
      .exec<{ n: number; code: string; detail: string; frame: ArrayBuffer }>(
        "SELECT n, code, detail, frame FROM refused WHERE frame IS NOT NULL ORDER BY n LIMIT ?",
        REFUSED_AT_ONCE + 1,
      )
      .toArray();
    const told = rows.slice(0, REFUSED_AT_ONCE);
    const refused = told.map(({ code, detail, frame }) => ({
      code: code as RefusalCode,
      detail,
      frame: new Uint8Array(frame),
    }));
    return { refused, upTo: told.at(-1)?.n ?? 0, all: told.length === rows.length };
  }

  /**
   * The ceremony has what was taken in up to the `last`, null for none, and refusals up to a row. Of these stays what tells them again; frames
   * of what was taken in stay until the round is over here.
   */
  handed(last: Id | null, refused: number): void {
    if (last !== null) this.#sql.exec("UPDATE handed SET taken = (SELECT n FROM taken WHERE id = ?)", last);
    this.#sql.exec("UPDATE refused SET frame = NULL WHERE n <= ?", refused);
  }

  #handedUpTo(): number {
    return this.#sql.exec<{ taken: number }>("SELECT taken FROM handed").one().taken;
  }
}
