// The certificate of completion: what a verification found, in the order in which somebody reads it who was not there. It says no more than
// the verification does, and where that did not pass it says so first.
import type { Json } from "../cbor/json.ts";
import { viewOf } from "../ceremony/view.ts";
import { readableInstant } from "../instant.ts";
import { describeRefusal, type Refusal } from "../refusals.ts";
import { wordsOf } from "../words.ts";
import type { TrustStatement } from "./trust-statement.ts";
import type { Check, Examination, Verification } from "./verify.ts";

export type Completion = {
  readonly verdict: Verification["verdict"];
  /** The verdict in a sentence. */
  readonly sentence: string;
  /** Why it is not passed; null where it is. */
  readonly stopped: (Refusal & { readonly step: string; readonly entry: string }) | null;
  readonly title: string | null;
  readonly ceremony: string | null;
  readonly openedBy: string | null;
  /** Readable instants of the ceremony's own frame. */
  readonly opened: string | null;
  readonly closed: string | null;
  readonly pattern: string | null;
  readonly policy: string | null;
  readonly subject: Json;
  readonly outcome: { readonly status: string; readonly value: Json; readonly digest: string } | null;
  readonly parties: readonly {
    readonly authority: string;
    readonly role: string;
    readonly power: number;
    readonly said: string | null;
    /** Id of the signed statement that says it. */
    readonly statement: string | null;
    readonly equivocated: boolean;
  }[];
  readonly disputes: readonly string[];
  readonly checks: readonly Check[];
  /** Under which roots this was judged, each with the words by which people compare it. */
  readonly roots: readonly { readonly authority: string; readonly key: string; readonly words: string }[];
  readonly revocations: string;
  readonly network: string;
};

const SENTENCES = {
  passed: "The outcome below follows from the signed statements in the evidence, under the roots named below.",
  failed: "The evidence does not bear the outcome out. Nothing below may be relied on beyond the step that is named.",
  indeterminate: "Something that is needed is missing, so this is neither a yes nor a no.",
} as const;

export function completionOf({ verification, state }: Examination, { roots }: TrustStatement): Completion {
  const { verdict, firstFailing, outcome, ceremony, checks, disputes, revocations } = verification;
  const view = state === null ? null : viewOf(state);
  return {
    verdict,
    sentence: SENTENCES[verdict],
    stopped:
      firstFailing === undefined
        ? null
        : { ...describeRefusal(firstFailing), step: firstFailing.step, entry: firstFailing.entry },
    title: view?.title ?? null,
    ceremony,
    openedBy: view?.openedBy ?? null,
    opened: instantOf(view?.opensAt),
    closed: instantOf(view?.closesAt),
    pattern: view?.pattern ?? null,
    policy: view?.policy ?? null,
    subject: view?.subject ?? null,
    outcome: outcome && { status: outcome.status, value: outcome.value, digest: outcome.digest },
    parties: (view?.parties ?? []).map(({ authority, role, power, choice, contribution, equivocated }) => ({
      authority,
      role,
      power,
      said: choice,
      statement: contribution,
      equivocated,
    })),
    disputes: disputes.map(({ by, act, reason }) => `${act} by ${by}: ${reason}`),
    checks,
    roots: roots.map(({ authority, key }) => ({ authority, key, words: wordsOf(key) })),
    revocations: revocations.known === 0 ? "none was known" : `${revocations.known} known`,
    network: "no request was made",
  };
}

function instantOf(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : readableInstant(at);
}
