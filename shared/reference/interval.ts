// Intervals of time in one named frame, in whole microseconds (SPEC §17.1). Both ends belong to them. Two that overlap are concurrent:
// nothing says which came first.
import type { Interval } from "../observation/observation.ts";
import type { Reach } from "./vector.ts";

export type Order = "before" | "after" | "concurrent";

export function orderOf(a: Interval, b: Interval): Order {
  if (a[1] < b[0]) return "before";
  return b[1] < a[0] ? "after" : "concurrent";
}

/** The part that both have; null where they have none. */
export function intersect(a: Interval, b: Interval): Interval | null {
  const [least, most] = [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
  return least <= most ? [least, most] : null;
}

export function add(a: Interval, b: Interval): Interval {
  return [a[0] + b[0], a[1] + b[1]];
}

/** What the offset is seen from the other end. */
export function negate([least, most]: Interval): Interval {
  return [0 - most, 0 - least];
}

/** Whether something at a time known as an interval lies in a window; its ends are in it. */
export function reachOfWindow(at: Interval, window: Interval): Reach {
  if (window[0] <= at[0] && at[1] <= window[1]) return "within";
  return at[1] < window[0] || window[1] < at[0] ? "beyond" : "straddles";
}

/** The least and the most that two moments may lie apart. */
export function apart(a: Interval, b: Interval): Interval {
  return [Math.max(0, b[0] - a[1], a[0] - b[1]), Math.max(a[1] - b[0], b[1] - a[0])];
}

/**
 * Groups of which each is certainly over before the next begins: what overlaps, directly or through others, is in one group. Within a
 * group, and among groups, order is by id and by time, never by arrival.
 */
export function inOrder<T extends { readonly id: string; readonly at: Interval }>(
  events: readonly T[],
): readonly (readonly T[])[] {
  const sorted = [...events].sort((a, b) => a.at[0] - b.at[0] || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const groups: T[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const event of sorted) {
    if (event.at[0] <= end) (groups[groups.length - 1] as T[]).push(event);
    else groups.push([event]);
    end = Math.max(end, event.at[1]);
  }
  return groups.map((group) => group.sort((a, b) => (a.id < b.id ? -1 : 1)));
}
