// What arrives together is read in runs that a memory bears: none is lost, and none changes its place.
import { describe, expect, it } from "vitest";
import { FRAME_BYTES_MAX, RUN_BYTES_MAX } from "../../shared/limits.ts";
import { runsOf } from "../../shared/runs.ts";

const arrivals = (sizes: readonly number[]) => sizes.map((size, index) => ({ index, frame: new Uint8Array(size) }));

const runs = <T extends { readonly frame: Uint8Array }>(all: readonly T[]) =>
  runsOf(all, ({ frame }) => frame, RUN_BYTES_MAX);

describe("runs of arrivals", () => {
  it("are one where all of it is small, and none where nothing came", () => {
    expect(runs(arrivals(Array.from({ length: 100 }, () => 1_200)))).toHaveLength(1);
    expect(runs([])).toEqual([]);
  });

  it("keep everything in its order, and stay within their size", () => {
    const all = arrivals(
      Array.from({ length: 100 }, (_, index) => (index % 3 === 0 ? FRAME_BYTES_MAX : 40_000 + index)),
    );
    const cut = runs(all);
    expect(cut.flat()).toEqual(all);
    for (const run of cut)
      expect(run.reduce((sum, { frame }) => sum + frame.length, 0)).toBeLessThanOrEqual(RUN_BYTES_MAX);
    const total = all.reduce((sum, { frame }) => sum + frame.length, 0);
    expect(cut.length).toBeLessThanOrEqual(Math.ceil(total / (RUN_BYTES_MAX - FRAME_BYTES_MAX)));
  });

  it("give what is too large for any run one of its own", () => {
    const cut = runs(arrivals([10, RUN_BYTES_MAX + 1, 10, 10]));
    expect(cut.map((run) => run.map(({ index }) => index))).toEqual([[0], [1], [2, 3]]);
  });
});
