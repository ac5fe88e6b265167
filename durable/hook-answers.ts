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

const TABLE =
  "CREATE TABLE IF NOT EXISTS callbacks (ceremony TEXT PRIMARY KEY, source TEXT NOT NULL, url TEXT NOT NULL, environment TEXT NOT NULL, installation INTEGER, api TEXT NOT NULL, approved TEXT NOT NULL, answered TEXT)";

export class HookAnswers {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(TABLE);
  }

  await(ceremony: string, { source, url, environment, installation, api, approved }: Callback): void {
    this.#sql.exec(
      "INSERT OR IGNORE INTO callbacks VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
      ...[ceremony, source, url, environment, installation, api, approved],
    );
  }

  of(ceremony: string): Callback | null {
    return this.#sql.exec<Callback>("SELECT * FROM callbacks WHERE ceremony = ?", ceremony).toArray()[0] ?? null;
  }

  /** The answer that an event makes due: the first end that is told; null where nobody waits for one. */
  due(event: CeremonyEvent): { readonly callback: Callback; readonly answer: CeremonyEvent } | null {
    if (!ENDS.includes(event.type)) return null;
    const claimed = this.#sql
      .exec<Callback>(
        "UPDATE callbacks SET answered = ? WHERE ceremony = ? AND answered IS NULL RETURNING *",
        event.id,
        event.ceremony,
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
