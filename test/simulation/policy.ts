// The policy of a simulated ceremony: a shipped pattern with short times, so that a schedule spans seconds rather than days.
import type { Json } from "../../shared/cbor/json.ts";
import { findPattern, PATTERNS } from "../../shared/policy/catalogue.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import type { PinnedPolicy, PolicyDocument } from "../../shared/policy/policy.ts";
import { FAULTS } from "./plan.ts";

export type SimulatedPolicy = {
  readonly pinned: PinnedPolicy;
  readonly role: string;
  readonly choices: readonly string[];
};

export const TIMING = {
  tolerance: 120_000_000,
  settleMargin: 400_000,
  witnessTimeout: 2_000_000,
  attemptTimeout: 2_000_000,
  statusInterval: 2_000_000,
} as const;

const pinned = new Map<string, SimulatedPolicy>();

/** Throws where the pattern cannot be simulated; the command line asks `isSimulated` first. */
export function simulatedPolicy(pattern: string, early: boolean): SimulatedPolicy {
  const name = `${pattern}/${early}`;
  const known = pinned.get(name) ?? pin(pattern, early);
  pinned.set(name, known);
  return known;
}

function pin(pattern: string, early: boolean): SimulatedPolicy {
  const found = findPattern(pattern);
  const role = found.ok ? electorRole(found.value) : null;
  if (!found.ok || role === null) throw new Error(`the pattern ${pattern} is not simulated`);
  const document = { ...found.value, faults: FAULTS, timing: { ...found.value.timing, ...TIMING, early } };
  const policy = pinPolicy(document as unknown as Json);
  if (!policy.ok) throw new Error(`the policy is refused: ${policy.fault.code}`);
  return { pinned: policy.value, role, choices: found.value.roles[role]?.choices ?? [] };
}

/** A role whose holders both choose and close, and who can fill every seat. */
function electorRole(document: PolicyDocument): string | null {
  const fits = Object.entries(document.roles).find(
    ([, role]) => role.closes && role.contributes && role.choices.length > 0,
  );
  const lone = Object.entries(document.roles).every(([name, role]) => name === fits?.[0] || role.least === 0);
  return fits !== undefined && lone && fits[1].most >= 10 ? fits[0] : null;
}

export function isSimulated(pattern: string): boolean {
  const found = findPattern(pattern);
  return found.ok && electorRole(found.value) !== null;
}

/** Ids of all patterns that can be simulated. */
export const SIMULATED: readonly string[] = PATTERNS.map(({ id }) => id).filter(isSimulated);
