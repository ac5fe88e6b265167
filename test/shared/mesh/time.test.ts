// The order of two meshes' facts: clocks that are off, clocks that nothing aligns, and lineage above both.
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/cbor/json.ts";
import {
  AGREEMENT,
  clockOff,
  type Documents,
  fact,
  HOUR,
  MINUTE,
  mirrored,
  office,
  plant,
  refusalOf,
  reported,
  SECOND,
  sharedEvent,
  TRUE_START,
  trueClock,
} from "../../support/meshes.ts";

describe("time", () => {
  const fast = clockOff(47 * MINUTE, 20);
  const apart = (count: number, step: number): Documents => {
    const at = (moment: number, clock: typeof fast) => [clock(moment) - 20_000, clock(moment) + 20_000];
    const events = Array.from({ length: count }, (_, index) => ({
      id: `e${index}`,
      moment: TRUE_START + index * step,
    }));
    const told = (parity: number, clock: typeof fast) =>
      events.filter((_, index) => index % 2 === parity).map(({ id, moment }) => fact(id, { at: at(moment, clock) }));
    return {
      agreement: AGREEMENT,
      ours: plant(told(0, trueClock)),
      theirs: office(told(1, fast)),
      alignment: {
        from: "plant-clock",
        to: "office-clock",
        shared: [0, 3 * HOUR, 6 * HOUR].map((moment) => sharedEvent(TRUE_START + moment, trueClock, fast)),
      },
    };
  };

  it("orders every pair of events a second apart over six hours, though one clock is 47 minutes and 20 ppm off", () => {
    const documents = apart(2_160, 10 * SECOND);
    const expected = Array.from({ length: 2_160 }, (_, index) => [`e${index}`]);
    expect(reported(documents).order).toEqual(expected);
    expect(reported(mirrored(documents)).order).toEqual(expected);
  });

  it("calls concurrent what overlaps, and everything across the meshes where there is no alignment", () => {
    const { alignment: _, ...unaligned } = apart(10, MINUTE);
    const report = reported(unaligned);
    expect(report.order).toEqual([Array.from({ length: 10 }, (_, index) => `e${index}`)]);
    expect(report.time).toMatchObject({ alignment: null, only: "lineage" });
    const cited = {
      ...unaligned,
      theirs: { ...unaligned.theirs, facts: unaligned.theirs.facts.map((each) => ({ ...each, sources: ["e8"] })) },
    };
    expect(reported(cited).order).toEqual([
      ["e0"],
      ["e2"],
      ["e4"],
      ["e6"],
      ["e8"],
      ["e1"],
      ["e3"],
      ["e5"],
      ["e7"],
      ["e9"],
    ]);
  });

  it("lets lineage beat stamps", () => {
    const late = fact("late", { at: [TRUE_START + HOUR, TRUE_START + HOUR + 1] });
    const early = fact("early", { at: [TRUE_START, TRUE_START + 1], sources: ["late"] });
    const report = reported({ agreement: AGREEMENT, ours: plant([late, early]), theirs: office([]) });
    expect(report.order).toEqual([["late"], ["early"]]);
    expect(report.time.contradicted).toEqual(["early"]);
  });

  it("refuses an alignment that is expired, contradictory, too thin or of other clocks, and names it", () => {
    const base = apart(4, MINUTE);
    const shared = (base.alignment as { readonly shared: readonly Json[] }).shared;
    const refused = (changes: { readonly [key: string]: Json }) =>
      refusalOf({ ...base, alignment: { id: "al-7", from: "plant-clock", to: "office-clock", shared, ...changes } });
    expect(refused({})).toBeNull();
    expect(refused({ expires: TRUE_START })?.code).toBe("ALIGNMENT_EXPIRED");
    expect(refused({ to: "depot-clock" })?.code).toBe("ALIGNMENT_FRAMES");
    expect(refused({ shared: shared.slice(0, 1) })?.code).toBe("ALIGNMENT_INSUFFICIENT");
    const [first, second] = shared as readonly { readonly from: Json; readonly to: Json }[];
    const crossed = [
      { from: first?.from, to: second?.to },
      { from: second?.from, to: first?.to },
    ] as Json[];
    expect(refused({ shared: crossed })).toMatchObject({
      code: "ALIGNMENT_CONTRADICTORY",
      detail: { alignment: "al-7" },
    });
  });
});
