// Which batches a peer lacks only because they have not arrived yet (SPEC §9.2). A peer that was away, or is busy, works off what waits for it; if all
// of that were sent to it again with each of its reports, a burst would never end.
import type { Id, Observation, StatusBody } from "../observation/observation.ts";
import { prefixOf } from "./gather.ts";
import { batchesOf } from "./gathered.ts";
import type { Round } from "./state.ts";

/** How long a batch may take to a peer that has much to do, in intervals of its reports. */
const ARRIVES_WITHIN = 2;

/**
 * Of a report, those that were signed shortly before it, or behind it; and while a peer's reports of one signer's batches grow, all of that signer's but
 * those that others overtook by an interval: such a one was lost. `before` is its report before this one.
 */
export function underWay(
  { held }: Pick<Round, "held">,
  before: StatusBody | undefined,
  { body, at: told }: Observation<StatusBody>,
  interval: number,
): ReadonlySet<Id> {
  const batches = batchesOf([...held.values()]);
  if (batches.length === 0) return new Set();
  const has = reportedIn(body);
  const had = before === undefined ? has : reportedIn(before);
  const newest = new Map<number | null, number>();
  for (const { id, slot, at } of batches)
    if (has.has(prefixOf(id)) && !had.has(prefixOf(id)))
      newest.set(slot.seat, Math.max(newest.get(slot.seat) ?? at[0], at[0]));
  const arriving = ({ slot, at }: (typeof batches)[number]) =>
    at[0] > told[0] - ARRIVES_WITHIN * interval ||
    at[0] > (newest.get(slot.seat) ?? Number.POSITIVE_INFINITY) - interval;
  return new Set(batches.filter((batch) => !has.has(prefixOf(batch.id)) && arriving(batch)).map(({ id }) => id));
}

function reportedIn({ contributions, messages }: StatusBody): ReadonlySet<string> {
  return new Set([...contributions, ...messages]);
}
