// One turn of the ceremony: the state so far, what the host must do, and what is answered. Handlers take a turn and return the next.
import type { Entry, EntryKind } from "../lineage/entry.ts";
import type { Author } from "../observation/author.ts";
import type { Body, Derivation, Id, Observation, Slot, VerifiedObservation } from "../observation/observation.ts";
import type { RefusalCode } from "../refusals.ts";
import type { Fault } from "../result.ts";
import type { Effect, Receipt } from "./effect.ts";
import type { CeremonyState } from "./state.ts";

export type Turn = {
  readonly state: CeremonyState;
  readonly effects: readonly Effect[];
  readonly receipts: readonly Receipt[];
  /** Mesh time in microseconds, as the host's input says. */
  readonly now: number;
  readonly author: Author;
  /** Set while stored statements are read again after a restart: nothing is signed, and our own are no surprise. */
  readonly replaying: boolean;
};

export function withState(turn: Turn, change: Partial<CeremonyState>): Turn {
  return { ...turn, state: { ...turn.state, ...change } };
}

export function withEffects(turn: Turn, ...effects: readonly Effect[]): Turn {
  return { ...turn, effects: [...turn.effects, ...effects] };
}

export function receipt(
  turn: Turn,
  id: Id,
  verdict: Receipt["verdict"],
  code: RefusalCode | null = null,
  detail: Fault["detail"] = {},
): Turn {
  return { ...turn, receipts: [...turn.receipts, { id, verdict, code, detail }] };
}

export function record(
  turn: Turn,
  kind: EntryKind,
  about: readonly Id[],
  by: string | null,
  detail: Entry["detail"] = {},
): Turn {
  return withEffects(turn, { do: "record", entry: { kind, at: turn.now, about, by, detail } });
}

/** Refuses an observation: answered and recorded, and nothing else changes. */
export function refuseIn(turn: Turn, observation: VerifiedObservation, fault: Fault): Turn {
  return noteRefusal(receipt(turn, observation.id, "refused", fault.code, fault.detail), observation, fault);
}

/** The same for whoever answers by itself. */
export function noteRefusal(turn: Turn, observation: VerifiedObservation, { code }: Fault): Turn {
  const kept = withEffects(turn, { do: "refuse", observation, code });
  return record(kept, "refusal", [observation.id], authorityOf(turn.state, observation), { code });
}

/** The organisation behind an observation, as far as this party recognises its root. */
export function authorityOf(state: CeremonyState, observation: Observation): string | null {
  return state.self.roots.get(observation.chain[0].issuer) ?? null;
}

/** How long past the hard expiry our own statements may be relied on, and others are asked for their ending: a day, in microseconds. */
export const VALIDITY_MARGIN = 86_400_000_000;

type Saying = {
  readonly round: number;
  readonly slot: Slot;
  readonly body: Exclude<Body, { kind: "unknown" }>;
  readonly parents: readonly Id[];
  /** Statuses take no place in the lineage. */
  readonly numbered: boolean;
  /** Null or absent for the party's usual class. */
  readonly governanceClass?: string | null;
  readonly sources?: readonly Id[];
  readonly derivation?: Derivation | null;
};

/** Signs a statement of our own; numbered ones extend the party's lineage in this ceremony. The caller stores what it keeps. */
export function say(
  turn: Turn,
  { round, slot, body, parents, numbered, governanceClass = null, sources = [], derivation = null }: Saying,
): { readonly turn: Turn; readonly said: VerifiedObservation } {
  const { head, ceremony, call } = turn.state;
  const sequence = numbered ? head.sequence + 1 : null;
  const expiresAt = call?.body.expiresAt ?? turn.now;
  const said = turn.author({
    ceremony,
    round,
    slot,
    at: [turn.now, turn.now],
    timeToLive: Math.max(expiresAt - turn.now, 0) + VALIDITY_MARGIN,
    governanceClass,
    lineage: { sequence, prev: numbered ? head.prev : null, parents, sources, derivation },
    body,
  });
  if (sequence === null) return { turn, said };
  return { turn: withState(turn, { head: { sequence, prev: said.id } }), said };
}

export function append(turn: Turn, observation: VerifiedObservation): Turn {
  return withEffects(turn, { do: "append", observation });
}

export function publish(
  turn: Turn,
  to: readonly string[],
  observation: VerifiedObservation,
  replaceable = false,
): Turn {
  return to.length === 0 ? turn : withEffects(turn, { do: "publish", to, observation, replaceable });
}
