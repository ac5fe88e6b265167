// Answering the sender of a delivery with the outcome of the ceremony that it opened: GitHub's deployment protection rule. What is to be
// answered is written down with the delivery, and answered once, whatever the ceremony's end: no deployment is left waiting for ever.
import { fromJson } from "../shared/cbor/json.ts";
import { evaluate } from "../shared/policy/expression.ts";
import type { CeremonyEvent } from "../shared/webhooks/event.ts";

/** What the delivery said about how it wants to be answered. */
export type Callback = {
  readonly source: string;
  readonly url: string;
  readonly environment: string;
  /** The App's installation, for its token; null where the source has a token of its own. */
  readonly installation: number | null;
  readonly api: string;
  /** Over `outcome`: whether the deployment is approved. */
  readonly approved: string;
};

const ENDS: readonly string[] = ["ceremony.decided", "ceremony.abandoned", "ceremony.expired"];

/** Ends are remembered so long: a delivery that is replayed may ask for a ceremony that has ended meanwhile. */
const END_AGE_MAX_MS = 30 * 86_400_000;

const TABLES = [
  "CREATE TABLE IF NOT EXISTS callbacks (ceremony TEXT PRIMARY KEY, source TEXT NOT NULL, url TEXT NOT NULL, environment TEXT NOT NULL, installation INTEGER, api TEXT NOT NULL, approved TEXT NOT NULL, answered TEXT)",
  "CREATE TABLE IF NOT EXISTS ends (ceremony TEXT PRIMARY KEY, id TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL)",
];

export class HookAnswers {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const table of TABLES) sql.exec(table);
  }

  /** From now on the sender waits for the ceremony's end; answers that end where it was told already. */
  await(ceremony: string, { source, url, environment, installation, api, approved }: Callback): CeremonyEvent | null {
    this.#sql.exec(
      "INSERT OR IGNORE INTO callbacks VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
      ...[ceremony, source, url, environment, installation, api, approved],
    );
    const end = this.#sql
      .exec<CeremonyEvent>("SELECT id, type, ceremony, body FROM ends WHERE ceremony = ?", ceremony)
      .toArray()[0];
    return end ?? null;
  }

  of(ceremony: string): Callback | null {
    return this.#sql.exec<Callback>("SELECT * FROM callbacks WHERE ceremony = ?", ceremony).toArray()[0] ?? null;
  }

  /** The answer that an event makes due: the first end that is told; null where nobody waits for one. */
  due(event: CeremonyEvent, nowMs: number): { readonly callback: Callback; readonly answer: CeremonyEvent } | null {
    if (!ENDS.includes(event.type)) return null;
    const { id, type, ceremony, body: told } = event;
    this.#sql.exec("DELETE FROM ends WHERE at < ?", nowMs - END_AGE_MAX_MS);
    this.#sql.exec("INSERT OR IGNORE INTO ends VALUES (?, ?, ?, ?, ?)", ceremony, id, type, told, nowMs);
    const claimed = this.#sql
      .exec<Callback>(
        "UPDATE callbacks SET answered = ? WHERE ceremony = ? AND answered IS NULL RETURNING *",
        id,
        ceremony,
      )
      .toArray()[0];
    if (claimed === undefined) return null;
    const state = isApproved(claimed.approved, event) ? "approved" : "rejected";
    const comment = `${COMMENTS[event.type] ?? event.type}; ceremony ${event.ceremony}`;
    const body = JSON.stringify({ environment_name: claimed.environment, state, comment });
    return { callback: claimed, answer: { ...event, id: `${event.id}_answer`, body } };
  }
}

const COMMENTS: Readonly<Record<string, string>> = {
  "ceremony.decided": "decided by the parties",
  "ceremony.abandoned": "the ceremony was abandoned",
  "ceremony.expired": "the ceremony expired without an outcome",
};

/** Anything but a clear yes is a no. */
function isApproved(expression: string, { type, body }: CeremonyEvent): boolean {
  if (type !== "ceremony.decided") return false;
  const { outcome } = (JSON.parse(body) as { readonly data: { readonly outcome: unknown } }).data;
  const given = fromJson(outcome);
  const verdict = given.ok ? evaluate(expression, { outcome: given.value }) : given;
  return verdict.ok && verdict.value;
}
