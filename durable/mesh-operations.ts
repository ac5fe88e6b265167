// Operations that run under a coalition of this mesh (SPEC §15.16): the ceremonies that asked for the party's standpoint as they opened, and the
// withdrawals that have come since. Each withdrawal goes to all of them at once; what could not be told is told again.
import type { Id, VerifiedObservation } from "../shared/observation/observation.ts";
import type { Under } from "../shared/observation/under.ts";
import type { Alarm } from "./alarm.ts";
import type { AgentEnv } from "./env.ts";
import { log } from "./log.ts";

const TABLES = [
  "CREATE TABLE IF NOT EXISTS underway (ceremony TEXT PRIMARY KEY, operation TEXT NOT NULL, until INTEGER NOT NULL)",
  "CREATE TABLE IF NOT EXISTS withdrawals (id TEXT PRIMARY KEY, frame BLOB NOT NULL, seen INTEGER NOT NULL, told INTEGER)",
  `CREATE TABLE IF NOT EXISTS tellings (withdrawal TEXT NOT NULL, ceremony TEXT NOT NULL, at INTEGER NOT NULL, verdict TEXT NOT NULL,
     PRIMARY KEY (withdrawal, ceremony))`,
];

/** Ceremonies told at a time. */
const TOLD_TOGETHER = 50;
const RETRY_MS = 2_000;

/**
 * What a ceremony makes of a withdrawal that it is told of: it carries it, or it bears on nothing there; it is over; or it knows its call no
 * more than before, and is told again.
 */
export type Uptake = "carried" | "idle" | "over" | "waiting";

/** Instants are microseconds of the mesh's frame. */
export type ToldWithdrawal = {
  readonly frame: Uint8Array;
  readonly seen: number;
  readonly told: number | null;
  readonly ceremonies: readonly { readonly ceremony: Id; readonly at: number; readonly verdict: string }[];
};

export class Operations {
  readonly #ctx: DurableObjectState;
  readonly #env: AgentEnv;
  readonly #alarm: Alarm;
  readonly #now: () => number;
  #spreading: Promise<void> | null = null;

  constructor(ctx: DurableObjectState, env: AgentEnv, alarm: Alarm, now: () => number) {
    this.#ctx = ctx;
    this.#env = env;
    this.#alarm = alarm;
    this.#now = now;
    for (const table of TABLES) ctx.storage.sql.exec(table);
  }

  /** Within a turn: from here on, and until it expires, the ceremony is told of what is withdrawn. Those that have expired are forgotten. */
  register(ceremony: Id, { operation }: Under, until: number): void {
    this.#ctx.storage.sql.exec("DELETE FROM underway WHERE until < ?", this.#now());
    this.#ctx.storage.sql.exec("INSERT OR IGNORE INTO underway VALUES (?, ?, ?)", ceremony, operation, until);
  }

  /** Within a turn: the first time that this node sees it. */
  note({ id, frame }: VerifiedObservation): void {
    this.#ctx.storage.sql.exec("INSERT OR IGNORE INTO withdrawals VALUES (?, ?, ?, NULL)", id, frame, this.#now());
  }

  /** Ceremonies under the coalition that have no ending yet, as far as this node knows. */
  running(): readonly { readonly ceremony: Id; readonly operation: string }[] {
    return this.#ctx.storage.sql
      .exec<{ ceremony: Id; operation: string }>(
        "SELECT ceremony, operation FROM underway WHERE until >= ? ORDER BY until, ceremony",
        this.#now(),
      )
      .toArray();
  }

  withdrawals(): readonly ToldWithdrawal[] {
    const { sql } = this.#ctx.storage;
    const rows = sql.exec<{ id: string; frame: ArrayBuffer; seen: number; told: number | null }>(
      "SELECT id, frame, seen, told FROM withdrawals ORDER BY seen, id",
    );
    return rows.toArray().map(({ id, frame, seen, told }) => ({
      frame: new Uint8Array(frame),
      seen,
      told,
      ceremonies: sql
        .exec<{ ceremony: Id; at: number; verdict: string }>(
          "SELECT ceremony, at, verdict FROM tellings WHERE withdrawal = ? ORDER BY at, ceremony",
          id,
        )
        .toArray(),
    }));
  }

  /** Settled once whatever waits has been told, or its next time is set. */
  spread(): Promise<void> {
    this.#spreading ??= this.#spread()
      .catch((error: unknown) => {
        log("error", "withdrawal-not-told", { mesh: this.#ctx.id.name, reason: String(error) });
        this.#alarm.set(Date.now() + RETRY_MS);
      })
      .finally(() => {
        this.#spreading = null;
      });
    return this.#spreading;
  }

  #untold(): readonly { readonly id: string; readonly frame: Uint8Array }[] {
    return this.#ctx.storage.sql
      .exec<{ id: string; frame: ArrayBuffer }>(
        "SELECT id, frame FROM withdrawals WHERE told IS NULL ORDER BY seen, id",
      )
      .toArray()
      .map(({ id, frame }) => ({ id, frame: new Uint8Array(frame) }));
  }

  async #spread(): Promise<void> {
    for (let untold = this.#untold(); untold.length > 0; untold = this.#untold()) {
      const frames = untold.map(({ frame }) => frame);
      const running = this.running();
      const tellings: (readonly [Id, readonly Uptake[]])[] = [];
      for (let at = 0; at < running.length; at += TOLD_TOGETHER)
        tellings.push(
          ...(await Promise.all(
            running
              .slice(at, at + TOLD_TOGETHER)
              .map(async ({ ceremony }) => [ceremony, await this.#tell(ceremony, frames)] as const),
          )),
        );
      this.#keep(untold, tellings);
      if (tellings.some(([, told]) => told.includes("waiting"))) {
        this.#alarm.set(Date.now() + RETRY_MS);
        return;
      }
    }
  }

  async #tell(ceremony: Id, frames: readonly Uint8Array[]): Promise<readonly Uptake[]> {
    try {
      return await this.#env.CEREMONY.getByName(ceremony).withdraw(frames);
    } catch (error) {
      log("error", "withdrawal-not-told", { mesh: this.#ctx.id.name, ceremony, reason: String(error) });
      return frames.map(() => "waiting");
    }
  }

  #keep(untold: readonly { readonly id: string }[], tellings: readonly (readonly [Id, readonly Uptake[]])[]): void {
    const { sql } = this.#ctx.storage;
    const at = this.#now();
    this.#ctx.storage.transactionSync(() => {
      for (const [ceremony, told] of tellings) {
        for (const [index, { id }] of untold.entries())
          sql.exec("INSERT OR REPLACE INTO tellings VALUES (?, ?, ?, ?)", id, ceremony, at, told[index] ?? "waiting");
        if (told.includes("over")) sql.exec("DELETE FROM underway WHERE ceremony = ?", ceremony);
      }
      for (const [index, { id }] of untold.entries())
        if (!tellings.some(([, told]) => told[index] === "waiting"))
          sql.exec("UPDATE withdrawals SET told = ? WHERE id = ?", at, id);
    });
  }
}
