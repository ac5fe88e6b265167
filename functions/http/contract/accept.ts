// In which form an answer is given (RFC 9110 §12.5.1): the one rule for every route, applied by the guards.
import { PROBLEM_TYPE } from "./route.ts";

type Range = { readonly type: string; readonly weight: number };

/** The offered type that an Accept header likes best, the first of equals; null where it takes none. Refusals are told in any case. */
export function preferred(header: string | undefined, offered: readonly string[]): string | null {
  if (header === undefined) return offered[0] ?? null;
  const ranges = header.split(",").map(rangeIn);
  let best: { readonly type: string; readonly weight: number } | null = null;
  for (const type of offered) {
    const weight = weightOf(ranges, type);
    if (weight > (best?.weight ?? 0)) best = { type, weight };
  }
  return best?.type ?? null;
}

function rangeIn(part: string): Range {
  const [type = "", ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
  const quality = parameters.map((parameter) => /^q=([01](?:\.\d{0,3})?)$/.exec(parameter)?.[1]).find(Boolean);
  return { type, weight: quality === undefined ? 1 : Number(quality) };
}

/** By the range that names the type most closely. Whoever asks for refusals alone gets an answer too, in any form. */
function weightOf(ranges: readonly Range[], offered: string): number {
  const type = offered.split(";")[0] as string;
  const names = [type, `${type.split("/")[0]}/*`, "*/*", PROBLEM_TYPE];
  for (const name of names) {
    const range = ranges.find((each) => each.type === name);
    if (range !== undefined) return range.weight;
  }
  return 0;
}
