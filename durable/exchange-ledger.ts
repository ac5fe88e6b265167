// What a mesh's keeper remembers of files that people carry, beside the statements: what each file held that it let out, so that a lost one can be
// had again under its number, and files that came before the one they follow. All else is told by manifests and receipts.
import type { Id } from "../shared/observation/observation.ts";

const TABLES = [
  "CREATE TABLE IF NOT EXISTS released (manifest TEXT PRIMARY KEY, frame BLOB NOT NULL, lists TEXT NOT NULL)",
  // What does not fit into the row of its file.
  "CREATE TABLE IF NOT EXISTS released_more (manifest TEXT NOT NULL, n INTEGER NOT NULL, part TEXT NOT NULL, PRIMARY KEY (manifest, n))",
  // A gateway of several meshes numbers its files for each.
  `CREATE TABLE IF NOT EXISTS came_early (gateway TEXT NOT NULL, mesh TEXT NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL,
     PRIMARY KEY (gateway, mesh, sequence))`,
];

/** Characters of one value: the platform takes 2 MB in a row, and one of these may be three bytes. */
const PART_CHARACTERS = 500_000;

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
    const text = JSON.stringify(lists);
    this.#sql.exec("INSERT INTO released VALUES (?, ?, ?)", manifest, frame, text.slice(0, PART_CHARACTERS));
    for (let n = 1; n * PART_CHARACTERS < text.length; n++) {
      const part = text.slice(n * PART_CHARACTERS, (n + 1) * PART_CHARACTERS);
      this.#sql.exec("INSERT INTO released_more VALUES (?, ?, ?)", manifest, n, part);
    }
  }

  released(manifest: Id): (Released & { readonly frame: Uint8Array }) | null {
    const [row] = this.#sql
      .exec<{ frame: ArrayBuffer; lists: string }>("SELECT frame, lists FROM released WHERE manifest = ?", manifest)
      .toArray();
    if (row === undefined) return null;
    const more = this.#sql
      .exec<{ part: string }>("SELECT part FROM released_more WHERE manifest = ? ORDER BY n", manifest)
      .toArray();
    const text = [row.lists, ...more.map(({ part }) => part)].join("");
    return { ...readLists(text), frame: new Uint8Array(row.frame) };
  }

  isReleased(manifest: Id): boolean {
    return this.#sql.exec("SELECT 1 FROM released WHERE manifest = ?", manifest).toArray().length > 0;
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
