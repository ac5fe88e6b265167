// Who has custody, asked of evidence (SPEC §6.4.8): the first holder, and whoever took over last by then. One answer at every instant,
// since a transfer is one pair with one time.
import { advance } from "../ceremony/advance.ts";
import type { CeremonyState } from "../ceremony/state.ts";
import type { Id } from "../observation/observation.ts";
import { type Handover, nameOf } from "../outcome/contribution.ts";
import { fault, ok, type Result } from "../result.ts";

export type Transfer = Handover & { readonly ceremony: Id };

/** What a ceremony says of custody: who had it when it began, and the matched pairs that its certified sets hold, in order. */
export type CustodyRecord = { readonly ceremony: Id; readonly first: string; readonly transfers: readonly Transfer[] };

export type Custody = {
  readonly custodian: string;
  /** Since when, in microseconds; null for the first holder. */
  readonly since: number | null;
  readonly by: Transfer | null;
};

/** Null for a ceremony that is not about custody, or that has not ended. */
export function custodyIn(state: CeremonyState): CustodyRecord | null {
  const rule = state.policy?.policy.outcome;
  if (rule?.function !== "chain" || state.policy === null || state.ending === null) return null;
  const first = state.rounds[0]?.seats.find(({ role }) => role === rule.start);
  const { result } = advance(state.policy.policy, state.rounds);
  if (first === undefined || result.is === "next") return null;
  const transfers = (result.handovers ?? []).map((handover) => ({ ...handover, ceremony: state.ceremony }));
  return { ceremony: state.ceremony, first: nameOf(first), transfers };
}

/**
 * One line of custody from records in their order, each of which begins where the one before it ended; of one object where one is named.
 * Refused where it does not hold together: a gap, or two custodians at one time.
 */
export function lineOfCustody(records: readonly CustodyRecord[], object: string | null): Result<readonly Transfer[]> {
  const line: Transfer[] = [];
  let holder = records[0]?.first ?? "";
  for (const record of records) {
    if (record.first !== holder)
      return fault("CUSTODY_BROKEN", { ceremony: record.ceremony, found: record.first, need: holder });
    for (const transfer of record.transfers) {
      if (object !== null && transfer.object !== null && transfer.object !== object) continue;
      const before = line[line.length - 1];
      if (transfer.from !== holder || (before !== undefined && transfer.at < before.at))
        return fault("CUSTODY_BROKEN", { ceremony: record.ceremony, found: transfer.from, need: holder });
      line.push(transfer);
      holder = transfer.to;
    }
  }
  return ok(line);
}

/** The one custodian at an instant, in microseconds. */
export function custodianAt(first: string, line: readonly Transfer[], at: number): Custody {
  const by = line.filter((transfer) => transfer.at <= at).at(-1) ?? null;
  return { custodian: by?.to ?? first, since: by?.at ?? null, by };
}
