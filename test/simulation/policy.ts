// The policy of a simulated ceremony: a shipped pattern with short times, so that a schedule spans seconds rather than days.
import type { Json } from "../../shared/cbor/json.ts";
import type { CborMap } from "../../shared/cbor/value.ts";
import { findPattern, PATTERNS } from "../../shared/policy/catalogue.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import type { PinnedPolicy, PolicyDocument } from "../../shared/policy/policy.ts";
import { FAULTS } from "./plan.ts";

export type SimulatedPolicy = {
  readonly pinned: PinnedPolicy;
  readonly role: string;
  /** Contributions that the policy admits, the usual one first. */
  readonly contents: readonly CborMap[];
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
  const { outcome, timing } = found.value;
  const document = {
    ...found.value,
    // One round, which everything that is checked here is about.
    sealed: false,
    faults: FAULTS,
    timing: { ...timing, ...TIMING, early },
    outcome: "candidates" in outcome ? { ...outcome, candidates: CANDIDATES } : outcome,
  };
  const policy = pinPolicy(document as unknown as Json);
  if (!policy.ok) throw new Error(`the policy is refused: ${policy.fault.code}`);
  return { pinned: policy.value, role, contents: contentsOf(found.value.roles[role] as PolicyRole) };
}

type PolicyRole = PolicyDocument["roles"][string];
const CANDIDATES = ["ann", "ben", "cat"];
const NUMBERS = [100, 101, 90, 250, 0];

/** One content for each thing that the role may choose, name, bid or measure. */
function contentsOf({ gives, choices }: PolicyRole): readonly CborMap[] {
  return gives.flatMap((form): readonly CborMap[] => {
    if (form === "bid") return NUMBERS.map((amount) => new Map([["bid", new Map([["amount", amount]])]]));
    if (form === "value") return NUMBERS.map((value) => new Map([["value", value]]));
    const names = form === "ballot" ? [...CANDIDATES, ...choices] : choices;
    return names.map((choice) => new Map([["choice", choice]]));
  });
}

/** A role whose holders both contribute and close, and who can fill every seat of a ceremony of one round. */
function electorRole(document: PolicyDocument): string | null {
  if (document.rounds.most > 1 || document.shortfall.some((step) => step.do === "defer" || step.do === "escalate"))
    return null;
  const fits = Object.entries(document.roles).find(([, role]) => role.closes && role.contributes && role.most >= 10);
  const lone = Object.entries(document.roles).every(([name, role]) => name === fits?.[0] || role.least === 0);
  return fits !== undefined && lone ? fits[0] : null;
}

export function isSimulated(pattern: string): boolean {
  const found = findPattern(pattern);
  return found.ok && electorRole(found.value) !== null;
}

/** Ids of all patterns that can be simulated. */
export const SIMULATED: readonly string[] = PATTERNS.map(({ id }) => id).filter(isSimulated);
