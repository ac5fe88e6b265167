// Whoever joins a ceremony that does not name it (SPEC §18.12): a walk-in of the class that the policy admits. It has no seat to speak from yet,
// so it is known by its root and by the name that it signs; it has a seat from the next round on, if the closed set gives it one.
import { grantsRole, rootOf } from "../authority/chain.ts";
import { type ContributionBody, isKind, type NamedSeat, type Observation } from "../observation/observation.ts";
import type { Policy } from "../policy/policy.ts";
import { fault, ok, type Result } from "../result.ts";
import type { CeremonyState, RosterSeat, Round } from "./state.ts";

type Gathered = Observation<ContributionBody>;

/** Whether walk-ins may join a round. */
export function isOpen(policy: Policy | undefined, { stage }: Pick<Round, "stage">): boolean {
  if (stage.is === "join") return policy?.convening?.roster === "open-by-class";
  return stage.is === "give" && stage.asked === null && (policy?.membership ?? null) !== null;
}

/** Whether an observation is the join of somebody whom the call does not name. */
export function isGuestJoin(state: CeremonyState, round: Round, observation: Observation): boolean {
  if (!isOpen(state.policy?.policy, round) || !isKind(observation, "contribution")) return false;
  return observation.slot.seat === null && !round.seats.some(({ root }) => root === rootOf(observation.chain));
}

/** The place of a walk-in, under the name that it signs: a party takes in nobody whom it knows by another. */
export function checkGuest({ self }: CeremonyState, { chain, body }: Observation): Result<RosterSeat> {
  const root = rootOf(chain);
  const { role, content } = body as ContributionBody;
  const authority = nameIn(content);
  if (self.roots.get(root) !== authority) return fault("ROOT_UNKNOWN", { root, authority });
  const granted = chain[chain.length - 1]?.grant.roles.join(", ");
  return grantsRole(chain, role)
    ? ok({ index: -1, authority, role, root, power: 1 })
    : fault("ROLE_NOT_GRANTED", { role, granted });
}

/** Walk-ins among contributions, numbered after the seats of the round by root and role: arrival decides nothing. */
export function guestsIn(
  { seats }: { readonly seats: readonly (NamedSeat & { readonly index?: number })[] },
  contributions: readonly Gathered[],
): readonly RosterSeat[] {
  const keys = new Map(
    contributions
      .filter(({ slot }) => slot.seat === null)
      .map((join) => [
        guestKey(join),
        { authority: nameIn(join.body.content), role: join.body.role, root: rootOf(join.chain) },
      ]),
  );
  // Seats keep their numbers where others have left: none may be given twice.
  const first = Math.max(seats.length - 1, ...seats.map(({ index = -1 }) => index)) + 1;
  return [...keys]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, guest], index) => ({ ...guest, index: first + index, power: 1 }));
}

/** The number of the seat that a contribution speaks from; a walk-in's is the one that it is given here. */
export function seatNumber(guests: readonly RosterSeat[], said: Gathered): number {
  const { seat } = said.slot;
  if (seat !== null) return seat;
  const root = rootOf(said.chain);
  return guests.find((guest) => guest.root === root && guest.role === said.body.role)?.index ?? -1;
}

function guestKey({ chain, body }: Gathered): string {
  return `${rootOf(chain)} ${body.role}`;
}

/** The name under which a walk-in joins. */
export function nameIn(content: ContributionBody["content"]): string {
  const name = content.get("as");
  return typeof name === "string" ? name : "";
}
