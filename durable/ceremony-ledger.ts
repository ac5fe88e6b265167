// What a ceremony keeps on disk, and the one transaction of a turn (SPEC §7.5): statements, lineage, outbox and timers, all or nothing.
// A crash before it costs the turn, and the sender's repair brings it back; a crash after it costs nothing, since whatever must still
// happen is a row.
import type { Effect } from "../shared/ceremony/effect.ts";
import { type Memo, memoOf, restore } from "../shared/ceremony/restore.ts";
import type { CeremonyState, Self } from "../shared/ceremony/state.ts";
import type { Step } from "../shared/ceremony/step.ts";
import { type Entry, LINEAGE_START, type LinkedEntry, linkEntry } from "../shared/lineage/entry.ts";
import type { Id, VerifiedObservation } from "../shared/observation/observation.ts";
import { reopen } from "../shared/observation/reopen.ts";
import { keepBatches, openStored } from "./ceremony-kept.ts";
import type { OutgoingFrame } from "./link-outbox.ts";

/** Refused statements kept for explanation, and entries about them, of one signer and of all: a flood costs the flooder its say. */
const REFUSED_MAX = { rows: 64, bytes: 262_144 } as const;
const REFUSED_ALL_MAX = { rows: 1_000, bytes: 4 * 1_048_576 } as const;

const NOTHING = new Uint8Array();

/** Frames that are read together for export: three quarters of a megabyte at most. */
const FRAMES_AT_ONCE = 8;

const TABLES = [
  "CREATE TABLE IF NOT EXISTS frames (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, frame BLOB NOT NULL)",
  "CREATE TABLE IF NOT EXISTS refused (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, code TEXT NOT NULL, signer TEXT NOT NULL, frame BLOB NOT NULL)",
  "CREATE TABLE IF NOT EXISTS entries (n INTEGER PRIMARY KEY, hash TEXT NOT NULL, entry TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS outbox (n INTEGER PRIMARY KEY AUTOINCREMENT, peer TEXT NOT NULL, key TEXT NOT NULL, frame BLOB NOT NULL, own INTEGER)",
  "CREATE TABLE IF NOT EXISTS memo (one INTEGER PRIMARY KEY CHECK (one = 1), memo TEXT NOT NULL, wake INTEGER)",
];

/** Up to which entry the outside was told; made when it is first needed, since ceremonies of earlier builds have none. */
const TOLD = "CREATE TABLE IF NOT EXISTS told (one INTEGER PRIMARY KEY CHECK (one = 1), upto INTEGER NOT NULL)";

const NOTHING_BEHIND = { sent: -1, told: -1 };

export type OutboxRow = {
  readonly n: number;
  readonly peer: string;
  readonly key: string;
  readonly frame: Uint8Array;
  /** Its number among the party's own statements; null for others' and for statuses. */
  readonly own: number | null;
};

/** A row as the link takes it. */
export function outgoing({ peer, key, frame, own }: OutboxRow, topic: string, ceremony: Id): OutgoingFrame {
  return { peer, topic, key: key === "status" ? `status/${ceremony}` : key, frame, own };
}

export type RefusedRow = { readonly id: Id; readonly code: string; readonly frame: Uint8Array };

