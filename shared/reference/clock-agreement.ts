// What a majority of clocks agrees on (SPEC §17.2): selection by interval intersection, after Marzullo and as NTP's clock select does it
// (RFC 5905 §11.2.1). Each attester says between which bounds the truth lies; the largest number that has a point in common wins, if it
// is a majority. Fewer than half may lie as they like: what is agreed then touches an honest attester's interval. Two camps are never averaged.
import type { Interval } from "../observation/observation.ts";
import { type Fault, fault } from "../result.ts";
import { intersect } from "./interval.ts";

/** One attester's bounds on an offset, in microseconds. */
export type Reading = { readonly id: string; readonly authority: string; readonly offset: Interval };

export type Demand = {
  /** Organisations that must be heard. */
  readonly least: number;
  /** Half of the widest reading, and of the widest agreement, that is of use; null for any. */
  readonly maxUncertainty: number | null;
  readonly maxDispersion: number | null;
};

export type Excluded = { readonly id: string; readonly fault: Fault };
/** Attesters that agree among themselves, and on what. */
export type Camp = { readonly ids: readonly string[]; readonly offset: Interval };

export type Agreement = {
  readonly used: readonly string[];
  readonly excluded: readonly Excluded[];
} & (
  | { readonly is: "agreed"; readonly offset: Interval; readonly estimate: number; readonly dispersion: number }
  | { readonly is: "none"; readonly fault: Fault; readonly camps: readonly Camp[] }
);

/** One organisation's say: the bounds that all of its readings leave. */
type Voice = { readonly authority: string; readonly ids: readonly string[]; readonly offset: Interval };

export function agree(readings: readonly Reading[], demand: Demand): Agreement {
  const sorted = [...readings].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const { precise, excluded: imprecise } = sift(sorted, demand);
  const { voices, excluded: contradictory } = voicesOf(precise);
  const excluded = [...imprecise, ...contradictory];
  const heard = voices.flatMap(({ ids }) => ids);
  const none = (why: { readonly fault: Fault }, camps: readonly Camp[] = []): Agreement => {
    const rest = heard.map((id) => ({ id, fault: why.fault }));
    return { is: "none", used: [], excluded: byId([...excluded, ...rest]), fault: why.fault, camps };
  };
  if (voices.length < demand.least) return none(fault("TIME_FEW", { found: voices.length, need: demand.least }));
  const found = intersection(voices.map((voice) => voice.offset));
  if (2 * found.count <= voices.length) {
    const camps = campsOf(voices);
    return none(fault("TIME_SPLIT", { of: voices.length, count: found.count, camps: camps.length }), camps);
  }
  const { offset } = found;
  const estimate = Math.floor((offset[0] + offset[1]) / 2);
  const dispersion = offset[1] - estimate;
  if (demand.maxDispersion !== null && dispersion > demand.maxDispersion)
    return none(fault("TIME_DISPERSED", { found: dispersion, limit: demand.maxDispersion }));
  const isUsed = (voice: Voice) => intersect(voice.offset, offset) !== null;
  const outliers = voices.filter((voice) => !isUsed(voice)).flatMap((voice) => outlying(voice, offset));
  const used = voices.filter(isUsed).flatMap(({ ids }) => ids);
  return { is: "agreed", used: used.sort(), excluded: byId([...excluded, ...outliers]), offset, estimate, dispersion };
}

function byId(excluded: readonly Excluded[]): readonly Excluded[] {
  return [...excluded].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function outlying({ ids, offset }: Voice, agreed: Interval): readonly Excluded[] {
  const off = offset[0] > agreed[1] ? offset[0] - agreed[1] : offset[1] - agreed[0];
  return ids.map((id) => ({ id, fault: fault("TIME_OUTLIER", { attester: id, off }).fault }));
}

function sift(readings: readonly Reading[], { maxUncertainty }: Demand) {
  const isPrecise = ({ offset }: Reading) => maxUncertainty === null || offset[1] - offset[0] <= 2 * maxUncertainty;
  const excluded = readings
    .filter((reading) => !isPrecise(reading))
    .map(({ id }) => ({ id, fault: fault("TIME_IMPRECISE", { attester: id, limit: maxUncertainty }).fault }));
  return { precise: readings.filter(isPrecise), excluded };
}

/** Readings of one organisation are one voice; where they exclude each other, it has none. */
function voicesOf(readings: readonly Reading[]): {
  readonly voices: readonly Voice[];
  readonly excluded: readonly Excluded[];
} {
  const groups = new Map<string, Reading[]>();
  for (const reading of readings) groups.set(reading.authority, [...(groups.get(reading.authority) ?? []), reading]);
  const voices: Voice[] = [];
  const excluded: Excluded[] = [];
  for (const [authority, group] of groups) {
    const offset = group.reduce<Interval | null>(
      (left, reading) => left && intersect(left, reading.offset),
      [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    );
    if (offset !== null) voices.push({ authority, ids: group.map(({ id }) => id), offset });
    else
      excluded.push(
        ...group.map(({ id }) => ({ id, fault: fault("TIME_CONTRADICTORY", { attester: id, authority }).fault })),
      );
  }
  return { voices, excluded };
}

type Endpoint<V> = { readonly at: number; readonly opens: boolean; readonly voice: V };

/** Both ends of every interval, from the lowest; where some open and others close at one point, they have it in common. */
function endpoints<V>(
  voices: readonly V[],
  from: (voice: V) => number,
  to: (voice: V) => number,
): readonly Endpoint<V>[] {
  const both: Endpoint<V>[] = [];
  for (const voice of voices)
    both.push({ at: from(voice), opens: true, voice }, { at: to(voice), opens: false, voice });
  return both.sort((a, b) => a.at - b.at || Number(b.opens) - Number(a.opens));
}

/**
 * The largest number of voices with a point in common, and the span of all such points: from the lowest to the highest, since several
 * majorities of that size may lie beside each other and nothing says which one is right.
 */
export function intersection(offsets: readonly Interval[]): { readonly count: number; readonly offset: Interval } {
  let [open, count, least, most] = [0, 0, 0, 0];
  for (const { at, opens } of endpoints(
    offsets,
    ([from]) => from,
    ([, to]) => to,
  )) {
    if (opens) {
      open += 1;
      if (open > count) [count, least] = [open, at];
    } else {
      if (open === count) most = at;
      open -= 1;
    }
  }
  return { count, offset: [least, most] };
}

const lowest = ({ offset }: Voice) => offset[0];
const highest = ({ offset }: Voice) => offset[1];

/** Every largest set of voices with a point in common: what people must see where there is no majority. */
function campsOf(voices: readonly Voice[]): readonly Camp[] {
  const open = new Set<Voice>();
  const camps: Camp[] = [];
  let grew = false;
  for (const { at, opens, voice } of endpoints(voices, lowest, highest)) {
    if (opens) open.add(voice);
    else {
      const since = Math.max(...[...open].map(({ offset }) => offset[0]));
      if (grew) camps.push({ ids: [...open].flatMap(({ ids }) => ids).sort(), offset: [since, at] });
      open.delete(voice);
    }
    grew = opens;
  }
  return camps;
}
