// The agent's lists for people: its ceremonies, and what its edge refused. The ceremonies themselves are the truth.
import { DurableObject } from "cloudflare:workers";
import { REVOCATIONS_LIVE_MAX, WAITING_MAX } from "../shared/limits.ts";
import {
  ALL_CEREMONIES,
  type CeremonyQuery,
  type CeremonyRow,
  listCeremonies,
  type NotedCeremony,
} from "./ceremony-list.ts";
import {
  type ClockReading,
  type Count,
  DirectoryCounters,
  type ShardWaiting,
  type Tallies,
} from "./directory-counters.ts";
import { type RefusedAtDoor, RefusedFrames } from "./directory-refused.ts";

export type EndedCeremony = { readonly n: number; readonly ceremony: string; readonly phase: "final" | "abandoned" };

/** What the edge refused before it reached a ceremony. */
export type EdgeRefusal = {
  readonly code: string;
  readonly road: string;
  readonly account: string | null;
  readonly bytes: number;
  readonly atMs: number;
};

export type NumberedRefusal = EdgeRefusal & { readonly n: number };

/** A revocation that reached the agent, and at whose cost it is kept. */
export type LearnedRevocation = { readonly id: string; readonly frame: Uint8Array; readonly payer: string };
/** `upTo` numbers the newest; asking again with it brings what came after. */
export type RevocationNews = { readonly upTo: number; readonly frames: readonly Uint8Array[] };

/** What became of statements of one ceremony; null for what reached none. */
export type CountedStatement = {
  readonly ceremony: string | null;
  readonly disposition: string;
  readonly code: string;
  readonly n: number;
};

export type DirectoryRpc = {
  readonly learn: (items: readonly LearnedRevocation[]) => Promise<readonly string[]>;
  readonly revocations: (after: number) => Promise<RevocationNews>;
  readonly note: (row: NotedCeremony) => Promise<void>;
  readonly count: (items: readonly CountedStatement[], clocks: readonly ClockReading[]) => Promise<void>;
  readonly tally: (items: readonly Count[]) => Promise<void>;
  readonly shard: (waiting: ShardWaiting) => Promise<void>;
  readonly tallies: (nowMs: number) => Promise<Tallies>;
  readonly ended: (after: number, most: number) => Promise<readonly EndedCeremony[]>;
  readonly expect: (ceremony: string) => Promise<void>;
  readonly knows: (ceremony: string) => Promise<boolean>;
  readonly open: (most: number) => Promise<readonly string[]>;
  readonly list: (most: number, query?: CeremonyQuery) => Promise<readonly CeremonyRow[]>;
  readonly wait: (ceremony: string, authorities: readonly string[], nowMs: number) => Promise<boolean>;
  readonly waiting: (most: number) => Promise<readonly string[]>;
  readonly leave: (ceremony: string) => Promise<void>;
  readonly refuse: (refusals: readonly EdgeRefusal[]) => Promise<void>;
  /** The latest first: those before a number, or from the newest. */
  readonly refusals: (before: number | null, most: number) => Promise<readonly NumberedRefusal[]>;
  readonly keepRefused: (rows: readonly RefusedAtDoor[]) => Promise<void>;
  readonly refusedAtDoor: (id: string) => Promise<readonly RefusedAtDoor[]>;
};

const REFUSALS_MAX = 1_000;
/** An object asks for its call for four minutes and then gives up its place; one that died meanwhile loses it so. */
const WAITING_AGE_MAX_MS = 3_600_000;

const COUNTED_AFTER_MS = 1_000;

const TABLES = [
  "CREATE TABLE IF NOT EXISTS ceremonies (ceremony TEXT PRIMARY KEY, title TEXT NOT NULL, phase TEXT NOT NULL, at INTEGER NOT NULL)",
  // Beside the table above, which older agents made without these columns.
  "CREATE TABLE IF NOT EXISTS ceremony_facts (ceremony TEXT PRIMARY KEY, pattern TEXT, opener TEXT, parties TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS expected (ceremony TEXT PRIMARY KEY) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS waiting (ceremony TEXT PRIMARY KEY, authority TEXT NOT NULL, at INTEGER NOT NULL)",
  "CREATE INDEX IF NOT EXISTS waiting_by_authority ON waiting (authority)",
  "CREATE TABLE IF NOT EXISTS refusals (n INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL, road TEXT NOT NULL, account TEXT, bytes INTEGER NOT NULL, at INTEGER NOT NULL)",
  "CREATE TABLE IF NOT EXISTS revocations (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, payer TEXT NOT NULL, frame BLOB NOT NULL)",
];

