// What an agent tells by webhooks: one event for each change of a ceremony, made of the lineage entry that records it (SPEC §26.6). Its id
// follows from the entry, so that telling it twice is telling it once.
import type { Json } from "../cbor/json.ts";
import type { CeremonyView } from "../ceremony/view.ts";
import { readableInstant } from "../instant.ts";
import type { LinkedEntry } from "../lineage/entry.ts";

export const EVENT_TYPES = [
  "ceremony.opened",
  "ceremony.attested",
  "ceremony.decided",
  "ceremony.abandoned",
  "ceremony.expired",
  "ceremony.disputed",
  "ceremony.fault-proved",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export type CeremonyEvent = {
  readonly id: string;
  readonly type: EventType;
  readonly ceremony: string;
  /** JSON text: what is sent, byte for byte. */
  readonly body: string;
};

/** Larger subjects and values are left out of an event; whoever wants them asks the agent. Receivers read small bodies only. */
const CARRIED_LENGTH_MAX = 4_096;

const TYPES: { readonly [kind: string]: EventType } = {
  outcome: "ceremony.decided",
  abandonment: "ceremony.abandoned",
  expiry: "ceremony.expired",
  "byzantine-event": "ceremony.fault-proved",
};
const ADMITTED: { readonly [kind: string]: EventType } = {
  call: "ceremony.opened",
  contribution: "ceremony.attested",
  dispute: "ceremony.disputed",
};

/** The event that an entry is; null for what is of no concern outside. */
export function eventTypeOf({ kind, detail }: Pick<LinkedEntry, "kind" | "detail">): EventType | null {
  return (kind === "admission" ? ADMITTED[String(detail.kind)] : TYPES[kind]) ?? null;
}

/** The event of an entry, as this party sees its ceremony now. An outcome is told with its own event alone, which rests on a certificate. */
export function eventOf(entry: LinkedEntry, view: CeremonyView): CeremonyEvent | null {
  const type = eventTypeOf(entry);
  if (type === null) return null;
  const { ceremony, asSeenBy, title, pattern } = view;
  const id = `evt_${entry.hash.slice(0, 32)}`;
  const ends = type === "ceremony.decided" || type === "ceremony.abandoned";
  const data = {
    ceremony,
    title,
    pattern,
    asSeenBy,
    sequence: entry.index,
    entry: entry.hash,
    by: entry.by,
    about: entry.about,
    detail: entry.detail,
    subject: carried(view.subject),
    outcome: ends && view.outcome !== null ? { ...view.outcome, value: carried(view.outcome.value) } : null,
  };
  return { id, type, ceremony, body: JSON.stringify({ type, timestamp: isoOf(entry.at), data }) };
}

function carried(value: Json): Json {
  return JSON.stringify(value).length <= CARRIED_LENGTH_MAX ? value : null;
}

/** Microseconds as ISO 8601. */
function isoOf(micros: number): string {
  return `${readableInstant(micros).replace(" ", "T")}Z`;
}
