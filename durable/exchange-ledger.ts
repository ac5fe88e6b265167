// What a mesh's keeper remembers of files that people carry, beside the statements: what each file held that it let out, so that a lost one can be
// had again under its number, and files that came before the one they follow. All else is told by manifests and receipts.
import type { Id } from "../shared/observation/observation.ts";

const TABLES = [
  "CREATE TABLE IF NOT EXISTS released (manifest TEXT PRIMARY KEY, frame BLOB NOT NULL, lists TEXT NOT NULL)",
  `CREATE TABLE IF NOT EXISTS early (gateway TEXT NOT NULL, sequence INTEGER NOT NULL, mesh TEXT NOT NULL, at INTEGER NOT NULL,
     PRIMARY KEY (gateway, sequence))`,
];

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
    this.#sql.exec("INSERT OR IGNORE INTO early VALUES (?, ?, ?, ?)", gateway, sequence, mesh, at);
  }

  early(): readonly Early[] {
    return this.#sql.exec<Early>("SELECT gateway, sequence, mesh, at FROM early ORDER BY gateway, sequence").toArray();
  }
}
