// A party's estimate of mesh time from its peers (SPEC §17.5). Nothing is asked and nothing is waited for: the stamps of statements that arrive anyway
// bound how far a peer's clock can be from one's own. What a peer signed was signed before it arrived; what mentions a statement of one's own
// was signed after that one was sent. Both bounds hold whatever the network does, and a peer that lies about the time is outvoted.
import type { Id, Interval } from "../observation/observation.ts";
import { intersection } from "./clock-agreement.ts";
import { intersect } from "./interval.ts";

/** Bounds on a peer's clock less one's own, in microseconds, and the own reading at which each was found. */
type Bounds = { readonly least: number; readonly leastAt: number; readonly most: number; readonly mostAt: number };

export type PeerClocks = {
  readonly peers: ReadonlyMap<string, Bounds>;
  /** Own statements that peers may mention, and the own reading when each was sent; the oldest first. */
  readonly sent: ReadonlyMap<Id, number>;
  /** What is added to one's own clock to get mesh time. */
  readonly correction: number;
};

export const ALONE: PeerClocks = { peers: new Map(), sent: new Map(), correction: 0 };

/** What one statement of a peer says of its clock. */
export type Heard = {
  readonly peer: string;
  readonly at: Interval;
  /** Statements that it mentions, in full or by their first digits. */
  readonly mentions: readonly string[];
};

/** Clocks within this of each other are left as they are: round trips and queues take as long. */
const TOLERATED = 250_000;
/** How fast an honest clock may stray from another, in parts per million: bounds widen with their age. */
const DRIFT = 200;
/** Statements of one's own that are remembered: a peer that mentions none of so many has not been heard for long. */
const SENT_MAX = 64;
/** Digits by which statuses name statements. */
const DIGITS = 16;
const MILLION = 1_000_000;
/** Of two clocks neither is known to be the wrong one. */
const VOICES_LEAST = 3;

/** Remembers statements of one's own, sent at the own reading `now`. */
export function sendAt(clocks: PeerClocks, ids: readonly Id[], now: number): PeerClocks {
  const fresh = ids.map((id) => id.slice(0, DIGITS)).filter((name) => !clocks.sent.has(name));
  if (fresh.length === 0) return clocks;
  const sent = new Map(clocks.sent);
  for (const name of fresh) sent.set(name, now);
  for (const oldest of sent.keys()) {
    if (sent.size <= SENT_MAX) break;
    sent.delete(oldest);
  }
  return { ...clocks, sent };
}

/** Takes in what arrived at the own reading `now`, and corrects the clock where it must be; `of` organisations have a clock, one's own among them. */
export function hearAt(clocks: PeerClocks, heard: readonly Heard[], now: number, of: number): PeerClocks {
  if (heard.length === 0) return clocks;
  const peers = new Map(clocks.peers);
  for (const { peer, at, mentions } of heard)
    peers.set(peer, narrowed(peers.get(peer), boundsOf(clocks, at, mentions, now), now));
  return { ...clocks, peers, correction: correctionOf(peers, clocks.correction, now, of) };
}

function boundsOf({ sent }: PeerClocks, at: Interval, mentions: readonly string[], now: number): Interval {
  let since = Number.NEGATIVE_INFINITY;
  for (const mention of mentions) since = Math.max(since, sent.get(mention.slice(0, DIGITS)) ?? since);
  return [at[0] - now, at[1] - since];
}

/** The tighter of what was known, widened by its age, and what is new. Bounds that exclude each other mean a clock that was set: the new hold. */
function narrowed(known: Bounds | undefined, [least, most]: Interval, now: number): Bounds {
  const fresh = { least, leastAt: now, most, mostAt: now };
  if (known === undefined) return fresh;
  const [low, high] = aged(known, now);
  if (least > high || most < low) return fresh;
  return {
    ...(least >= low ? { least, leastAt: now } : { least: known.least, leastAt: known.leastAt }),
    ...(most <= high ? { most, mostAt: now } : { most: known.most, mostAt: known.mostAt }),
  };
}

function aged({ least, leastAt, most, mostAt }: Bounds, now: number): Interval {
  const strayed = (at: number) => Math.ceil((Math.max(0, now - at) * DRIFT) / MILLION);
  return [least - strayed(leastAt), most + strayed(mostAt)];
}

/** One's own clock has a voice like everyone's. What still fits what is found is left alone, so that time does not jump about. */
function correctionOf(peers: ReadonlyMap<string, Bounds>, present: number, now: number, of: number): number {
  const offsets: Interval[] = [[0 - TOLERATED, TOLERATED]];
  for (const bounds of peers.values()) {
    const [least, most] = aged(bounds, now);
    if (most !== Number.POSITIVE_INFINITY) offsets.push([least - TOLERATED, most + TOLERATED]);
  }
  // The usual case: nobody contradicts the present correction, and whatever would be found fits it.
  if (offsets.every(([least, most]) => least <= present && present <= most)) return present;
  const offset = offsetOf(offsets, of);
  if (offset === null) return present;
  const [least, most] = offset;
  const fits = (correction: number) => least - TOLERATED <= correction && correction <= most + TOLERATED;
  // Not the middle of the bounds: all would move towards the middles of each other's bounds, and a frame that nothing anchors would run off.
  return fits(present) ? present : fits(0) ? 0 : Math.min(Math.max(present, least), most);
}

/** Bounds on the offset of the clock to go by: what a majority of all organisations agrees on, else the middle clock; null while that is open. */
function offsetOf(offsets: readonly Interval[], of: number): Interval | null {
  if (offsets.length < VOICES_LEAST) return null;
  const { count, offset } = intersection(offsets);
  if (2 * count <= offsets.length) return isHopeless(count, offsets.length, of) ? middleClock(offsets) : null;
  const used = offsets.filter((one) => intersect(one, offset) !== null).length;
  if (2 * used > of) return offset;
  return isHopeless(used, offsets.length, of) ? middleClock(offsets) : null;
}

/** More than two thirds are heard, and whatever the others say no majority can agree any more. */
function isHopeless(largest: number, voices: number, of: number): boolean {
  return voices >= VOICES_LEAST && 3 * voices > 2 * of && 2 * (largest + of - voices) <= of;
}

/**
 * Where no majority agrees there is no right time, but all can go by one clock: the middle one, of an even number the earlier. It is a
 * reading that somebody has and no average; while fewer than a third lie, it is an honest one or lies between two of them. The bounds
 * of the middle clock are the middle ones of all lower and of all upper bounds.
 */
function middleClock(offsets: readonly Interval[]): Interval {
  const middle = Math.floor((offsets.length - 1) / 2);
  const nth = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[middle] as number;
  return [nth(offsets.map(([least]) => least)), nth(offsets.map(([, most]) => most))];
}
