// What closed rounds show of each organisation (SPEC §18.4): the record that standing is computed from. Evidence only: two contributions for
// one slot are a fault, one that counted is a clean deed, and silence is neither.
import type { Contribution, Seat } from "../outcome/contribution.ts";
import type { Deed } from "./standing.ts";

export type Shown = {
  readonly seats: readonly Seat[];
  readonly set: readonly Contribution[];
  /** Contributions that counted in the end. */
  readonly admitted: readonly Contribution[];
  /** Key of the slot that a contribution was for. */
  readonly slotOf: (contribution: Contribution) => string;
};

/** Records by organisation; `rounds` are closed, the first one first. */
export function deedsOf(rounds: readonly Shown[]): ReadonlyMap<string, readonly Deed[]> {
  const records = new Map<string, Deed[]>();
  for (const [order, { seats, set, admitted, slotOf }] of rounds.entries()) {
    for (const { index, authority } of seats) {
      const own = set.filter(({ seat }) => seat === index);
      const twice = new Set(own.map(slotOf)).size < new Set(own.map(({ id }) => id)).size;
      const clean = admitted.some(({ seat }) => seat === index);
      if (!twice && !clean) continue;
      const deed: Deed = {
        id: `round ${order}, seat ${index}`,
        order,
        is: twice ? "fault" : "clean",
        governanceClass: null,
      };
      records.set(authority, [...(records.get(authority) ?? []), deed]);
    }
  }
  return records;
}
