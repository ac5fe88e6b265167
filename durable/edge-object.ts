// What all isolates of the agent's edge share: which keys are withdrawn, how much of its budget each has used, and the first answers to
// requests that may come again.
import { DurableObject } from "cloudflare:workers";
import { type Claim, EdgeAnswers, type Kept } from "./edge-answers.ts";

/** Units that an isolate may spend on its own; none where the key is withdrawn or its minute is used up. */
export type Lease = {
  readonly granted: number;
  /** Units that nobody has taken yet, and when the minute ends. */
  readonly remaining: number;
  readonly resetMs: number;
  readonly withdrawnAtMs: number | null;
};

export type WithdrawnKey = { readonly id: string; readonly atMs: number };

export type EdgeRpc = {
  readonly lease: (who: string, budget: number, want: number, back: number, nowMs: number) => Promise<Lease>;
  readonly withdraw: (id: string, nowMs: number) => Promise<WithdrawnKey>;
  readonly withdrawn: () => Promise<readonly WithdrawnKey[]>;
  readonly claim: (who: string, key: string, digest: string, nowMs: number) => Promise<Claim>;
  readonly settle: (who: string, key: string, answer: Kept | null) => Promise<void>;
};

const MINUTE_MS = 60_000;
/** Callers whose use is remembered; beyond them all are forgotten, which gives each its minute anew. */
const CALLERS_MAX = 10_000;

export class Edge extends DurableObject {
  readonly #sql: SqlStorage;
  readonly #answers: EdgeAnswers;
  /** Use in the present minute. It lives in memory: an object that starts anew starts a new minute. */
  #minute = 0;
  readonly #used = new Map<string, number>();

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec("CREATE TABLE IF NOT EXISTS withdrawn (id TEXT PRIMARY KEY, at INTEGER NOT NULL)");
    // People were once withdrawn by one spelling of their names.
    this.#sql.exec("INSERT OR IGNORE INTO withdrawn SELECT lower(id), at FROM withdrawn WHERE id LIKE 'access:%'");
    this.#answers = new EdgeAnswers(this.#sql);
  }

  /** `back` are units of an earlier lease of this minute that were not spent. */
  async lease(who: string, budget: number, want: number, back: number, nowMs: number): Promise<Lease> {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.#minute || this.#used.size >= CALLERS_MAX) this.#used.clear();
    this.#minute = minute;
    const used = Math.max(0, (this.#used.get(who) ?? 0) - back);
    const [gone] = this.#sql.exec<{ at: number }>("SELECT at FROM withdrawn WHERE id = ?", who).toArray();
    const granted = gone === undefined ? Math.max(0, Math.min(want, budget - used)) : 0;
    this.#used.set(who, used + granted);
    const remaining = Math.max(0, budget - used - granted);
    return { granted, remaining, resetMs: (minute + 1) * MINUTE_MS, withdrawnAtMs: gone?.at ?? null };
  }

  /** For good: a key that was withdrawn never comes back. */
  async withdraw(id: string, nowMs: number): Promise<WithdrawnKey> {
    this.#sql.exec("INSERT OR IGNORE INTO withdrawn VALUES (?, ?)", id, nowMs);
    return this.#sql.exec<WithdrawnKey>("SELECT id, at AS atMs FROM withdrawn WHERE id = ?", id).one();
  }

  async withdrawn(): Promise<readonly WithdrawnKey[]> {
    return this.#sql.exec<WithdrawnKey>("SELECT id, at AS atMs FROM withdrawn ORDER BY at, id").toArray();
  }

  async claim(who: string, key: string, digest: string, nowMs: number): Promise<Claim> {
    return this.ctx.storage.transactionSync(() => this.#answers.claim(who, key, digest, nowMs));
  }

  async settle(who: string, key: string, answer: Kept | null): Promise<void> {
    this.#answers.settle(who, key, answer);
  }
}
