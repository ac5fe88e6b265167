// Final admission over a closed set (SPEC §6.2): the same for everyone who holds the set, whenever each contribution arrived.
import type { Id } from "../observation/observation.ts";
import type { Policy } from "../policy/policy.ts";
import { type Fault, fault } from "../result.ts";
import type { Contribution, Exclusion, Seat } from "./contribution.ts";

export type Window = { readonly opensAt: number; readonly closesAt: number };

/** Splits a closed set into what counts and what does not, with the reason for each exclusion. */
export function admissible(
  policy: Policy,
  seats: readonly Seat[],
  set: readonly Contribution[],
  window: Window,
): { readonly admitted: readonly Contribution[]; readonly excluded: readonly Exclusion[] } {
  const sorted = [...new Map(set.map((contribution) => [contribution.id, contribution])).values()].sort(byId);
  const voided = policy.equivocation === "void" ? equivocated(sorted) : new Set<Id>();
  const admitted: Contribution[] = [];
  const excluded: Exclusion[] = [];
  for (const contribution of sorted) {
    const refused = voided.has(contribution.id) ? fault("SLOT_VOID").fault : judge(policy, seats, contribution, window);
    if (refused === null) admitted.push(contribution);
    else excluded.push({ id: contribution.id, code: refused.code, detail: refused.detail });
  }
  return { admitted, excluded };
}

function byId(a: Contribution, b: Contribution): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Ids of contributions whose seat signed more than one for the same slot. */
function equivocated(contributions: readonly Contribution[]): ReadonlySet<Id> {
  const slots = new Map<string, Id[]>();
  for (const { id, seat, item } of contributions) {
    const slot = `${seat}/${item ?? ""}`;
    slots.set(slot, [...(slots.get(slot) ?? []), id]);
  }
  return new Set([...slots.values()].filter((ids) => ids.length > 1).flat());
}

function judge(policy: Policy, seats: readonly Seat[], contribution: Contribution, window: Window): Fault | null {
  const seat = seats.find(({ index }) => index === contribution.seat);
  if (seat === undefined) return fault("NOT_A_PARTY").fault;
  if (seat.role !== contribution.role)
    return fault("ROLE_NOT_HELD", { role: contribution.role, held: seat.role }).fault;
  const role = policy.roles.get(seat.role);
  if (role === undefined || !role.contributes)
    return fault("ROLE_NOT_HELD", { role: contribution.role, held: seat.role }).fault;
  const content = judgeContent(role.choices, contribution);
  if (content !== null) return content;
  const [from, until] = [window.opensAt - policy.timing.tolerance, window.closesAt + policy.timing.tolerance];
  if (contribution.at[0] < from || contribution.at[1] > until)
    return fault("WINDOW_MISSED", { at: contribution.at[0], from: window.opensAt, until: window.closesAt }).fault;
  if (contribution.until < window.closesAt)
    return fault("TTL_EXPIRED", { until: contribution.until, at: window.closesAt }).fault;
  return null;
}

/** Fields of a choice: what it chooses, and what people may add. */
const CHOICE_FIELDS = new Set<string | number>(["choice", "subject", "reason"]);

function judgeContent(choices: readonly string[], { content }: Contribution): Fault | null {
  const choice = content.get("choice");
  if (typeof choice !== "string" || !choices.includes(choice))
    return fault("CONTENT_INVALID", { path: "choice", need: `one of ${choices.join(", ")}` }).fault;
  for (const [name, value] of content) {
    if (!CHOICE_FIELDS.has(name)) return fault("CONTENT_INVALID", { path: String(name), need: "left out" }).fault;
    if (typeof value !== "string") return fault("CONTENT_INVALID", { path: String(name), need: "text" }).fault;
  }
  return null;
}
