// When a delivery that failed is tried again: each time after four times as long, with jitter, for some 32 hours in all.

export const PAUSE_MAX_MS = 43_200_000;
const PAUSES_MS = [
  5_000,
  20_000,
  80_000,
  320_000,
  1_280_000,
  5_120_000,
  20_480_000,
  PAUSE_MAX_MS,
  PAUSE_MAX_MS,
] as const;
/** Attempts in all; after the last a delivery is dead, and stays visible and replayable. */
export const ATTEMPTS_MAX = PAUSES_MS.length + 1;

/**
 * Milliseconds until the next attempt, after `attempts` have failed; null where there is none. `chance` is 0 to 255: receivers that came
 * back must not be met by all at once. `retryAfterMs` is what the receiver asked for.
 */
export function pauseAfter(attempts: number, chance: number, retryAfterMs: number | null): number | null {
  const base = PAUSES_MS[attempts - 1];
  if (base === undefined) return null;
  const jittered = Math.floor((base * (800 + Math.floor((400 * chance) / 255))) / 1_000);
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, PAUSE_MAX_MS));
}

/** `Retry-After` in seconds, as milliseconds; dates are not read, since they would need the two clocks to agree. */
export function retryAfterMs(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : null;
}
