// What comes in one message batch may be a hundred packed batches of bids: read all at once they would take more memory than a Worker or an object has.
import { RUN_BYTES_MAX } from "../shared/limits.ts";

/** Cuts arrivals, in their order, into runs of a bounded size; one that is larger by itself is a run of its own. */
export function runsOf<A extends { readonly frame: Uint8Array }>(arrivals: readonly A[]): readonly (readonly A[])[] {
  const runs: A[][] = [];
  let bytes = 0;
  for (const arrival of arrivals) {
    bytes += arrival.frame.length;
    const run = runs.at(-1);
    if (run !== undefined && bytes <= RUN_BYTES_MAX) run.push(arrival);
    else {
      runs.push([arrival]);
      bytes = arrival.frame.length;
    }
  }
  return runs;
}
