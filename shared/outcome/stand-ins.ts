// Substitutes (SPEC §6.16): a role whose holders are all silent is spoken for by the first of its substitutes that is heard. A substitute
// that nobody needs does not count; a principal that is heard later takes its place back, since what stands is judged anew each time.
import type { Policy } from "../policy/policy.ts";
import { type Contribution, nameOf, type Seat, seatsByIndex } from "./contribution.ts";

export type Standing = {
  readonly seats: readonly Seat[];
  readonly contributions: readonly Contribution[];
  readonly notes: readonly string[];
};

/** Roles that are there to stand in for others. */
export function standInRoles({ roles }: Pick<Policy, "roles">): ReadonlySet<string> {
  return new Set([...roles.values()].flatMap(({ substitutes }) => substitutes));
}

/** Who speaks, in which role, once every silent role has its substitute. */
export function withStandIns(policy: Policy, seats: readonly Seat[], contributions: readonly Contribution[]): Standing {
  const reserve = standInRoles(policy);
  if (reserve.size === 0) return { seats, contributions, notes: [] };
  const byIndex = seatsByIndex(seats);
  const heard = new Set(contributions.map(({ seat }) => byIndex.get(seat)?.role));
  /** The role that each substitute speaks in; one stands in once. */
  const speaks = new Map<string, string>();
  for (const [role, { substitutes }] of policy.roles) {
    if (heard.has(role) || reserve.has(role)) continue;
    const standIn = substitutes.find((name) => heard.has(name) && !speaks.has(name));
    if (standIn !== undefined) speaks.set(standIn, role);
  }
  const replaced = new Set(speaks.values());
  const present = seats.flatMap((seat): Seat[] => {
    if (replaced.has(seat.role)) return [];
    if (!reserve.has(seat.role)) return [seat];
    const role = speaks.get(seat.role);
    return role === undefined ? [] : [{ ...seat, role }];
  });
  const speaking = seatsByIndex(present);
  const counted = contributions.filter(({ seat }) => speaking.has(seat));
  const notes = seats
    .filter(({ role, index }) => speaks.has(role) && counted.some(({ seat }) => seat === index))
    .map((seat) => `${nameOf(seat)} stands in for ${speaks.get(seat.role)}`);
  return { seats: present, contributions: counted, notes };
}
