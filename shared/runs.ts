// Frames that are worked on together: all at once they would take more memory than there is, and one after another would leave threads idle.

/** Cuts things, in their order, into runs whose frames come to `most` bytes; one that is larger by itself is a run of its own. */
export function runsOf<T>(
  things: readonly T[],
  frameOf: (thing: T) => Uint8Array,
  most: number,
): readonly (readonly T[])[] {
  const runs: T[][] = [];
  let bytes = 0;
  for (const thing of things) {
    const { length } = frameOf(thing);
    bytes += length;
    const run = runs.at(-1);
    if (run !== undefined && bytes <= most) run.push(thing);
    else {
      runs.push([thing]);
      bytes = length;
    }
  }
  return runs;
}
