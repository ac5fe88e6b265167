// Final admission over a closed set (SPEC §18.7), for policies that ask for more than the door: which contributions count, with which part of
// their seats' power, and among which seats an outcome is then sought. The same for everyone who holds the set.
import type { Id } from "../observation/observation.ts";
import type { Contribution, Exclusion, Seat } from "../outcome/contribution.ts";
import { type Fault, invariant } from "../result.ts";
import { type Evidence, MILLION } from "./evidence.ts";
import type { When } from "./factor.ts";
import { type Admission, type AdmissionPolicy, judgeAdmission, ruleOf } from "./judge.ts";
import type { AdmissionRule } from "./rule.ts";
import type { Deed } from "./standing.ts";
import { gradeOf } from "./weight.ts";

export type FinalAdmission = {
  readonly admitted: readonly Contribution[];
  readonly excluded: readonly Exclusion[];
  /** The seats that make up the quorum, with the power that they speak with. */
  readonly seats: readonly Seat[];
  /** What was found of each; empty where the policy asks for nothing. */
  readonly admissions: ReadonlyMap<Id, Admission>;
};

/** Parts into which each unit of power is divided once somebody speaks with less than all of it. */
const POWER_PARTS = 1_000;

/** `contributions` have passed whatever is asked of each by itself; `records` is what the evidence shows of each organisation. */
export function admitFinally(
  policy: AdmissionPolicy,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
  when: When,
  records: ReadonlyMap<string, readonly Deed[]>,
): FinalAdmission {
  const rule = ruleOf(policy);
  if (rule === null) return { admitted: contributions, excluded: [], seats, admissions: new Map() };
  const byIndex = new Map(seats.map((seat) => [seat.index, seat]));
  const set = contributions.map((contribution) => seated(contribution, byIndex.get(contribution.seat), when));
  const admissions = judgeAdmission(policy, rule, set, { when, sources: [], records });
  const found = (id: Id) => admissions.get(id) as Admission;
  const counts = ({ id }: Contribution) => found(id).verdict === "admit" || found(id).verdict === "partial";
  const excluded = contributions
    .filter((contribution) => !counts(contribution))
    .map(({ id }): Exclusion => {
      const { code, detail } = reasonOf(found(id));
      return { id, code, detail };
    });
  const staying = rule.quorum === "named" ? seats : seats.filter((seat) => !hasLeft(seat, contributions, found));
  const admitted = contributions.filter(counts);
  return { admitted, excluded, seats: divided(ranked(staying, admitted, rule), admitted, found), admissions };
}

/** Seats with the rank of whoever spoke in them, under the vocabularies of the policy; of several the lowest. */
function ranked(
  seats: readonly Seat[],
  admitted: readonly Contribution[],
  { taxonomies }: AdmissionRule,
): readonly Seat[] {
  if (taxonomies.length === 0) return seats;
  return seats.map((seat) => {
    const said = admitted.filter(
      (contribution) => contribution.seat === seat.index && contribution.evidence !== undefined,
    );
    const ranks = said.map(({ evidence }) => gradeOf(evidence as Evidence, taxonomies)?.grade.rank ?? 0);
    return ranks.length === 0 ? seat : { ...seat, tier: Math.min(...ranks) };
  });
}

/** Everyone knows the organisation behind a seat by the name that the call gives it. */
function seated(contribution: Contribution, seat: Seat | undefined, { frame }: When): Evidence {
  const { id, at, until, evidence } = contribution;
  const authority = seat?.authority ?? "";
  return evidence === undefined
    ? { ...UNKNOWN, id, authority, device: authority, frame, at, until }
    : { ...evidence, authority };
}

/** A plain document says who speaks, and nothing of where, how or under which credential. */
const UNKNOWN: Omit<Evidence, "id" | "authority" | "device" | "frame" | "at" | "until"> = {
  tier: null,
  governanceClass: "",
  granted: [],
  credential: { depth: 1, age: 0, revocations: 0 },
  places: [],
  sources: [],
  claim: null,
  operation: "live",
  modality: null,
  attested: [],
  vetoes: [],
};

function reasonOf({ fault }: Admission): Fault {
  invariant(fault !== null, "what is not admitted has a reason");
  return fault;
}

/** A seat leaves a quorum of those present if all it said is refused for its place or its standing. Silence is not absence. */
function hasLeft({ index }: Seat, contributions: readonly Contribution[], found: (id: Id) => Admission): boolean {
  const own = contributions.filter(({ seat }) => seat === index).map(({ id }) => found(id));
  return own.length > 0 && own.every(isAway);
}

function isAway({ verdict, standing, factors }: Admission): boolean {
  if (verdict === "admit" || verdict === "partial") return false;
  const outOfPlace = factors.some(({ kind, state, advisory }) => kind === "place" && state !== "admit" && !advisory);
  return outOfPlace || standing?.mode === "observer" || standing?.mode === "excluded";
}

/** Powers in parts, where anybody speaks with less than all of its own; of several contributions of a seat the least share counts. */
function divided(
  seats: readonly Seat[],
  admitted: readonly Contribution[],
  found: (id: Id) => Admission,
): readonly Seat[] {
  const shares = new Map<number, number>();
  for (const { id, seat } of admitted) shares.set(seat, Math.min(shares.get(seat) ?? MILLION, found(id).share));
  if ([...shares.values()].every((share) => share === MILLION)) return seats;
  return seats.map((seat) => {
    const share = shares.get(seat.index) ?? MILLION;
    return { ...seat, power: Math.floor((seat.power * POWER_PARTS * share) / MILLION) };
  });
}
