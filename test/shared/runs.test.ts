// What arrives together is read in runs that a memory bears: none is lost, and none changes its place.
import { describe, expect, it } from "vitest";
import { runsOf } from "../../functions/runs.ts";
import { FRAME_BYTES_MAX, RUN_BYTES_MAX } from "../../shared/limits.ts";

const arrivals = (sizes: readonly number[]) => sizes.map((size, index) => ({ index, frame: new Uint8Array(size) }));

describe("runs of arrivals", () => {
  it("are one where all of it is small, and none where nothing came", () => {
    expect(runsOf(arrivals(Array.from({ length: 100 }, () => 1_200)))).toHaveLength(1);
    expect(runsOf([])).toEqual([]);
  });

  it("keep everything in its order, and stay within their size", () => {
    const all = arrivals(
      Array.from({ length: 100 }, (_, index) => (index % 3 === 0 ? FRAME_BYTES_MAX : 40_000 + index)),
    );
    const runs = runsOf(all);
    expect(runs.flat()).toEqual(all);
    for (const run of runs)
      expect(run.reduce((sum, { frame }) => sum + frame.length, 0)).toBeLessThanOrEqual(RUN_BYTES_MAX);
    expect(runs.length).toBeLessThanOrEqual(12);
  });

  it("give what is too large for any run one of its own", () => {
    const runs = runsOf(arrivals([10, RUN_BYTES_MAX + 1, 10, 10]));
    expect(runs.map((run) => run.map(({ index }) => index))).toEqual([[0], [1], [2, 3]]);
  });
});
