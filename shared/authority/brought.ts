// Statements about authority that others bring along with what they say: each who brings any has so much room, so that nobody fills it for
// others, and what finds none is refused with all that it came with, never left out in silence.
import { sha256Hex } from "../hash.ts";
import { AUTHORITY_STATEMENTS_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";

/** Statements that somebody brings, and who answers for them. */
export type Brought = { readonly statements: readonly Uint8Array[]; readonly by: string };

export const NOTHING_BROUGHT: Brought = { statements: [], by: "" };

/** What is kept already: whether a statement is, by the hash of its frame, and how many somebody has brought. */
export type KeptStatements = { readonly holds: (hash: string) => boolean; readonly broughtBy: (who: string) => number };

/** What of it is not kept yet, each once; AUTHORITY_FULL where not all of that finds room. */
export function newlyBrought({ statements, by }: Brought, kept: KeptStatements): Result<Brought> {
  const fresh = new Map(statements.map((frame) => [sha256Hex(frame), frame]));
  for (const hash of [...fresh.keys()]) if (kept.holds(hash)) fresh.delete(hash);
  const found = kept.broughtBy(by) + fresh.size;
  if (fresh.size === 0 || found <= AUTHORITY_STATEMENTS_MAX) return ok({ statements: [...fresh.values()], by });
  return fault("AUTHORITY_FULL", { by, found, limit: AUTHORITY_STATEMENTS_MAX });
}
