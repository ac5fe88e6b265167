// Beside the frames of batches, what their members were found to be: neither a restart nor the memory of the object has to hold a hundred thousand
// frames. What is kept is checked against the frame that it was made of, and made anew where it does not fit.
import type { CeremonyState } from "../shared/ceremony/state.ts";
import { letGo, reopenKept, reopenSmall, writeKept } from "../shared/observation/kept.ts";
import {
  type BatchBody,
  isKind,
  type Observation,
  type VerifiedObservation,
} from "../shared/observation/observation.ts";

/** Made when it is first needed, since ceremonies of earlier builds have none. */
const KEPT = "CREATE TABLE IF NOT EXISTS kept (id TEXT PRIMARY KEY, kept BLOB NOT NULL)";

type Opened = {
  /** In the order in which they were stored. */
  readonly stored: readonly VerifiedObservation[];
  /** Those of them beside which nothing is kept that fits. */
  readonly unkept: readonly VerifiedObservation[];
};

/** Statements of a store that has some; those of a batch by what is kept beside it, where that fits. */
export function openStored(sql: SqlStorage): Opened {
  sql.exec(KEPT);
  const rows = sql.exec<{ frame: ArrayBuffer; kept: ArrayBuffer | null }>(
    "SELECT frame, kept FROM frames LEFT JOIN kept USING (id) ORDER BY n",
  );
  const [stored, unkept]: [VerifiedObservation[], VerifiedObservation[]] = [[], []];
  for (const { frame, kept } of rows) {
    const bytes = new Uint8Array(frame);
    const known = kept === null ? null : reopenKept(bytes, new Uint8Array(kept));
    const opened = known ?? reopenSmall(bytes);
    stored.push(opened);
    if (isKind(opened, "batch")) leave(sql, opened);
    if (known === null) unkept.push(opened);
  }
  return { stored, unkept };
}

/** Of batches that are part of the state, as it keeps them; one that only waits has not been judged yet. */
export function keepBatches(
  sql: SqlStorage,
  { rounds }: CeremonyState,
  statements: readonly VerifiedObservation[],
): void {
  const batches = statements.filter((statement) => isKind(statement, "batch"));
  if (batches.length === 0) return;
  sql.exec(KEPT);
  for (const { id, round } of batches) {
    const held = rounds[round as number]?.held.get(id);
    if (held === undefined || !isKind(held, "batch")) continue;
    const kept = writeKept(held);
    if (kept !== null) sql.exec("INSERT OR REPLACE INTO kept VALUES (?, ?)", id, kept);
    leave(sql, held);
  }
}

/** Its frame is read here whenever somebody asks for it. */
function leave(sql: SqlStorage, batch: Observation<BatchBody>): void {
  const { id } = batch;
  letGo(batch, () => {
    const { frame } = sql.exec<{ frame: ArrayBuffer }>("SELECT frame FROM frames WHERE id = ?", id).one();
    return new Uint8Array(frame);
  });
}
