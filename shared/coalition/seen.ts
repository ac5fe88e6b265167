// Who has seen a revocation (SPEC §15.15): each agent that learns of one says so once, in its own name, and from when on it goes by it. What
// a partner is told follows from what was handed to the bus; silence is never read as consent.
import { integer, nullable, type Reader, readAs, text } from "../cbor/read.ts";
import type { CborMap } from "../cbor/value.ts";
import { fields, readInstant } from "../mesh/documents/fields.ts";
import { contentMap } from "../mesh/exchange/manifest.ts";
import { isKind, type VerifiedObservation } from "../observation/observation.ts";
import { speakerOf } from "./signed.ts";

export const SEEN_TYPE = "revocation-seen";

export type Seen = {
  /** The revocation's own id: of the declaration, or of the statement about authority. */
  readonly revocation: string;
  /** When the agent first held it, and from when on it goes by it: null where it does not, since its signer may not revoke that. */
  readonly seen: number;
  readonly enforcing: number | null;
};

const readSeen: Reader<Seen> = fields<Seen>(
  { revocation: text(), seen: readInstant, enforcing: nullable(integer(0, Number.MAX_SAFE_INTEGER)) },
  {},
  null,
);

export function seenContent(seen: Seen): CborMap {
  return contentMap(seen);
}

/** The first word of each authority about each revocation. */
export type SeenBy = ReadonlyMap<string, ReadonlyMap<string, Seen>>;

export function seenIn(all: readonly VerifiedObservation[], roots: ReadonlyMap<string, string>): SeenBy {
  const seen = new Map<string, Map<string, Seen>>();
  for (const observation of all) {
    if (!isKind(observation, "declaration") || observation.body.type !== SEEN_TYPE) continue;
    const read = readAs(observation.body.content, readSeen, SEEN_TYPE);
    if (!read.ok) continue;
    const by = speakerOf(observation, roots);
    const known = seen.get(read.value.revocation) ?? new Map<string, Seen>();
    const before = known.get(by);
    if (before === undefined || read.value.seen < before.seen) known.set(by, read.value);
    seen.set(read.value.revocation, known);
  }
  return seen;
}

/** Strongest first. `not-heard`: nothing shows that it has been handed to this partner, nor that it has it. */
export type HearingState = "enforcing" | "seen" | "told" | "not-heard";

export type Hearing = {
  readonly partner: string;
  readonly state: HearingState;
  readonly told: number | null;
  readonly seen: number | null;
  readonly enforcing: number | null;
  /** The last that this partner said here of anything. */
  readonly lastHeard: number | null;
};

/** How a partner stands to a revocation at an instant. */
export function hearingOf(
  partner: string,
  known: { readonly told: number | null; readonly seen: Seen | null; readonly lastHeard: number | null },
  at: number,
): Hearing {
  const { told, seen, lastHeard } = known;
  const enforcing = seen?.enforcing ?? null;
  const state =
    enforcing !== null && enforcing <= at ? "enforcing" : seen !== null ? "seen" : told !== null ? "told" : "not-heard";
  return { partner, state, told, seen: seen?.seen ?? null, enforcing, lastHeard };
}
