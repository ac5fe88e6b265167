// A roster from those who are present (SPEC §18.11): the closed set of joins of a first round, in which candidates say that they take part, gives
// the seats of the next one. Nobody keeps a list of members; whoever holds the set derives the same seats.
import { ANY } from "../authority/credential.ts";
import { ELECTORS_MAX, SEATS_MAX } from "../limits.ts";
import type { Id, NamedSeat } from "../observation/observation.ts";
import type { Exclusion } from "../outcome/contribution.ts";
import type { Convening, Policy } from "../policy/policy.ts";
import { type Fault, fault } from "../result.ts";

/** A join that was admitted: whose it is, and the role that it asks for. */
export type Join = {
  readonly id: Id;
  readonly authority: string;
  readonly root: string;
  readonly role: string;
  /** Classes that its credential grants. */
  readonly granted: readonly string[];
};

export type Roster = {
  readonly seats: readonly (NamedSeat & { readonly index: number })[];
  readonly refused: readonly Exclusion[];
  /** Why these seats cannot work; null where they can. */
  readonly fault: Fault | null;
};

/** Seats in the order of the policy's roles, and within a role by root key: arrival decides nothing. */
export function rosterFrom(
  policy: Pick<Policy, "roles" | "parties">,
  convening: Convening,
  named: readonly NamedSeat[],
  joins: readonly Join[],
): Roster {
  const sorted = [...new Map(joins.map((join) => [join.id, join])).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const refused: Exclusion[] = [];
  const seated: { readonly join: Join; readonly power: number }[] = [];
  for (const join of sorted) {
    const before = seated.map((other) => other.join);
    const place = placeFor(policy, join, powerOf(convening, named, join), before);
    if (typeof place === "number") seated.push({ join, power: place });
    else refused.push({ id: join.id, code: place.code, detail: place.detail });
  }
  const order = [...policy.roles.keys()];
  const seats = seated
    .sort((a, b) => order.indexOf(a.join.role) - order.indexOf(b.join.role) || (a.join.root < b.join.root ? -1 : 1))
    .map(({ join: { authority, role, root }, power }, index) => ({ index, authority, role, root, power }));
  return { seats, refused, fault: flawOf(policy, seats) };
}

/** The power of the seat that a join gets, or why it gets none; of several for one place the lowest id comes first. */
function placeFor(
  { roles }: Pick<Policy, "roles">,
  join: Join,
  power: number | Fault,
  seated: readonly Join[],
): number | Fault {
  const role = roles.get(join.role);
  if (role === undefined)
    return fault("POLICY_ROLE", {
      role: join.role,
      found: "no place in the policy",
      need: [...roles.keys()].join(", "),
    }).fault;
  if (typeof power !== "number") return power;
  const own = seated.filter(({ root, authority }) => root === join.root || authority === join.authority);
  const rival = own.find(
    (other) => other.role === join.role || (role.closes && roles.get(other.role)?.closes === true),
  );
  if (rival !== undefined) return fault("ROSTER_TWICE", { authority: join.authority, role: rival.role }).fault;
  const closing = seated.filter((other) => roles.get(other.role)?.closes === true).length;
  const holders = seated.filter((other) => other.role === join.role).length;
  const most = Math.min(
    role.most,
    SEATS_MAX - seated.length + holders,
    role.closes ? ELECTORS_MAX - closing + holders : role.most,
  );
  return holders < most ? power : fault("ROSTER_FULL", { role: join.role, most }).fault;
}

/** Whoever is named has the power of its seat; whoever comes by its class has one. */
function powerOf(convening: Convening, named: readonly NamedSeat[], join: Join): number | Fault {
  const seat = named.find(({ root, role }) => root === join.root && role === join.role);
  if (seat !== undefined) return seat.power;
  if (convening.roster === "closed-by-name")
    return fault("ROSTER_CLOSED", { authority: join.authority, role: join.role }).fault;
  const covered = join.granted.includes(ANY) || join.granted.includes(convening.class);
  return covered ? 1 : fault("CLASS_NOT_GRANTED", { class: convening.class, granted: join.granted.join(", ") }).fault;
}

/** Independence is counted by organisation: several keys, roots or seats of one are one party. */
function flawOf({ roles, parties }: Pick<Policy, "roles" | "parties">, seats: readonly NamedSeat[]): Fault | null {
  const found = new Set(seats.map(({ authority }) => authority)).size;
  if (found < parties.least) return fault("POLICY_PARTIES", { found, need: parties.least }).fault;
  const closing = seats.filter(({ role }) => roles.get(role)?.closes === true).length;
  if (closing === 0) return fault("POLICY_ROLE", { role: "elector", found: 0, need: `1 to ${ELECTORS_MAX}` }).fault;
  const short = [...roles].find(([name, { least }]) => seats.filter(({ role }) => role === name).length < least);
  if (short === undefined) return null;
  const [role, { least, most }] = short;
  const holders = seats.filter((seat) => seat.role === role).length;
  return fault("POLICY_ROLE", { role, found: holders, need: `${least} to ${most}` }).fault;
}
