// Seats, contributions and policies for judging outcome functions without signatures.
import type { Json } from "../../shared/cbor/json.ts";
import type { CborValue } from "../../shared/cbor/value.ts";
import { admissible } from "../../shared/outcome/admissible.ts";
import type { Contribution, Seat, Verdict } from "../../shared/outcome/contribution.ts";
import { decide } from "../../shared/outcome/functions.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { type Setting, setParameters } from "../../shared/policy/parameters.ts";
import type { Policy, PolicyDocument } from "../../shared/policy/policy.ts";
import { NAMES } from "./parties.ts";
import { idOf } from "./statements.ts";

export const WINDOW = { opensAt: 1_000_000_000, closesAt: 2_000_000_000 };

/** A pattern with some parameters set, as `outcome.threshold` and its value. */
export function policyOf(pattern: PolicyDocument, settings: Readonly<Record<string, Json>> = {}): Policy {
  const list = Object.entries(settings).map(([path, value]): Setting => ({ path, value }));
  const document = setParameters(pattern as unknown as Json, list);
  const pinned = document.ok ? pinPolicy(document.value) : document;
  if (!pinned.ok) throw new Error(`the policy is refused: ${JSON.stringify(pinned.fault)}`);
  return pinned.value.policy;
}

/** The role of a pattern that contributes and closes. */
export function votingRole(policy: Policy): string {
  const [role] = [...policy.roles].filter(([, { contributes }]) => contributes).map(([name]) => name);
  return role as string;
}

export function seatsOf(policy: Policy, powers: readonly number[]): readonly Seat[] {
  const role = votingRole(policy);
  return powers.map((power, index) => ({ index, authority: NAMES[index] ?? `party ${index}`, role, power }));
}

export function contribution(seat: Seat, choice: string, changes: Partial<Contribution> = {}): Contribution {
  const extra: readonly (readonly [string, CborValue])[] = [...(changes.content ?? new Map())] as never;
  return {
    id: idOf(`${seat.index} ${choice} ${changes.item ?? ""} ${JSON.stringify(extra)}`),
    seat: seat.index,
    role: seat.role,
    item: null,
    at: [WINDOW.opensAt, WINDOW.opensAt],
    until: WINDOW.closesAt,
    ...changes,
    content: new Map<string, CborValue>([["choice", choice], ...extra]),
  };
}

/** What the seats said, one word a seat: a choice, two joined by `+` for an equivocator, or `-` for silence. */
export function votes(seats: readonly Seat[], words: string): readonly Contribution[] {
  return words
    .split(" ")
    .flatMap((word, index) =>
      word === "-" ? [] : word.split("+").map((choice) => contribution(seats[index] as Seat, choice)),
    );
}

/** The choice that wins over a closed set, or the cause of its abandonment. */
export function choiceOf(verdict: Verdict): string {
  if (verdict.is === "abandoned") return verdict.cause;
  return String((verdict.value as ReadonlyMap<string, CborValue>).get("choice"));
}

/** Final admission and the decision after it, as `advance` does it. */
export function decideSet(policy: Policy, seats: readonly Seat[], set: readonly Contribution[]): Verdict {
  return decide(policy, seats, admissible(policy, seats, set, WINDOW).admitted);
}
