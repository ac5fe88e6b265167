// Convening (SPEC §18.11): a first round in which parties say that they take part, and what its closed set makes of the seats. Pure, so that
// everybody who holds the set seats the same organisations.
import { type Join, type Roster, rosterFrom } from "../admission/roster.ts";
import { oneOf, readAs, recordWith, text } from "../cbor/read.ts";
import type { CborMap } from "../cbor/value.ts";
import { TEXT_LENGTH_MAX } from "../limits.ts";
import { JOIN, type NamedSeat } from "../observation/observation.ts";
import { lintTrial } from "../policy/lint.ts";
import type { Convening, Policy } from "../policy/policy.ts";
import { type Fault, fault } from "../result.ts";
import { abandoned, type Contribution, type Exclusion, nameOf, type Seat, type Verdict } from "./contribution.ts";

/** `as` is the name by which a party joins: its authority's, as the others know it. */
const readJoin = recordWith<{ choice: typeof JOIN }, { as: string; reason: string }>(
  { choice: oneOf(JOIN) },
  { as: text(), reason: text(TEXT_LENGTH_MAX, 0) },
);

export function judgeJoin(seat: Seat, content: CborMap): Fault | null {
  const read = readAs(content, readJoin);
  if (!read.ok) return fault("CONTENT_INVALID", read.fault.detail).fault;
  const { as = seat.authority } = read.value;
  return as === seat.authority ? null : fault("CONTENT_INVALID", { path: "as", need: seat.authority }).fault;
}

export type Convened = {
  /** Seats of the rounds that follow, in the order that the roster gives them. */
  readonly seats: readonly Seat[];
  readonly refused: readonly Exclusion[];
  readonly notes: readonly string[];
  /** Why these seats cannot work; null where they can. */
  readonly verdict: Verdict | null;
};

/** `present` are all who could join, those whom the call names first; `joins` are the admitted ones. */
export function convene(
  policy: Policy,
  convening: Convening,
  named: readonly Seat[],
  present: readonly Seat[],
  joins: readonly Contribution[],
): Convened {
  const byIndex = new Map(present.map((seat) => [seat.index, seat]));
  const roster = rosterFrom(
    policy,
    convening,
    named.map(toNamed),
    joins.map((join) => toJoin(join, byIndex.get(join.seat) as Seat)),
  );
  const seats = roster.seats.map(({ root, role, index, power }): Seat => {
    const origin = present.find((seat) => rootOfSeat(seat) === root && seat.role === role) as Seat;
    return { ...origin, index, power };
  });
  const away = named.filter(
    (seat) => !seats.some(({ authority, role }) => authority === seat.authority && role === seat.role),
  );
  const list = (some: readonly Seat[]) => some.map((seat) => `${nameOf(seat)} as ${seat.role}`).join(", ");
  const notes = [
    `round 0: ${seats.length} are in${seats.length === 0 ? "" : `: ${list(seats)}`}`,
    ...(away.length === 0 ? [] : [`round 0: not in, of those named: ${list(away)}`]),
  ];
  return { seats, refused: roster.refused, notes, verdict: flawOf(policy, roster, seats) };
}

function flawOf(policy: Policy, { fault: flaw }: Roster, seats: readonly Seat[]): Verdict | null {
  const [finding] = flaw === null ? lintTrial(policy, seats) : [flaw];
  if (finding === undefined) return null;
  const { code, detail } = finding;
  if (code === "POLICY_PARTIES")
    return abandoned("TOO_FEW_PRESENT", [`${detail.found} organisations are present, ${detail.need} are needed`]);
  const facts = Object.entries(detail).map(([name, value]) => `${name} ${String(value)}`);
  return abandoned(code, [`those present cannot work together under the policy: ${facts.join(", ")}`]);
}

/** A plain document has names only: each stands for a root of its own. */
const rootOfSeat = ({ root, authority }: Seat) => root ?? authority;

function toNamed(seat: Seat): NamedSeat {
  return { authority: seat.authority, role: seat.role, root: rootOfSeat(seat), power: seat.power };
}

function toJoin({ id, evidence }: Contribution, seat: Seat): Join {
  return { id, authority: seat.authority, root: rootOfSeat(seat), role: seat.role, granted: evidence?.granted ?? [] };
}
