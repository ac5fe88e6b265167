// Ballots, however they are written, in one form: candidates as indices, identical ballots weighed together (SPEC §6.4).
import type { CborMap, CborValue } from "../cbor/value.ts";
import type { Role, TallyOutcome } from "../policy/policy.ts";
import { type Fault, fault } from "../result.ts";
import { type Contribution, compareText, type Seat, seatsByIndex } from "./contribution.ts";
import { leastCommonMultiple } from "./exact.ts";

/** Groups of candidates, the best first; those in one group are equal. */
export type Ranking = readonly (readonly number[])[];

export type WeighedBallot = {
  readonly ranking: Ranking;
  /** Power of those who cast it, times the ballots that each stands for. */
  readonly weight: bigint;
};

export type Ballots = {
  readonly candidates: readonly string[];
  readonly ballots: readonly WeighedBallot[];
  /** Weight of all ballots, blank ones included. */
  readonly total: bigint;
  /** Seats that cast a ballot or abstained. */
  readonly heard: ReadonlySet<number>;
};

const COUNT_MAX = 1_000_000_000;
const BALLOT_FIELDS = ["choice", "approve", "ranking"];

/** Whether a content is a ballot that the rule can count; null where it is. */
export function judgeBallot(rule: TallyOutcome, role: Role, content: CborMap): Fault | null {
  const [given, ...more] = BALLOT_FIELDS.filter((name) => content.has(name));
  if (given === undefined || more.length > 0)
    return fault("CONTENT_INVALID", { path: "ballot", need: `one of ${BALLOT_FIELDS.join(", ")}` }).fault;
  const unread = [...content.keys()].find((name) => ![given, "count", "reason", "subject"].includes(String(name)));
  if (unread !== undefined) return fault("CONTENT_INVALID", { path: String(unread), need: "left out" }).fault;
  const count = content.get("count");
  if (count !== undefined && !role.delegated) return fault("COUNT_NOT_DELEGATED", {}).fault;
  if (count !== undefined && !(Number.isSafeInteger(count) && (count as number) >= 1 && (count as number) <= COUNT_MAX))
    return fault("CONTENT_INVALID", { path: "count", need: `an integer from 1 to ${COUNT_MAX}` }).fault;
  if (given === "ranking" && !RANKED[rule.rule])
    return fault("CONTENT_INVALID", { path: "ranking", need: "left out: say whom you approve" }).fault;
  const groups = groupsOf(content);
  if (groups === null) return fault("CONTENT_INVALID", { path: given, need: SHAPES[given] as string }).fault;
  if (isAbstention(rule, role, content)) return null;
  const names = groups.flat();
  if (new Set(names).size !== names.length)
    return fault("CONTENT_INVALID", { path: given, need: "each candidate once" }).fault;
  // A name that does not stand is passed over, as a written-in one would be; a ballot with no other is no ballot.
  const [stranger] = names;
  const standing = rule.candidates.length === 0 || names.some((name) => rule.candidates.includes(name));
  return standing || stranger === undefined ? null : fault("CANDIDATE_UNKNOWN", { candidate: stranger }).fault;
}

/** Rules that can read an order; the others count names, all alike. */
const RANKED: { readonly [R in TallyOutcome["rule"]]: boolean } = {
  plurality: true,
  approval: false,
  "instant-runoff": true,
  schulze: true,
};

const SHAPES: Readonly<Record<string, string>> = {
  choice: "the name of a candidate",
  approve: "a list of candidates",
  ranking: "a list of groups of candidates, best first",
};

function isAbstention(rule: TallyOutcome, role: Role, content: CborMap): boolean {
  const choice = content.get("choice");
  return typeof choice === "string" && role.choices.includes(choice) && !rule.candidates.includes(choice);
}

