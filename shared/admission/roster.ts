// A roster from those who are present (SPEC §18.10): the closed set of joins of a first round, in which candidates say that they take part, gives
// the seats of the next one. Nobody keeps a list of members; whoever holds the set derives the same seats.

import { ANY } from "../authority/credential.ts";
import type { Id, NamedSeat } from "../observation/observation.ts";
import type { Exclusion } from "../outcome/contribution.ts";
import type { Policy } from "../policy/policy.ts";
import { type Fault, fault } from "../result.ts";

export type Convening =
  /** Those whom the call names, each in the role that it gives them. */
  | { readonly roster: "closed-by-name"; readonly named: readonly NamedSeat[] }
  /** Whoever holds a credential of a class, in any role of the policy, with a power of one. */
  | { readonly roster: "open-by-class"; readonly class: string };

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
  joins: readonly Join[],
): Roster {
  const sorted = [...new Map(joins.map((join) => [join.id, join])).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const refused: Exclusion[] = [];
  const seated: { readonly join: Join; readonly power: number }[] = [];
  for (const join of sorted) {
    const place = placeFor(
      policy,
      convening,
      join,
      seated.map((other) => other.join),
    );
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
  convening: Convening,
  join: Join,
  seated: readonly Join[],
): number | Fault {
  const role = roles.get(join.role);
  if (role === undefined)
    return fault("POLICY_ROLE", {
      role: join.role,
      found: "no place in the policy",
      need: [...roles.keys()].join(", "),
    }).fault;
  const power = powerOf(convening, join);
  if (typeof power !== "number") return power;
  const own = seated.filter(({ root }) => root === join.root);
  const rival = own.find(
    (other) => other.role === join.role || (role.closes && roles.get(other.role)?.closes === true),
  );
  if (rival !== undefined) return fault("ROSTER_TWICE", { authority: join.authority, role: rival.role }).fault;
  const holders = seated.filter((other) => other.role === join.role).length;
  return holders < role.most ? power : fault("ROSTER_FULL", { role: join.role, most: role.most }).fault;
}

function powerOf(convening: Convening, join: Join): number | Fault {
  if (convening.roster === "open-by-class") {
    const covered = join.granted.includes(ANY) || join.granted.includes(convening.class);
    return covered ? 1 : fault("CLASS_NOT_GRANTED", { class: convening.class, granted: join.granted.join(", ") }).fault;
  }
  const named = convening.named.find(({ root, role }) => root === join.root && role === join.role);
  return named?.power ?? fault("ROSTER_CLOSED", { authority: join.authority, role: join.role }).fault;
}

/** Independence is counted by organisation: several keys or seats of one are one party. */
function flawOf({ roles, parties }: Pick<Policy, "roles" | "parties">, seats: readonly NamedSeat[]): Fault | null {
  const found = new Set(seats.map(({ root }) => root)).size;
  if (found < parties.least) return fault("POLICY_PARTIES", { found, need: parties.least }).fault;
  const short = [...roles].find(([name, { least }]) => seats.filter(({ role }) => role === name).length < least);
  if (short === undefined) return null;
  const [role, { least, most }] = short;
  const holders = seats.filter((seat) => seat.role === role).length;
  return fault("POLICY_ROLE", { role, found: holders, need: `${least} to ${most}` }).fault;
}
