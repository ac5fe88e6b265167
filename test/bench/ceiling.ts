// The ceiling: signature checks of the platform alone, on frames of the last auction. It is taken right before and right behind whatever is held
// against it, since a machine that others use is not always as fast.
import { type Party, rootsOf } from "../../cli/stack/party.ts";
import { toBase64 } from "../../shared/bytes.ts";
import { processorMicros } from "./processes.ts";
import { quantile, type Runtime } from "./runtime.ts";

/** What is done so many times a second, and what each takes of the processor, in microseconds; null where nobody can tell. */
export type Rate = { readonly perSecond: number; readonly micros: number | null };

export type Ceiling = {
  readonly take: () => Promise<Rate>;
  /** Frames a second that our door judges, in the same runtime. */
  readonly door: () => Promise<number>;
};

export async function ceilingOf(
  runtime: Runtime,
  frames: readonly Uint8Array[],
  parties: readonly Party[],
): Promise<Ceiling> {
  await runtime.post("/load", JSON.stringify({ frames: frames.map(toBase64), roots: [...rootsOf(parties)] }));
  const all = (answer: unknown) => answer === frames.length;
  const perSecond = async (path: string) => (1_000 * frames.length) / (await runtime.time(path, "", all));
  const take = async () => {
    const rate = await perSecond("/ceiling");
    const used = processorMicros(runtime.pid);
    await runtime.post("/ceiling", "");
    return { perSecond: rate, micros: spentOn(frames.length, used, processorMicros(runtime.pid)) };
  };
  return { take, door: () => perSecond("/door") };
}

/** Of the processor, for each of so many. */
export function spentOn(count: number, before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : (after - before) / count;
}

/** What a work found, and the checks of the platform alone beside it. */
export type Beside<T> = { readonly found: T; readonly ceiling: Rate };

/** One work after the other, each beside the mean of the ceilings before and behind it. */
export async function besideCeiling<T>(
  { take }: Ceiling,
  works: readonly (() => Promise<T>)[],
): Promise<readonly Beside<T>[]> {
  const done: Beside<T>[] = [];
  let before = await take();
  for (const work of works) {
    const found = await work();
    const behind = await take();
    done.push({ found, ceiling: meanOf([before, behind]) });
    before = behind;
  }
  return done;
}

export function meanOf(all: readonly Rate[]): Rate {
  const micros = all.flatMap((each) => each.micros ?? []);
  return { perSecond: mean(all.map(({ perSecond }) => perSecond)), micros: micros.length > 0 ? mean(micros) : null };
}

const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

/** Medians over works that were done one after the other, and each of them over its ceiling. */
export function mediansOf(works: readonly Beside<Rate>[]) {
  const runs = works.map(({ found }) => Math.round(found.perSecond));
  const ratios = works.map(({ found, ceiling }) => ratio(found.perSecond, ceiling.perSecond));
  return {
    perSecond: quantile(runs, 0.5),
    runs,
    ratioToCeiling: quantile(ratios, 0.5),
    ratios,
    micros: medianOf(works.map(({ found }) => found.micros)),
    checkToEach: medianOf(works.map(({ found, ceiling }) => quotient(ceiling.micros, found.micros))),
  };
}

/** Of those that are known; null where none is. */
function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value) => value ?? []);
  return known.length === 0 ? null : quantile(known, 0.5);
}

export const ratio = (ours: number, theirs: number) => Math.round((1_000 * ours) / theirs) / 1_000;
const quotient = (part: number | null, whole: number | null) =>
  part === null || whole === null ? null : ratio(part, whole);
