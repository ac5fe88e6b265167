// The line of custody through several ceremonies (SPEC §23.5): from the last one back over what each release cites as prior, to the
// first holder.
import { type CustodyRecord, custodyIn, lineOfCustody, type Transfer } from "../handoff/custody.ts";
import type { Id } from "../observation/observation.ts";
import { fault, ok, type Result } from "../result.ts";
import type { Examined } from "./verify.ts";

export type CustodyLine = { readonly first: string; readonly transfers: readonly Transfer[] };

/** `object` null follows whatever was handed over. */
export function custodyLine(ceremonies: readonly Examined[], last: Id, object: string | null): Result<CustodyLine> {
  const known = new Map(ceremonies.map((one) => [one.ceremony, one]));
  const records: CustodyRecord[] = [];
  const seen = new Set<Id>();
  for (let at: Id | undefined = last; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const examined: Examined | undefined = known.get(at);
    const record = examined === undefined ? null : custodyIn(examined.state);
    if (record === null) return fault("CUSTODY_NONE", { ceremony: at });
    records.unshift(record);
    at = examined?.citations.find((citation) => citation.as === "prior")?.ceremony;
  }
  const line = lineOfCustody(records, object);
  return line.ok ? ok({ first: records[0]?.first ?? "", transfers: line.value }) : line;
}

/** The ceremony that no other rests on: where a walk back begins. The last of the file where there are several. */
export function lastOf(ceremonies: readonly Examined[]): Id | null {
  const cited = new Set(ceremonies.flatMap(({ citations }) => citations.map(({ ceremony }) => ceremony)));
  return ceremonies.filter(({ ceremony }) => !cited.has(ceremony)).at(-1)?.ceremony ?? null;
}
