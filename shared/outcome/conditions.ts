// What the policy asks of a contribution beyond its form (SPEC §6.11): the condition of its role, and vetoes that nothing makes up for.
// An expression that cannot be evaluated on a contribution refuses it, so that nobody gets past a condition by saying too little.
import type { CborValue } from "../cbor/value.ts";
import { evaluate } from "../policy/expression.ts";
import type { Policy, Role } from "../policy/policy.ts";
import { type Fault, fault } from "../result.ts";
import { type Contribution, nameOf, type Seat } from "./contribution.ts";

/** What is the same for all contributions of a round. */
export type Occasion = { readonly subject: CborValue; readonly round: number };

/** Why a contribution is refused; null where nothing speaks against it. */
export function judgeConditions(
  { vetoes }: Policy,
  role: Role,
  seat: Seat,
  { content }: Contribution,
  { subject, round }: Occasion,
): Fault | null {
  const where = role.attests?.where ?? null;
  if (where === null && vetoes.length === 0) return null;
  const party = new Map<string, CborValue>([
    ["name", nameOf(seat)],
    ["authority", seat.authority],
    ["role", seat.role],
    ["power", seat.power],
    ["tier", seat.tier ?? 0],
  ]);
  const given = { content, party, subject, round };
  for (const { name, when } of vetoes) {
    const vetoed = evaluate(when, given);
    if (!vetoed.ok) return vetoed.fault;
    if (vetoed.value) return fault("CONTRIBUTION_VETOED", { veto: name, expression: when }).fault;
  }
  const met = where === null ? null : evaluate(where, given);
  if (met?.ok === false) return met.fault;
  return met?.value === false ? fault("CONDITION_UNMET", { expression: where }).fault : null;
}
