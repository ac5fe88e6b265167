// What all isolates of the agent's edge share: which keys are withdrawn, how much of its budget each has used, who is logged in at the
// console, and the first answers to requests that may come again.
import { DurableObject } from "cloudflare:workers";
import { type Claim, EdgeAnswers, type Kept } from "./edge-answers.ts";
import { EdgeSessions, type Session } from "./edge-sessions.ts";

/** Units that an isolate may spend on its own; none where the key is withdrawn or its minute is used up. */
export type Lease = {
  readonly granted: number;
  /** Units that nobody has taken yet, and when the minute ends. */
  readonly remaining: number;
  readonly resetMs: number;
  readonly withdrawnAtMs: number | null;
  /** Whether the token was logged out. */
  readonly ended: boolean;
};

/** Whom an answer is for: a key or a person, and the digest of the token that speaks for a person. */
export type Bearing = { readonly id: string; readonly token: string | null };
export type WithdrawnKey = { readonly id: string; readonly atMs: number };

export type EdgeRpc = {
  readonly lease: (who: Bearing, budget: number, want: number, back: number, nowMs: number) => Promise<Lease>;
  /** When the key or person was withdrawn, or 0 where only the token was logged out; null where neither was. */
  readonly goneSince: (who: Bearing) => Promise<number | null>;
  /** Answers the same as soon as it changes, and else null after the time. */
  readonly untilGone: (who: Bearing, withinMs: number) => Promise<number | null>;
  readonly withdraw: (id: string, nowMs: number) => Promise<WithdrawnKey>;
  readonly withdrawn: () => Promise<readonly WithdrawnKey[]>;
  /** Null once it has begun; where what it hangs on is withdrawn, since when. */
  readonly beginSession: (digest: string, session: Session, nowMs: number) => Promise<number | null>;
  readonly session: (digest: string, nowMs: number) => Promise<Session | null>;
  readonly endSession: (digest: string) => Promise<void>;
  readonly endSessions: (who: string | null) => Promise<number>;
  readonly endToken: (token: string, untilMs: number, nowMs: number) => Promise<void>;
  readonly claim: (who: string, key: string, digest: string, nowMs: number) => Promise<Claim>;
  readonly settle: (who: string, key: string, answer: Kept | null) => Promise<void>;
};

const MINUTE_MS = 60_000;
/** Callers whose use is remembered; beyond them all are forgotten, which gives each its minute anew. */
const CALLERS_MAX = 10_000;

export class Edge extends DurableObject {
  readonly #sql: SqlStorage;
  readonly #answers: EdgeAnswers;
  readonly #sessions: EdgeSessions;
  /** Streams that are open, and end with what they hang on. */
  readonly #told = new Set<() => void>();
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
    this.#sessions = new EdgeSessions(this.#sql);
  }

  /** `back` are units of an earlier lease of this minute that were not spent. */
  async lease({ id: who, token }: Bearing, budget: number, want: number, back: number, nowMs: number): Promise<Lease> {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.#minute || this.#used.size >= CALLERS_MAX) this.#used.clear();
    this.#minute = minute;
    const used = Math.max(0, (this.#used.get(who) ?? 0) - back);
    const withdrawnAtMs = this.#withdrawnAt(who);
    const ended = token !== null && this.#sessions.isEnded(token);
    const granted = withdrawnAtMs === null && !ended ? Math.max(0, Math.min(want, budget - used)) : 0;
    this.#used.set(who, used + granted);
    const remaining = Math.max(0, budget - used - granted);
    return { granted, remaining, resetMs: (minute + 1) * MINUTE_MS, withdrawnAtMs, ended };
  }

  #withdrawnAt(id: string): number | null {
    return this.#sql.exec<{ at: number }>("SELECT at FROM withdrawn WHERE id = ?", id).toArray()[0]?.at ?? null;
  }

  async goneSince(who: Bearing): Promise<number | null> {
    return this.#goneSince(who);
  }

  #goneSince({ id, token }: Bearing): number | null {
    return this.#withdrawnAt(id) ?? (token !== null && this.#sessions.isEnded(token) ? 0 : null);
  }

  async untilGone(who: Bearing, withinMs: number): Promise<number | null> {
    const gone = this.#goneSince(who);
    if (gone !== null) return gone;
    return new Promise((resolve) => {
      const answer = (at: number | null) => {
        clearTimeout(timer);
        this.#told.delete(look);
        resolve(at);
      };
      const look = () => {
        const at = this.#goneSince(who);
        if (at !== null) answer(at);
      };
      const timer = setTimeout(() => answer(null), withinMs);
      this.#told.add(look);
    });
  }

  #tell(): void {
    for (const look of [...this.#told]) look();
  }

  /** With its sessions and streams, and for good: a key that was withdrawn never comes back. */
  async withdraw(id: string, nowMs: number): Promise<WithdrawnKey> {
    this.#sql.exec("INSERT OR IGNORE INTO withdrawn VALUES (?, ?)", id, nowMs);
    this.#sessions.endOf(id);
    this.#tell();
    return this.#sql.exec<WithdrawnKey>("SELECT id, at AS atMs FROM withdrawn WHERE id = ?", id).one();
  }

  async withdrawn(): Promise<readonly WithdrawnKey[]> {
    return this.#sql.exec<WithdrawnKey>("SELECT id, at AS atMs FROM withdrawn ORDER BY at, id").toArray();
  }

  async beginSession(digest: string, session: Session, nowMs: number): Promise<number | null> {
    const withdrawnAtMs = this.#withdrawnAt(session.who);
    if (withdrawnAtMs === null) this.ctx.storage.transactionSync(() => this.#sessions.begin(digest, session, nowMs));
    return withdrawnAtMs;
  }

  async session(digest: string, nowMs: number): Promise<Session | null> {
    return this.#sessions.find(digest, nowMs);
  }

  async endSession(digest: string): Promise<void> {
    this.#sessions.end(digest);
  }

  async endSessions(who: string | null): Promise<number> {
    return this.#sessions.endOf(who);
  }

  async endToken(token: string, untilMs: number, nowMs: number): Promise<void> {
    this.#sessions.endToken(token, untilMs, nowMs);
    this.#tell();
  }

  async claim(who: string, key: string, digest: string, nowMs: number): Promise<Claim> {
    return this.ctx.storage.transactionSync(() => this.#answers.claim(who, key, digest, nowMs));
  }

  async settle(who: string, key: string, answer: Kept | null): Promise<void> {
    this.#answers.settle(who, key, answer);
  }
}
