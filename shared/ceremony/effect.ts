// What a step asks of its host, in the order in which it must be done (SPEC §7.5), and what it answers to each observation.
import type { Entry } from "../lineage/entry.ts";
import type { Id, VerifiedObservation } from "../observation/observation.ts";
import type { RefusalCode } from "../refusals.ts";
import type { Fault } from "../result.ts";
import type { Ending } from "./state.ts";

export type Effect =
  /** Durable before anything below. */
  | { readonly do: "append"; readonly observation: VerifiedObservation }
  /** Stored within a batch from now on, and no longer by themselves. */
  | { readonly do: "drop"; readonly ids: readonly Id[] }
  /** Kept beside what counts, so that an exclusion can be explained and checked; never forwarded. */
  | { readonly do: "refuse"; readonly observation: VerifiedObservation; readonly code: RefusalCode }
  | { readonly do: "record"; readonly entry: Entry }
  /** To the named organisations. A replaceable one may be overtaken by a later one that is still unsent. */
  | {
      readonly do: "publish";
      readonly to: readonly string[];
      readonly observation: VerifiedObservation;
      readonly replaceable: boolean;
    }
  /** At most once in a ceremony's life; external effects hang on it. */
  | { readonly do: "conclude"; readonly ending: Ending }
  /** Replaces any earlier wake; null where only a message can change anything. */
  | { readonly do: "wake"; readonly at: number | null };

/**
 * The four answers that are never mixed: admitted; held (waits for something); ignored (nothing new); refused (evaluated, with code).
 */
export type Receipt = {
  readonly id: Id;
  readonly verdict: "admitted" | "held" | "ignored" | "refused";
  readonly code: RefusalCode | null;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** For what was refused before it could be looked at: it has no id. */
export function refusedFor({ code, detail }: Fault): Receipt {
  return { id: "", verdict: "refused", code, detail };
}