export class Directory extends DurableObject {
  readonly #sql: SqlStorage;
  readonly #counters: DirectoryCounters;
  readonly #refused: RefusedFrames;
  readonly #uncounted = new Map<string, CountedStatement>();
  /** The least of each partner since they were last written. */
  readonly #unread = new Map<string, ClockReading>();
  #writing: ReturnType<typeof setTimeout> | undefined;

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    for (const table of TABLES) this.#sql.exec(table);
    this.#counters = new DirectoryCounters(this.#sql);
    this.#refused = new RefusedFrames(this.#sql);
  }

  async note(row: NotedCeremony): Promise<void> {
    const { ceremony, title, phase, atMs, pattern, openedBy, parties } = row;
    this.#counters.noted(row);
    this.#sql.exec("INSERT OR REPLACE INTO ceremonies VALUES (?, ?, ?, ?)", ceremony, title, phase, atMs);
    const names = JSON.stringify(parties);
    this.#sql.exec("INSERT OR REPLACE INTO ceremony_facts VALUES (?, ?, ?, ?)", ceremony, pattern, openedBy, names);
    this.#sql.exec("DELETE FROM expected WHERE ceremony = ?", ceremony);
    await this.leave(ceremony);
  }

  /** Counted in memory and written after a while: one sync of the disk for all that comes meanwhile. What is lost with the object is a count. */
  async count(items: readonly CountedStatement[], clocks: readonly ClockReading[]): Promise<void> {
    for (const item of items) {
      const key = JSON.stringify([item.ceremony, item.disposition, item.code]);
      this.#uncounted.set(key, { ...item, n: item.n + (this.#uncounted.get(key)?.n ?? 0) });
    }
    for (const reading of clocks) {
      const known = this.#unread.get(reading.account);
      if (known === undefined || reading.lagMs < known.lagMs) this.#unread.set(reading.account, reading);
    }
    this.#writing ??= setTimeout(() => this.#write(), COUNTED_AFTER_MS);
  }

  #write(): void {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    const patternOf = (ceremony: string | null) =>
      this.#sql
        .exec<{ pattern: string | null }>("SELECT pattern FROM ceremony_facts WHERE ceremony = ?", ceremony)
        .toArray()[0]?.pattern ?? "none";
    this.#counters.count(
      [...this.#uncounted.values()].map(({ ceremony, disposition, code, n }) => ({
        name: "observations",
        labels: { disposition, code, pattern: patternOf(ceremony) },
        n,
      })),
    );
    for (const reading of this.#unread.values()) this.#counters.clock(reading);
    this.#uncounted.clear();
    this.#unread.clear();
  }

  async tally(items: readonly Count[]): Promise<void> {
    this.#counters.count(items);
  }

  async shard(waiting: ShardWaiting): Promise<void> {
    this.#counters.shard(waiting);
  }

  async tallies(nowMs: number): Promise<Tallies> {
    this.#write();
    const { n } = this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM revocations").one();
    return { ...this.#counters.tallies(nowMs), revocations: n };
  }

  /** Room for a ceremony whose call is unknown, at the cost of the first of its speakers that has any; false where none has. */
  async wait(ceremony: string, authorities: readonly string[], nowMs: number): Promise<boolean> {
    return this.ctx.storage.transactionSync(() => {
      this.#sql.exec("DELETE FROM waiting WHERE at < ?", nowMs - WAITING_AGE_MAX_MS);
      const count = (where: string, value: string) =>
        this.#sql.exec<{ n: number }>(`SELECT count(*) AS n FROM waiting WHERE ${where} = ?`, value).one().n;
      if (count("ceremony", ceremony) > 0) return true;
      const payer = authorities.find((authority) => count("authority", authority) < WAITING_MAX);
      if (payer === undefined) return false;
      this.#sql.exec("INSERT INTO waiting VALUES (?, ?, ?)", ceremony, payer, nowMs);
      return true;
    });
  }

  /** Ceremonies of which something is held and whose call is unknown, the latest first. */
  async waiting(most: number): Promise<readonly string[]> {
    return this.#sql
      .exec<{ ceremony: string }>("SELECT ceremony FROM waiting ORDER BY at DESC LIMIT ?", most)
      .toArray()
      .map(({ ceremony }) => ceremony);
  }

  async leave(ceremony: string): Promise<void> {
    this.#sql.exec("DELETE FROM waiting WHERE ceremony = ?", ceremony);
  }

  /** Ceremonies with a certified ending, numbered as they were noted; one that is noted again has a new number. */
  async ended(after: number, most: number): Promise<readonly EndedCeremony[]> {
    return this.#sql
      .exec<EndedCeremony>(
        "SELECT rowid AS n, ceremony, phase FROM ceremonies WHERE rowid > ? AND phase IN ('final', 'abandoned') ORDER BY rowid LIMIT ?",
        ...[after, most],
      )
      .toArray();
  }

  /** A ceremony that was opened here, and whose object will note it by itself: whoever opened it may ask for it before that. */
  async expect(ceremony: string): Promise<void> {
    if (!this.#knows(ceremony)) this.#sql.exec("INSERT INTO expected VALUES (?)", ceremony);
  }

  async knows(ceremony: string): Promise<boolean> {
    return this.#knows(ceremony);
  }

  #knows(ceremony: string): boolean {
    const found = "SELECT 1 FROM ceremonies WHERE ceremony = ?1 UNION ALL SELECT 1 FROM expected WHERE ceremony = ?1";
    return this.#sql.exec(found, ceremony).toArray().length > 0;
  }

  /** Ceremonies without an ending, the longest untouched first. */
  async open(most: number): Promise<readonly string[]> {
    return this.#sql
      .exec<{ ceremony: string }>(
        "SELECT ceremony FROM ceremonies WHERE phase NOT IN ('final', 'abandoned', 'expired', 'refused') ORDER BY at LIMIT ?",
        most,
      )
      .toArray()
      .map(({ ceremony }) => ceremony);
  }

  async list(most: number, query: CeremonyQuery = ALL_CEREMONIES): Promise<readonly CeremonyRow[]> {
    return listCeremonies(this.#sql, most, query);
  }

  /** Answers the ids that found no room: each payer has so much, so that nobody fills it for the others. */
  async learn(items: readonly LearnedRevocation[]): Promise<readonly string[]> {
    const left: string[] = [];
    this.ctx.storage.transactionSync(() => {
      for (const { id, frame, payer } of items) {
        const count = (where: string, value: string) =>
          this.#sql.exec<{ n: number }>(`SELECT count(*) AS n FROM revocations WHERE ${where} = ?`, value).one().n;
        if (count("id", id) > 0) continue;
        if (count("payer", payer) >= REVOCATIONS_LIVE_MAX) left.push(id);
        else this.#sql.exec("INSERT INTO revocations (id, payer, frame) VALUES (?, ?, ?)", id, payer, frame);
      }
    });
    return left;
  }

  async revocations(after: number): Promise<RevocationNews> {
    const rows = this.#sql
      .exec<{ n: number; frame: ArrayBuffer }>("SELECT n, frame FROM revocations WHERE n > ? ORDER BY n", after)
      .toArray();
    return { upTo: rows.at(-1)?.n ?? after, frames: rows.map(({ frame }) => new Uint8Array(frame)) };
  }

  async refuse(refusals: readonly EdgeRefusal[]): Promise<void> {
    for (const { code, road, account, bytes, atMs } of refusals)
      this.#sql.exec(
        "INSERT INTO refusals (code, road, account, bytes, at) VALUES (?, ?, ?, ?, ?)",
        code,
        road,
        account,
        bytes,
        atMs,
      );
    this.#sql.exec("DELETE FROM refusals WHERE n <= (SELECT max(n) FROM refusals) - ?", REFUSALS_MAX);
  }

  async refusals(before: number | null, most: number): Promise<readonly NumberedRefusal[]> {
    return this.#sql
      .exec<NumberedRefusal>(
        "SELECT n, code, road, account, bytes, at AS atMs FROM refusals WHERE (?1 IS NULL OR n < ?1) ORDER BY n DESC LIMIT ?2",
        ...[before, most],
      )
      .toArray();
  }

  async keepRefused(rows: readonly RefusedAtDoor[]): Promise<void> {
    this.#refused.keep(rows);
  }

  /** Those whose id begins with `id`; at most a few, since several only mean that more digits are needed. */
  async refusedAtDoor(id: string): Promise<readonly RefusedAtDoor[]> {
    return this.#refused.find(id);
  }
}
