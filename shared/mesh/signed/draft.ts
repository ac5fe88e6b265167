// What an author says to its mesh, ready to sign (SPEC §20.12). Numbers and links run through all that one key says there.
import type { CborMap, CborValue } from "../../cbor/value.ts";
import { TTL_MICROS_MAX } from "../../limits.ts";
import type { Draft } from "../../observation/author.ts";
import type { Labels } from "../../observation/labels.ts";
import type { Id, Interval } from "../../observation/observation.ts";

/** The last statement of a key in its mesh; `sequence` 0 and `prev` null before the first. */
export type Head = { readonly sequence: number; readonly prev: Id | null };

export type Saying = {
  readonly at: Interval;
  readonly head: Head;
  readonly sources?: readonly Id[];
  /** Null for the author's own. */
  readonly governanceClass?: string | null;
  readonly timeToLive?: number;
  /** Of a fact; in ascending order. */
  readonly labels?: Labels;
};

function draftOf(
  body: Draft["body"],
  { at, head, sources = [], governanceClass = null, timeToLive = TTL_MICROS_MAX }: Saying,
): Draft {
  return {
    ceremony: null,
    round: null,
    slot: { seat: null, attempt: null, item: null },
    at,
    timeToLive,
    governanceClass,
    lineage: { sequence: head.sequence + 1, prev: head.prev, parents: [], sources, derivation: null },
    body,
  };
}

export function factDraft(subject: string, value: CborValue, saying: Saying): Draft {
  const { labels = [] } = saying;
  return draftOf({ kind: "fact", subject, value, ...(labels.length === 0 ? {} : { labels }) }, saying);
}

export function declarationDraft(type: string, content: CborMap, saying: Saying): Draft {
  return draftOf({ kind: "declaration", type, content }, saying);
}
