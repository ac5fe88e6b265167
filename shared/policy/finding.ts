// Findings of the linter as lists, and the one that several of its parts have.
import { type Fault, fault } from "../result.ts";
import type { Role } from "./policy.ts";

export type NamedRole = readonly [name: string, role: Role];

/** None, or the one. */
export function finding(found: boolean, refusal: () => ReturnType<typeof fault>): readonly Fault[] {
  return found ? [refusal().fault] : [];
}

/** A role that the policy speaks of and does not have. */
export function unknownRole(roles: Iterable<string>, role: string | null, path: string): readonly Fault[] {
  const known = [...roles];
  return finding(role !== null && !known.includes(role), () =>
    fault("POLICY_ROLE_UNKNOWN", { path, role, roles: known.join(", ") }),
  );
}
