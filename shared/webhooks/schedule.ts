// When a delivery that failed is tried again: each time after four times as long, with jitter, for about a day and a half in all.

/** Attempts in all; after the last a delivery is dead, and stays visible and replayable. */
export const ATTEMPTS_MAX = 10;
const FIRST_PAUSE_MS = 5_000;
const GROWTH = 4;
export const PAUSE_MAX_MS = 43_200_000;

/**
 * Milliseconds until the next attempt, after `attempts` have failed; null where there is none. `chance` is 0 to 255: receivers that came
 * back must not be met by all at once. `retryAfterMs` is what the receiver asked for.
 */
export function pauseAfter(attempts: number, chance: number, retryAfterMs: number | null): number | null {
  if (attempts >= ATTEMPTS_MAX) return null;
  const base = Math.min(FIRST_PAUSE_MS * GROWTH ** (attempts - 1), PAUSE_MAX_MS);
  const jittered = Math.floor((base * (800 + Math.floor((400 * chance) / 255))) / 1_000);
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, PAUSE_MAX_MS));
}

/** `Retry-After` in seconds, as milliseconds; dates are not read, since they would need the two clocks to agree. */
export function retryAfterMs(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : null;
}
