// Writing a call (SPEC §7.1). Everything that varies is an input, so that the same event always gives the same call and the same id.
import type { CborValue } from "../cbor/value.ts";
import type { Author } from "../observation/author.ts";
import type { Call, NamedSeat, VerifiedObservation } from "../observation/observation.ts";
import type { Under } from "../observation/under.ts";
import type { PinnedPolicy } from "../policy/policy.ts";
import { ok, type Result } from "../result.ts";
import { lastClose, readCall } from "./call.ts";

export type CallPlan = {
  readonly title: string;
  readonly policy: PinnedPolicy;
  readonly subject: CborValue;
  readonly seats: readonly NamedSeat[];
  /** Microseconds; the policy gives the other times. */
  readonly opensAt: number;
  readonly closesAt: number | null;
  readonly expiresAt: number | null;
  /** 16 bytes; what makes two calls of one instant differ, and a repeated event give the same call. */
  readonly nonce: Uint8Array;
  /** The coalition that it is to be under; absent where it is under none. */
  readonly under?: Under;
};

/** Signs a call, unless it could not work. */
export function composeCall(plan: CallPlan, author: Author): Result<VerifiedObservation> {
  const { timing } = plan.policy.policy;
  const closesAt = plan.closesAt ?? plan.opensAt + timing.window;
  const body: Call = {
    kind: "call",
    title: plan.title,
    policy: plan.policy.bytes,
    policyHash: plan.policy.hash,
    subject: plan.subject,
    seats: plan.seats,
    opensAt: plan.opensAt,
    closesAt,
    expiresAt: plan.expiresAt ?? lastClose(plan.policy.policy, { opensAt: plan.opensAt, closesAt }) + timing.expiry,
    nonce: plan.nonce,
    ...(plan.under === undefined ? {} : { under: plan.under }),
  };
  const readable = readCall(body);
  if (!readable.ok) return readable;
  const call = author({
    ceremony: null,
    round: null,
    slot: { seat: null, attempt: null, item: null },
    at: [plan.opensAt, plan.opensAt],
    timeToLive: body.expiresAt - plan.opensAt,
    lineage: { sequence: 0, prev: null, parents: [], sources: [], derivation: null },
    body,
  });
  return ok(call);
}