/** The candidates of a ballot by groups, or null where it is ill-formed. */
function groupsOf(content: CborMap): readonly (readonly string[])[] | null {
  const choice = content.get("choice");
  if (choice !== undefined) return isName(choice) ? [[choice]] : null;
  const approve = content.get("approve");
  if (approve !== undefined) return isNames(approve) ? (approve.length === 0 ? [] : [approve]) : null;
  const ranking = content.get("ranking");
  if (!Array.isArray(ranking)) return null;
  const groups = (ranking as readonly CborValue[]).map((group) => (isName(group) ? [group] : group));
  return groups.every((group) => isNames(group) && group.length > 0) ? (groups as string[][]) : null;
}

/** The groups of a ballot, without names that do not stand. */
function standingGroups(rule: TallyOutcome, content: CborMap): readonly (readonly string[])[] | null {
  const groups = groupsOf(content);
  if (groups === null || rule.candidates.length === 0) return groups;
  return groups
    .map((group) => group.filter((name) => rule.candidates.includes(name)))
    .filter(({ length }) => length > 0);
}

function isName(value: CborValue | undefined): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= 128;
}

function isNames(value: CborValue): value is readonly string[] {
  return Array.isArray(value) && (value as readonly CborValue[]).every(isName);
}

/**
 * Counts admitted ballots. A seat's statement of one and the same ballot for one slot counts once, however often it is said; an
 * equivocator's different ballots each count, which gives no candidate more from that seat than one honest ballot would.
 */
export function collectBallots(
  rule: TallyOutcome,
  role: (seat: Seat) => Role,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): Ballots {
  const byIndex = seatsByIndex(seats);
  const heard = new Set<number>();
  const seen = new Set<string>();
  const weights = new Map<string, { groups: readonly (readonly string[])[]; weight: bigint }>();
  let total = 0n;
  for (const { seat: index, item, content } of contributions) {
    const seat = byIndex.get(index);
    if (seat === undefined) continue;
    heard.add(index);
    const groups = standingGroups(rule, content);
    if (groups === null || isAbstention(rule, role(seat), content)) continue;
    const key = JSON.stringify(groups.map((group) => [...group].sort(compareText)));
    const slot = role(seat).slots === "many" ? (item ?? "") : "";
    const once = `${index}/${slot.length}/${slot}/${key}/${role(seat).delegated ? (content.get("count") ?? 1) : 1}`;
    if (seen.has(once)) continue;
    seen.add(once);
    const weight = BigInt(seat.power) * BigInt((content.get("count") as number | undefined) ?? 1);
    const known = weights.get(key);
    if (known === undefined) weights.set(key, { groups, weight });
    else known.weight += weight;
    total += weight;
  }
  return { ...indexed(rule, weights), total, heard };
}

function indexed(
  rule: TallyOutcome,
  weights: ReadonlyMap<string, { groups: readonly (readonly string[])[]; weight: bigint }>,
): Pick<Ballots, "candidates" | "ballots"> {
  const named = new Set([...weights.values()].flatMap(({ groups }) => groups.flat()));
  const candidates = rule.candidates.length > 0 ? rule.candidates : [...named].sort(compareText);
  const place = new Map(candidates.map((name, index) => [name, index]));
  const ballots = [...weights]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, { groups, weight }]) => ({
      ranking: groups.map((group) => group.map((name) => place.get(name) as number)),
      weight,
    }));
  return { candidates, ballots };
}

/** The factor that makes every split of a ballot among equals whole. */
export function splitScale(ballots: readonly WeighedBallot[], splits: boolean): bigint {
  return splits ? leastCommonMultiple(sizes(ballots)) : 1n;
}

function* sizes(ballots: readonly WeighedBallot[]): Generator<number> {
  // Of a group of n equals any number from n down to 1 may still stand.
  const largest = ballots.reduce(
    (most, { ranking }) => ranking.reduce((m, { length }) => (length > m ? length : m), most),
    1,
  );
  for (let size = 1; size <= largest; size++) yield size;
}
