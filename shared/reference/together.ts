// What participants owe each other (SPEC §16.4): ranges between all pairs, one key, enough neighbours. Whoever fits worst leaves, all of
// them where several fit equally badly, and the rest is judged again: no name and no order decides who stays. It is organisations that are
// counted: however often one speaks, it cannot make the others leave.
import { codeOf, finding, metres, type PlaceCode, type PlaceFinding } from "./finding.ts";
import { type Fix, fixIn, keyIn, type Participant } from "./fix.ts";
import type { Constraint, Profile } from "./profile.ts";
import type { Link } from "./ranging.ts";
import { reach, squaredDistance, wholeRoot } from "./vector.ts";

/** Judges the constraints that concern several at once; each participant already has what they ask it to state. */
export function judgeTogether(
  profile: Profile,
  links: readonly Link[],
  participants: readonly Participant[],
): readonly PlaceFinding[] {
  const judges = profile.constraints.map((constraint) => judgeFor(profile, links, constraint, participants));
  const left: PlaceFinding[] = [];
  let staying: ReadonlySet<Participant> = new Set(participants);
  for (;;) {
    const leaving = judges.map(({ offenders }) => offenders(staying)).find((offences) => offences.length > 0);
    if (leaving === undefined) break;
    left.push(...leaving);
    staying = new Set([...staying].filter(({ id }) => !leaving.some(({ participant }) => participant === id)));
  }
  return [...left, ...judges.flatMap(({ met }) => [...staying].flatMap((participant) => met(participant, staying)))];
}

type Staying = ReadonlySet<Participant>;
type Judge = {
  /** Who leaves next, with the reason; none where the constraint holds among those who stay. */
  readonly offenders: (staying: Staying) => readonly PlaceFinding[];
  readonly met: (participant: Participant, staying: Staying) => readonly PlaceFinding[];
};

const INDIFFERENT: Judge = { offenders: () => [], met: () => [] };

function judgeFor(
  profile: Profile,
  links: readonly Link[],
  constraint: Constraint,
  participants: readonly Participant[],
): Judge {
  if (constraint.kind === "range") return rangeJudge(profile, constraint, participants);
  if (constraint.kind === "adjacency") return adjacencyJudge(profile, links, constraint);
  return constraint.kind === "shared-key" && constraint.key === null ? keyJudge(constraint.frame) : INDIFFERENT;
}

type Pair = { readonly squared: bigint; readonly slack: number; readonly code: PlaceCode | null };

function rangeJudge(
  profile: Profile,
  { frame, limit }: Extract<Constraint, { kind: "range" }>,
  participants: readonly Participant[],
): Judge {
  const fixes = new Map(participants.map((participant) => [participant, fixIn(profile, participant, frame) as Fix]));
  // Measured once for all rounds of leaving: there may be as many rounds as participants.
  const pairs = new Map(participants.map((a) => [a, new Map(participants.map((b) => [b, pairOf(a, b)]))]));
  function pairOf(a: Participant, b: Participant): Pair {
    const [left, right] = [fixes.get(a) as Fix, fixes.get(b) as Fix];
    const squared = squaredDistance(left.position, right.position);
    const slack = left.uncertainty + right.uncertainty;
    return { squared, slack, code: codeOf(profile, reach(squared, slack, limit), "PLACE_APART") };
  }
  const others = (participant: Participant, staying: Staying) =>
    [...(pairs.get(participant) as ReadonlyMap<Participant, Pair>)].filter(
      ([other]) => other !== participant && staying.has(other),
    );
  const need = `within ${metres(limit)} of the others`;
  const told = (participant: Participant, staying: Staying) => {
    const [worst] = others(participant, staying).sort(
      ([, a], [, b]) => rank(b) - rank(a) || compare(b.squared, a.squared),
    );
    if (worst === undefined) return finding(participant.id, "range", need, "alone", null);
    const [other, { squared, slack, code }] = worst;
    const got = `${metres(Number(wholeRoot(squared)))} ± ${metres(slack)} from ${other.id}`;
    return finding(participant.id, "range", need, got, code);
  };
  const offenders = (staying: Staying) => {
    const counts = [...staying].map((participant) => ({
      participant,
      count: organisations(others(participant, staying).flatMap(([other, { code }]) => (code === null ? [] : [other]))),
    }));
    const most = Math.max(0, ...counts.map(({ count }) => count));
    return most === 0
      ? []
      : counts.filter(({ count }) => count === most).map(({ participant }) => told(participant, staying));
  };
  return { offenders, met: (participant, staying) => [told(participant, staying)] };
}

function organisations(participants: Iterable<Participant>): number {
  return new Set([...participants].map(({ authority }) => authority)).size;
}

function rank({ code }: Pair): number {
  return code === null ? 0 : code === "PLACE_UNCERTAIN" ? 1 : 2;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The key that more organisations hold than any other; where two keys tie, neither is shared. */
function keyJudge(frame: string): Judge {
  const keyOf = (participant: Participant) => keyIn(participant, frame) as string;
  const offenders = (staying: Staying) => {
    const holders = [...Map.groupBy(staying, keyOf)].map(([key, those]) => ({ key, count: organisations(those) }));
    if (holders.length < 2) return [];
    const most = Math.max(...holders.map(({ count }) => count));
    const leading = holders.filter(({ count }) => count === most).map(({ key }) => key);
    const shared = leading.length === 1 ? (leading[0] as string) : null;
    const need = shared ?? "one key that more share than any other";
    return [...staying]
      .filter((participant) => keyOf(participant) !== shared)
      .map((participant) => finding(participant.id, "shared-key", need, keyOf(participant), "PLACE_KEY", frame));
  };
  const met = (participant: Participant) => [
    finding(participant.id, "shared-key", keyOf(participant), keyOf(participant), null, frame),
  ];
  return { offenders, met };
}

function adjacencyJudge(
  { mode }: Profile,
  links: readonly Link[],
  { limit, least: needed }: Extract<Constraint, { kind: "adjacency" }>,
): Judge {
  const near = links.filter(({ least, most }) => (mode === "lenient" ? least : most) <= limit);
  const judge = ({ id }: Participant, staying: Staying) => {
    const neighbours = new Set(near.flatMap(({ a, b }) => (a === id ? [b] : b === id ? [a] : [])));
    const count = organisations([...staying].filter((other) => neighbours.has(other.id)));
    const need = `${needed} co-signed within ${metres(limit)}`;
    return finding(id, "adjacency", need, String(count), count >= needed ? null : "PLACE_ISOLATED");
  };
  return {
    offenders: (staying) => [...staying].map((one) => judge(one, staying)).filter(({ fault }) => fault !== null),
    met: (participant, staying) => [judge(participant, staying)],
  };
}
