// What a mesh's keeper remembers of files that people carry, beside the statements: what each file held that it let out, so that a lost one can be
// had again under its number, and files that came before the one they follow. All else is told by manifests and receipts.
import type { Id } from "../shared/observation/observation.ts";

const TABLES = [
  "CREATE TABLE IF NOT EXISTS released (manifest TEXT PRIMARY KEY, frame BLOB NOT NULL, lists TEXT NOT NULL)",
  // A gateway of several meshes numbers its files for each.
  `CREATE TABLE IF NOT EXISTS came_early (gateway TEXT NOT NULL, mesh TEXT NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL,
     PRIMARY KEY (gateway, mesh, sequence))`,
];

/** Files of one gateway that are remembered to have come early: those that are to be carried here first come before the highest ones. */
const EARLY_MAX = 256;

/** A file that was let out: the ids of what it holds, and its lists as its manifest covers them. */
export type Released = {
  readonly ids: readonly Id[];
  readonly denied: readonly { readonly id: Id; readonly code: string }[];
  readonly prerequisites: readonly Id[];
  /** Hashes of its statements about authority. */
  readonly authority: readonly string[];
};

export type Early = {
  readonly gateway: string;
  readonly sequence: number;
  readonly mesh: string;
  /** Microseconds. */
  readonly at: number;
};

/** Files of earlier versions are signed for without statements about authority. */
function readLists(text: string): Released {
  const lists: Omit<Released, "authority"> & Partial<Released> = JSON.parse(text);
  return { authority: [], ...lists };
}

export class ExchangeLedger {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const table of TABLES) sql.exec(table);
  }

  release(manifest: Id, frame: Uint8Array, lists: Released): void {
    this.#sql.exec("INSERT INTO released VALUES (?, ?, ?)", manifest, frame, JSON.stringify(lists));
  }

  released(manifest: Id): (Released & { readonly frame: Uint8Array }) | null {
    const [row] = this.#sql
      .exec<{ frame: ArrayBuffer; lists: string }>("SELECT frame, lists FROM released WHERE manifest = ?", manifest)
      .toArray();
    return row === undefined ? null : { ...readLists(row.lists), frame: new Uint8Array(row.frame) };
  }

  cameEarly({ gateway, sequence, mesh, at }: Early): void {
    this.#sql.exec("INSERT OR IGNORE INTO came_early VALUES (?, ?, ?, ?)", gateway, mesh, sequence, at);
    const over =
      "SELECT sequence FROM came_early WHERE gateway = ?1 AND mesh = ?2 ORDER BY sequence LIMIT -1 OFFSET ?3";
    const drop = `DELETE FROM came_early WHERE gateway = ?1 AND mesh = ?2 AND sequence IN (${over})`;
    this.#sql.exec(drop, gateway, mesh, EARLY_MAX);
  }

  /** A file was taken: it, and those before it, are awaited no more. */
  came({ gateway, sequence, mesh }: Omit<Early, "at">): void {
    const gone = "DELETE FROM came_early WHERE gateway = ? AND mesh = ? AND sequence <= ?";
    this.#sql.exec(gone, gateway, mesh, sequence);
  }

  early(): readonly Early[] {
    const query = "SELECT gateway, sequence, mesh, at FROM came_early ORDER BY gateway, mesh, sequence";
    return this.#sql.exec<Early>(query).toArray();
  }
}
