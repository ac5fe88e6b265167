// The party's list of its ceremonies: what a row knows, and by what a list is narrowed.
import type { CeremonyView } from "../shared/ceremony/view.ts";

export type CeremonyRow = {
  readonly ceremony: string;
  readonly title: string;
  readonly phase: string;
  readonly atMs: number;
  /** Null where an earlier version of the agent noted it. */
  readonly pattern: string | null;
  readonly openedBy: string | null;
  /** Organisations with a seat in it. */
  readonly parties: readonly string[];
};

/** What a ceremony tells of itself; `agreed` says who else is known to have computed its outcome, and is missing before there is one. */
export type NotedCeremony = CeremonyRow & { readonly agreed?: "all" | "some" | "different" };

/** A ceremony as it tells the list of itself. */
export function rowOf(view: CeremonyView): Omit<NotedCeremony, "atMs"> {
  const { ceremony, title, phase, pattern, openedBy, parties, outcome, agreement } = view;
  const row = {
    ceremony,
    title,
    phase,
    pattern,
    openedBy,
    parties: [...new Set(parties.map((seat) => seat.authority))],
  };
  if (outcome === null) return row;
  const { same, of, different } = agreement;
  return { ...row, agreed: different.length > 0 ? "different" : same === of ? "all" : "some" };
}

/** What a list of ceremonies is narrowed to; null for whatever there is. */
export type CeremonyQuery = {
  readonly phases: readonly string[] | null;
  readonly pattern: string | null;
  readonly party: string | null;
  readonly openedBy: string | null;
  /** Only what stands behind this row of the list. */
  readonly after: Pick<CeremonyRow, "atMs" | "ceremony"> | null;
};
export const ALL_CEREMONIES: CeremonyQuery = { phases: null, pattern: null, party: null, openedBy: null, after: null };

const LISTED = `SELECT c.ceremony, title, phase, at AS atMs, pattern, opener AS openedBy, parties
  FROM ceremonies c LEFT JOIN ceremony_facts f ON f.ceremony = c.ceremony
  WHERE (?1 IS NULL OR phase IN (SELECT value FROM json_each(?1)))
    AND (?2 IS NULL OR pattern = ?2)
    AND (?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(parties) WHERE value = ?3))
    AND (?4 IS NULL OR opener = ?4)
    AND (?5 IS NULL OR at < ?5 OR (at = ?5 AND c.ceremony < ?6))
  ORDER BY at DESC, c.ceremony DESC LIMIT ?7`;

/** The newest change first. */
export function listCeremonies(sql: SqlStorage, most: number, query: CeremonyQuery): readonly CeremonyRow[] {
  const { phases, pattern, party, openedBy, after } = query;
  const among = phases === null ? null : JSON.stringify(phases);
  return sql
    .exec<Omit<CeremonyRow, "parties"> & { parties: string | null }>(
      LISTED,
      among,
      pattern,
      party,
      openedBy,
      after?.atMs ?? null,
      after?.ceremony ?? null,
      most,
    )
    .toArray()
    .map((row) => ({ ...row, parties: JSON.parse(row.parties ?? "[]") as string[] }));
}
