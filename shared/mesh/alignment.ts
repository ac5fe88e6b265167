// Alignment of two clock frames from events that both meshes saw (SPEC §20.6): neither clock is canonical, the fit is a set of lines with
// exact bounds, and what it says of a stamp is an interval widened outward. A step in a clock splits the fit; between the parts both hold.
import { greater, lesser, type Ratio, ratio } from "../ratio.ts";
import { fault, ok, type Result } from "../result.ts";
import { compareText } from "../text.ts";
import { type Box, earliestAt, type Lines, latestAt, linesThrough, RISING } from "./clock-line.ts";

/** What witnesses of both meshes say of two frames, in microseconds of each. */
export type Alignment = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly shared: readonly Box[];
  /** Largest rate error between the clocks, in parts per million, where the witnesses state one. */
  readonly driftPpm: number | null;
  /** First instant, in the frame `from`, at which it no longer holds; null for none. */
  readonly expires: number | null;
};

/** A run of shared events, by their stamps in the frame `from`, that one clock rate and offset explain. */
export type Part = { readonly start: number; readonly end: number; readonly lines: Lines };
/** A fit of the frame `to` over the frame `from`, whose names are in order: both sides compute the same one. */
export type Fit = { readonly from: string; readonly to: string; readonly parts: readonly Part[] };

/** Fewer shared events leave the rate open, and then only lineage orders (unless the witnesses bound the drift). */
const SHARED_MIN = 2;

/** The fit that the shared events allow; refuses an alignment that no clock could produce. */
export function fitClocks(alignment: Alignment): Result<Fit> {
  const { id, driftPpm } = alignment;
  const { from, to, shared } = oriented(alignment);
  if (shared.length < (driftPpm === null ? SHARED_MIN : 1))
    return fault("ALIGNMENT_INSUFFICIENT", { alignment: id, found: shared.length, need: SHARED_MIN });
  const torn = shared.findIndex((box, index) => shared.slice(0, index).some((earlier) => reversed(earlier, box)));
  if (torn >= 0) return fault("ALIGNMENT_CONTRADICTORY", { alignment: id, event: torn });
  const rates = driftPpm === null ? RISING : ratesWithin(driftPpm);
  const whole = linesThrough(shared, rates);
  if (whole === "unbounded") return fault("ALIGNMENT_INSUFFICIENT", { alignment: id, found: 1, need: SHARED_MIN });
  if (whole !== null) return ok({ from, to, parts: [partOf(shared, whole)] });
  const parts = splitAtSteps(shared, rates);
  const overlap = parts?.findIndex(({ start }, index) => index > 0 && start <= (parts[index - 1] as Part).end);
  if (parts === null || overlap !== -1) return fault("ALIGNMENT_CONTRADICTORY", { alignment: id, event: overlap ?? 0 });
  return ok({ from, to, parts });
}

/** Frames in order of their names, so that it does not matter which mesh is named first. */
function oriented({ from, to, shared }: Alignment): Pick<Alignment, "from" | "to" | "shared"> {
  const turned = compareText(from, to) > 0;
  const boxes = turned ? shared.map((box) => ({ from: box.to, to: box.from })) : shared;
  const sorted = [...boxes].sort((a, b) => a.from[0] - b.from[0] || a.to[0] - b.to[0] || a.from[1] - b.from[1]);
  return turned ? { from: to, to: from, shared: sorted } : { from, to, shared: sorted };
}

/** True where one clock surely saw the two events in the order opposite to the other's. */
function reversed(earlier: Box, later: Box): boolean {
  return earlier.from[1] < later.from[0] && earlier.to[0] > later.to[1];
}

function ratesWithin(ppm: number): { readonly least: Ratio; readonly most: Ratio } {
  return { least: ratio(1_000_000 - ppm, 1_000_000), most: ratio(1_000_000 + ppm, 1_000_000) };
}

function partOf(boxes: readonly Box[], lines: Lines): Part {
  return { start: boxes[0]?.from[0] as number, end: Math.max(...boxes.map(({ from }) => from[1])), lines };
}

type Rates = { readonly least: Ratio; readonly most: Ratio | null };

/**
 * The fewest runs of events that lines of one common rate explain: a step changes what a clock reads, not how fast it runs.
 * Null where no rate is common to all, as with witnesses that contradict each other.
 */
function splitAtSteps(shared: readonly Box[], rates: Rates): readonly Part[] | null {
  const runs: Box[][] = [];
  let common: Rates = rates;
  for (const box of shared) {
    const run = runs.at(-1);
    const longer = run === undefined ? null : linesThrough([...run, box], common);
    if (run === undefined || longer === null) runs.push([box]);
    else {
      run.push(box);
      if (longer !== "unbounded") common = { least: longer.rates[0], most: longer.rates[1] };
    }
  }
  const parts = runs.map((run) => ({ run, lines: linesThrough(run, common) }));
  const open = parts.some(({ lines }) => lines === null || lines === "unbounded");
  return open || common.most === null ? null : parts.map(({ run, lines }) => partOf(run, lines as Lines));
}

/** Bounds of a stamp of the frame `from` in the frame `to`. */
export function placeInterval(fit: Fit, at: readonly [number, number]): readonly [bigint, bigint] {
  const early = partsAt(fit, at[0]).map(({ lines }) => earliestAt(lines, at[0]));
  const late = partsAt(fit, at[1]).map(({ lines }) => latestAt(lines, at[1]));
  return [early.reduce((a, b) => (a < b ? a : b)), late.reduce((a, b) => (a > b ? a : b))];
}

/** The part that holds at a reading; between two parts the step may come at any moment, so both may hold. */
function partsAt({ parts }: Fit, at: number): readonly Part[] {
  const inside = parts.find(({ start, end }) => start <= at && at <= end);
  if (inside !== undefined) return [inside];
  const before = parts.findLast(({ end }) => end < at);
  const after = parts.find(({ start }) => start > at);
  return [before, after].filter((part) => part !== undefined);
}

/** What a fit says, for people: offset in microseconds and rate in parts per million as bounds, and how often a clock stepped. */
export function describeFit({ from, to, parts }: Fit): {
  readonly from: string;
  readonly to: string;
  readonly offset: readonly [string, string];
  readonly driftPpb: readonly [string, string];
  readonly steps: readonly { readonly after: number; readonly before: number }[];
} {
  const first = parts[0] as Part;
  const rate = (pick: (a: Ratio, b: Ratio) => Ratio, index: 0 | 1) =>
    parts.map(({ lines }) => lines.rates[index]).reduce(pick);
  const billionths = ({ num, den }: Ratio) => ((num - den) * 1_000_000_000n) / den;
  return {
    from,
    to,
    offset: [
      (earliestAt(first.lines, first.start) - BigInt(first.start)).toString(),
      (latestAt(first.lines, first.start) - BigInt(first.start)).toString(),
    ],
    driftPpb: [billionths(rate(lesser, 0)).toString(), billionths(rate(greater, 1)).toString()],
    steps: parts.slice(1).map(({ start }, index) => ({ after: (parts[index] as Part).end, before: start })),
  };
}