export class CeremonyLedger {
  readonly #sql: SqlStorage;
  #exists = false;
  /** The last row that the link has, and the last entry told: written with the next commit. Lost, they are sent and told again, by the same ids. */
  #behind = NOTHING_BEHIND;
  #tells = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Whether anything was written: an object that is only asked leaves no trace. Asked until it was, since a first turn may be rolled back. */
  get #made(): boolean {
    this.#exists ||= this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'memo'").toArray().length > 0;
    return this.#exists;
  }

  /** Everything was deleted. */
  forget(): void {
    this.#exists = false;
    this.#behind = NOTHING_BEHIND;
    this.#tells = false;
  }

  /** Queries have their limits in their text: SQLite plans anew each time that it is given one as a value, which takes longer than to read. */
  #read<T extends Record<string, SqlStorageValue>>(query: string, ...values: readonly SqlStorageValue[]): T[] {
    return this.#made ? this.#sql.exec<T>(query, ...values).toArray() : [];
  }

  /** The state as the last committed turn left it. */
  load(ceremony: Id, self: Self): CeremonyState {
    const row = this.#read<{ memo: string }>("SELECT memo FROM memo")[0];
    const { stored, unkept } = this.#made ? openStored(this.#sql) : { stored: [], unkept: [] };
    const state = restore(ceremony, self, stored, row === undefined ? null : (JSON.parse(row.memo) as Memo));
    keepBatches(this.#sql, state, unkept);
    return state;
  }

  /** What is stored, in its order, read as far as it is asked for. */
  *frames(): Generator<{ readonly id: Id; readonly frame: Uint8Array }> {
    const query = `SELECT n, id, frame FROM frames WHERE n > ? ORDER BY n LIMIT ${FRAMES_AT_ONCE}`;
    const page = (after: number) => this.#read<{ n: number; id: string; frame: ArrayBuffer }>(query, after);
    for (let rows = page(0); rows.length > 0; rows = page(rows.at(-1)?.n as number))
      for (const { id, frame } of rows) yield { id, frame: new Uint8Array(frame) };
  }

  ids(): readonly { readonly id: Id }[] {
    return this.#read<{ id: string }>("SELECT id FROM frames ORDER BY n");
  }

  /** Stored statements whose id begins so. */
  stored(id: string): readonly VerifiedObservation[] {
    return this.#beginning("frames", id).map(reopen);
  }

  refused(): readonly RefusedRow[] {
    const rows = this.#read<{ id: string; code: string; frame: ArrayBuffer }>(
      "SELECT id, code, frame FROM refused ORDER BY n",
    );
    return rows.map(({ id, code, frame }) => ({ id, code, frame: new Uint8Array(frame) }));
  }

  /** Entries after an index, at most so many. */
  lineage(after = -1, most = Number.MAX_SAFE_INTEGER): readonly LinkedEntry[] {
    const rows = this.#read<{ entry: string }>(`SELECT entry FROM entries WHERE n > ? ORDER BY n LIMIT ${most}`, after);
    return rows.map(({ entry }) => JSON.parse(entry) as LinkedEntry);
  }

  entryAt(hash: string): number | null {
    return this.#read<{ n: number }>("SELECT n FROM entries WHERE hash = ?", hash)[0]?.n ?? null;
  }

  /** Frames of statements whose id begins so, refused ones included: two at most, since two only say that more digits are needed. */
  framesOf(id: string): readonly Uint8Array[] {
    return [...this.#beginning("frames", id), ...this.#beginning("refused", id)].slice(0, 2);
  }

  #beginning(table: "frames" | "refused", id: string): readonly Uint8Array[] {
    const query = `SELECT frame FROM ${table} WHERE id >= ?1 AND id < ?1 || 'g' LIMIT 2`;
    return this.#read<{ frame: ArrayBuffer }>(query, id).map(({ frame }) => new Uint8Array(frame));
  }

  entryCount(): number {
    return this.#read<{ n: number }>("SELECT count(*) AS n FROM entries")[0]?.n ?? 0;
  }

  /** Entries of the kind that people must see, oldest first. */
  alerts(): readonly LinkedEntry[] {
    const rows = this.#read<{ entry: string }>(
      "SELECT entry FROM entries WHERE json_extract(entry, '$.kind') = 'alert' ORDER BY n",
    );
    return rows.map(({ entry }) => JSON.parse(entry) as LinkedEntry);
  }

  /** Entries that nobody outside was told of yet, oldest first, behind an index. */
  untold(most: number, after = -1): readonly LinkedEntry[] {
    if (!this.#made) return [];
    if (!this.#tells) this.#sql.exec(TOLD);
    this.#tells = true;
    const rows = this.#read<{ entry: string }>(
      `SELECT entry FROM entries WHERE n > max(coalesce((SELECT upto FROM told), -1), ?) ORDER BY n LIMIT ${most}`,
      Math.max(after, this.#behind.told),
    );
    return rows.map(({ entry }) => JSON.parse(entry) as LinkedEntry);
  }

  told(upTo: number): void {
    this.#behind = { ...this.#behind, told: upTo };
  }

  wakeMicros(): number | null {
    return this.#read<{ wake: number | null }>("SELECT wake FROM memo")[0]?.wake ?? null;
  }

  /** Writes a step; the caller wraps it in one transaction. */
  commit({ state, effects }: Step): void {
    for (const table of this.#made ? [] : TABLES) this.#sql.exec(table);
    this.#catchUp();
    let wake: number | null = null;
    // What was refused before is answered again, and so is what one signer sends beyond its quota; neither may grow the store.
    const unkept = new Set<Id>();
    for (const effect of effects) {
      if (effect.do === "wake") wake = effect.at;
      else if (effect.do === "refuse" && !this.#mayKeep(effect.observation)) unkept.add(effect.observation.id);
      else if (!(effect.do === "record" && effect.entry.kind === "refusal" && unkept.has(effect.entry.about[0] ?? "")))
        this.#write(effect, state.self);
    }
    keepBatches(
      this.#sql,
      state,
      effects.flatMap((effect) => (effect.do === "append" ? [effect.observation] : [])),
    );
    this.#sql.exec(
      "INSERT INTO memo VALUES (1, ?1, ?2) ON CONFLICT (one) DO UPDATE SET memo = ?1, wake = ?2",
      JSON.stringify(memoOf(state)),
      wake,
    );
  }

  #catchUp({ sent, told } = this.#behind): void {
    if (sent >= 0) this.#sql.exec("DELETE FROM outbox WHERE n <= ?", sent);
    if (told < 0) return;
    this.#sql.exec(TOLD);
    this.#sql.exec("INSERT INTO told VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET upto = ?1 WHERE upto < ?1", told);
  }

  #write(effect: Exclude<Effect, { do: "wake" }>, self: Self): void {
    switch (effect.do) {
      case "append":
        this.#sql.exec(
          "INSERT OR IGNORE INTO frames (id, frame) VALUES (?, ?)",
          effect.observation.id,
          effect.observation.frame,
        );
        return;
      case "drop":
        for (const id of effect.ids) {
          this.#sql.exec("DELETE FROM frames WHERE id = ?", id);
          this.#sql.exec("DELETE FROM outbox WHERE key = ? AND length(frame) = 0", id);
        }
        return;
      case "refuse":
        this.#sql.exec(
          "INSERT INTO refused (id, code, signer, frame) VALUES (?, ?, ?, ?)",
          effect.observation.id,
          effect.code,
          effect.observation.key,
          effect.observation.frame,
        );
        return;
      case "record":
        this.#link(effect.entry);
        return;
      case "publish":
        for (const peer of effect.to)
          this.#enqueue(peer, effect.replaceable ? "status" : effect.observation.id, effect.observation, self);
        return;
      case "conclude":
        return; // the record follows from the frames, and the entry beside it says that it was reached
    }
  }

  holds(id: Id): boolean {
    return this.#read("SELECT 1 FROM frames WHERE id = ?", id).length > 0;
  }

  #mayKeep({ id, key, frame }: VerifiedObservation): boolean {
    const count = (where: string, value: string) =>
      this.#sql
        .exec<{ rows: number; bytes: number }>(
          `SELECT count(*) AS rows, coalesce(sum(length(frame)), 0) AS bytes FROM refused WHERE ${where}`,
          value,
        )
        .one();
    if (count("id = ?", id).rows > 0) return false;
    const [own, all] = [count("signer = ?", key), count("signer <> ?", "")];
    const fits = (kept: typeof own, most: { readonly rows: number; readonly bytes: number }) =>
      kept.rows < most.rows && kept.bytes + frame.length <= most.bytes;
    return fits(own, REFUSED_MAX) && fits(all, REFUSED_ALL_MAX);
  }

  #link(entry: Entry): void {
    const last = this.#sql
      .exec<{ n: number; hash: string }>("SELECT n, hash FROM entries ORDER BY n DESC LIMIT 1")
      .toArray()[0];
    const linked = linkEntry(entry, last === undefined ? 0 : last.n + 1, last?.hash ?? LINEAGE_START);
    this.#sql.exec("INSERT INTO entries VALUES (?, ?, ?)", linked.index, linked.hash, JSON.stringify(linked));
  }

  #enqueue(peer: string, key: string, observation: VerifiedObservation, self: Self): void {
    const { frame, ceremony, lineage } = observation;
    const own = observation.key === self.key && ceremony !== null ? lineage.sequence : null;
    this.#sql.exec("DELETE FROM outbox WHERE peer = ? AND key = ?", peer, key);
    // What is stored already is read from there.
    const bytes = this.holds(key) ? NOTHING : frame;
    this.#sql.exec("INSERT INTO outbox (peer, key, frame, own) VALUES (?, ?, ?, ?)", peer, key, bytes, own);
  }

  /** The oldest rows that still wait for the link; what goes to several peers is one and the same array. */
  outbox(most: number): readonly OutboxRow[] {
    const rows = this.#read<Omit<OutboxRow, "frame"> & { frame: ArrayBuffer }>(
      `SELECT n, peer, key, frame, own FROM outbox WHERE n > ? ORDER BY n LIMIT ${most}`,
      this.#behind.sent,
    );
    const stored = new Map<string, Uint8Array>();
    return rows.map(({ frame, ...row }) => {
      if (frame.byteLength > 0) return { ...row, frame: new Uint8Array(frame) };
      const read = stored.get(row.key) ?? (this.#beginning("frames", row.key)[0] as Uint8Array);
      stored.set(row.key, read);
      return { ...row, frame: read };
    });
  }

  /** Rows that the link has stored, from the oldest on; a row that was replaced meanwhile has another number and stays. */
  sent(rows: readonly OutboxRow[]): void {
    this.#behind = { ...this.#behind, sent: rows.at(-1)?.n ?? this.#behind.sent };
  }

  outboxDepth(): number {
    return this.#read<{ n: number }>("SELECT count(*) AS n FROM outbox WHERE n > ?", this.#behind.sent)[0]?.n ?? 0;
  }
}
