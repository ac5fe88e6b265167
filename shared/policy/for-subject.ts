// A policy for the subject of one ceremony (SPEC §6.11): roles whose condition the subject does not meet are not part of it, and nothing in
// the policy asks for them. The same for everyone, since the call carries the subject.
import type { CborValue } from "../cbor/value.ts";
import { ok, type Result } from "../result.ts";
import { evaluate } from "./expression.ts";
import type { OutcomeRule, Policy, Procedure, Role } from "./policy.ts";
import { lintSense } from "./sense.ts";

/** The policy without the roles that this subject does not call for; a condition that fails on it refuses the ceremony. */
export function policyFor(policy: Policy, subject: CborValue): Result<Policy> {
  const roles = new Map<string, Role>();
  for (const [name, role] of policy.roles) {
    const holds = role.when === null ? ok(true) : evaluate(role.when, { subject });
    if (!holds.ok) return holds;
    if (holds.value) roles.set(name, role);
  }
  if (roles.size === policy.roles.size) return ok(policy);
  const stays = (role: string) => roles.has(role) || !policy.roles.has(role);
  for (const [name, role] of roles) roles.set(name, { ...role, substitutes: role.substitutes.filter(stays) });
  const outcome = outcomeAmong(policy.outcome, stays);
  const shortfall = policy.shortfall.flatMap((step) => procedureAmong(step, stays));
  const fitted: Policy = { ...policy, roles, outcome, shortfall };
  const [finding] = lintSense(fitted);
  return finding === undefined ? ok(fitted) : { ok: false, fault: finding };
}

type Stays = (role: string) => boolean;

function outcomeAmong(rule: OutcomeRule, stays: Stays): OutcomeRule {
  switch (rule.function) {
    case "threshold":
      return { ...rule, veto: rule.veto.filter(stays) };
    case "requirements":
      return { ...rule, require: rule.require.filter(({ role }) => stays(role)) };
    case "leader":
      return { ...rule, leaders: rule.leaders.filter(stays) };
    case "chain":
      return { ...rule, ratify: staying(rule.ratify, stays) };
    case "precedence":
      return { ...rule, order: rule.order.filter(stays), required: staying(rule.required, stays) };
    default:
      return rule;
  }
}

function staying(role: string | null, stays: Stays): string | null {
  return role === null || stays(role) ? role : null;
}

function procedureAmong(step: Procedure, stays: Stays): readonly Procedure[] {
  if (step.do === "proceed") return [{ ...step, requires: step.requires.filter(stays) }];
  if (step.do === "fallback") return [{ ...step, outcome: outcomeAmong(step.outcome, stays) }];
  if (step.do !== "escalate") return [step];
  return stays(step.role) ? [{ ...step, outcome: outcomeAmong(step.outcome, stays) }] : [];
}
