// Observations in words, and rules to judge them by.
import type { Evidence } from "../../shared/admission/evidence.ts";
import type { Admission } from "../../shared/admission/judge.ts";
import { admitPresented, parseAdmissionPolicy, parseContext, parseWords } from "../../shared/admission/plain.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Judges documents as `quorate admit` does. */
export function judge(policy: Fields, observation: Fields, context: Fields = {}): Admission {
  const parsed = parseAdmissionPolicy(policy);
  if (!parsed.ok) throw new Error(`the policy is refused: ${JSON.stringify(parsed.fault.detail)}`);
  const subject = parseWords({ id: "x", authority: "acme", ...observation });
  if (!subject.ok) throw new Error(`the observation is refused: ${JSON.stringify(subject.fault.detail)}`);
  const around = parseContext(context);
  if (!around.ok) throw new Error(`the context is refused: ${JSON.stringify(around.fault.detail)}`);
  return admitPresented(parsed.value, subject.value, [], around.value);
}

export function evidence(changes: Partial<Evidence> = {}): Evidence {
  const authority = changes.authority ?? "acme";
  return {
    id: "x",
    authority,
    device: `device of ${authority}`,
    tier: "operator",
    governanceClass: "coordination",
    granted: [],
    credential: { depth: 1, age: 0, revocations: 0 },
    places: [],
    frame: "utc",
    at: [0, 0],
    until: Number.MAX_SAFE_INTEGER,
    sources: [],
    claim: "the door is open",
    operation: "live",
    modality: null,
    attested: [],
    vetoes: [],
    ...changes,
  };
}

/** A factor that others attest, in a given state. */
export const profile = (name: string, weight = 1_000_000) => ({ kind: "attested", name, weight });
export const stated = (...states: readonly (readonly [string, string])[]) => ({
  profiles: states.map(([name, state]) => ({ profile: name, state })),
});
