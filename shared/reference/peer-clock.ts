// A party's estimate of mesh time from its peers (SPEC §17.5). Nothing is asked and nothing is waited for: the stamps of statements that arrive anyway
// bound how far a peer's clock can be from one's own. What a peer signed was signed before it arrived; what mentions a statement of one's own
// was signed after that one was sent. Both bounds hold whatever the network does, and a peer that lies about the time is outvoted.
import type { Id, Interval } from "../observation/observation.ts";
import { agree } from "./clock-agreement.ts";

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

/** Remembers a statement of one's own, sent at the own reading `now`. */
export function sendAt(clocks: PeerClocks, id: Id, now: number): PeerClocks {
  const name = id.slice(0, DIGITS);
  if (clocks.sent.has(name)) return clocks;
  const kept = [...clocks.sent, [name, now] as const].slice(-SENT_MAX);
  return { ...clocks, sent: new Map(kept) };
}

/** Takes in what arrived at the own reading `now`, and corrects the clock where a majority says so. */
export function hearAt(clocks: PeerClocks, heard: readonly Heard[], now: number): PeerClocks {
  if (heard.length === 0) return clocks;
  const peers = new Map(clocks.peers);
  for (const { peer, at, mentions } of heard)
    peers.set(peer, narrowed(peers.get(peer), boundsOf(clocks, at, mentions, now), now));
  return { ...clocks, peers, correction: correctionOf(peers, clocks.correction, now) };
}

function boundsOf({ sent }: PeerClocks, at: Interval, mentions: readonly string[], now: number): Interval {
  const since = mentions.map((mention) => sent.get(mention.slice(0, DIGITS))).filter((when) => when !== undefined);
  return [at[0] - now, since.length === 0 ? Number.POSITIVE_INFINITY : at[1] - Math.max(...since)];
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

/** One's own clock has a voice like everyone's. What still fits what a majority says is left alone, so that time does not jump about. */
function correctionOf(peers: ReadonlyMap<string, Bounds>, present: number, now: number): number {
  const own = { id: "", authority: "", offset: [0 - TOLERATED, TOLERATED] as const };
  const readings = [...peers].flatMap(([peer, bounds]) => {
    const [least, most] = aged(bounds, now);
    return most === Number.POSITIVE_INFINITY
      ? []
      : [{ id: peer, authority: peer, offset: [least - TOLERATED, most + TOLERATED] as const }];
  });
  const found = agree([own, ...readings], { least: 3, maxUncertainty: null, maxDispersion: null });
  if (found.is === "none") return present;
  const [least, most] = found.offset;
  const fits = (correction: number) => least - TOLERATED <= correction && correction <= most + TOLERATED;
  return fits(0) ? 0 : fits(present) ? present : found.estimate;
}
