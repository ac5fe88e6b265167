// Final admission over a closed set (SPEC §6.2): the same for everyone who holds the set, whenever each contribution arrived.
import type { Id } from "../observation/observation.ts";
import type { Policy } from "../policy/policy.ts";
import { type Fault, fault } from "../result.ts";
import { type Contribution, type Exclusion, type Seat, seatsByIndex } from "./contribution.ts";
import { judgeContent } from "./forms.ts";

export type Window = { readonly opensAt: number; readonly closesAt: number };

/** Splits a closed set into what counts and what does not, with the reason for each exclusion. */
export function admissible(
  policy: Policy,
  seats: readonly Seat[],
  set: readonly Contribution[],
  window: Window,
): { readonly admitted: readonly Contribution[]; readonly excluded: readonly Exclusion[] } {
  const byIndex = seatsByIndex(seats);
  const sorted = [...new Map(set.map((contribution) => [contribution.id, contribution])).values()].sort(byId);
  const slots = (contribution: Contribution) => slotOf(policy, byIndex, contribution);
  const voided = policy.equivocation === "void" ? equivocated(sorted, slots) : new Set<Id>();
  const admitted: Contribution[] = [];
  const excluded: Exclusion[] = [];
  for (const contribution of sorted) {
    const refused = voided.has(contribution.id)
      ? fault("SLOT_VOID").fault
      : judge(policy, byIndex, contribution, window);
    if (refused === null) admitted.push(contribution);
    else excluded.push({ id: contribution.id, code: refused.code, detail: refused.detail });
  }
  return { admitted, excluded };
}

function byId(a: Contribution, b: Contribution): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Where a seat speaks once in a round, all it says is for one slot, whatever it calls it. */
function slotOf(policy: Policy, seats: ReadonlyMap<number, Seat>, { seat, item }: Contribution): string {
  const role = policy.roles.get(seats.get(seat)?.role ?? "");
  return `${seat}/${role?.slots === "many" ? (item ?? "") : ""}`;
}

/** Ids of contributions whose seat signed more than one for the same slot. */
function equivocated(
  contributions: readonly Contribution[],
  slotOf: (contribution: Contribution) => string,
): ReadonlySet<Id> {
  const slots = [...Map.groupBy(contributions, slotOf).values()];
  return new Set(slots.filter((mates) => mates.length > 1).flatMap((mates) => mates.map(({ id }) => id)));
}

function judge(
  policy: Policy,
  seats: ReadonlyMap<number, Seat>,
  contribution: Contribution,
  window: Window,
): Fault | null {
  const seat = seats.get(contribution.seat);
  if (seat === undefined) return fault("NOT_A_PARTY").fault;
  if (seat.role !== contribution.role)
    return fault("ROLE_NOT_HELD", { role: contribution.role, held: seat.role }).fault;
  const role = policy.roles.get(seat.role);
  if (role === undefined || !role.contributes)
    return fault("ROLE_NOT_HELD", { role: contribution.role, held: seat.role }).fault;
  const content = judgeContent(policy, role, contribution.content);
  if (content !== null) return content;
  const [from, until] = [window.opensAt - policy.timing.tolerance, window.closesAt + policy.timing.tolerance];
  if (contribution.at[0] < from || contribution.at[1] > until)
    return fault("WINDOW_MISSED", { at: contribution.at[0], from: window.opensAt, until: window.closesAt }).fault;
  if (contribution.until < window.closesAt)
    return fault("TTL_EXPIRED", { until: contribution.until, at: window.closesAt }).fault;
  return null;
}
