// What may wait for its call or its round (SPEC §7.7): what would be stored at the start of the round, and nothing else. So whatever was
// parked is stored when it is read again, in whatever order the rest came.
import { rootOf } from "../authority/chain.ts";
import { ATTEMPTS_AHEAD_MAX, PARKED_MAX, SEATS_MAX, WITNESS_IDS_MAX, WITNESS_PAGES_MAX } from "../limits.ts";
import type { VerifiedObservation } from "../observation/observation.ts";
import { type Fault, fault } from "../result.ts";

/** Contributions of one seat that fit into every roster's witnesses: how many seats there are is not known yet. */
const ITEMS_PARKED_MAX = Math.floor(WITNESS_IDS_MAX / SEATS_MAX);

/** Why a statement may not wait beside those that do; null where it may. */
export function refuseToPark(others: readonly VerifiedObservation[], observation: VerifiedObservation): Fault | null {
  const { slot, body } = observation;
  if (others.length >= PARKED_MAX) return fault("PARKED_FULL", { limit: PARKED_MAX }).fault;
  if ((slot.attempt ?? 0) > ATTEMPTS_AHEAD_MAX) return fault("ATTEMPT_FAR", { attempt: slot.attempt }).fault;
  if (body.kind === "status") return null;
  const alike = others.filter((other) => isBySameSeat(other, observation));
  const mates = alike.filter((other) => other.slot.attempt === slot.attempt && other.slot.item === slot.item);
  // Of two witnesses each: as many as could be stored.
  if (body.kind === "page" && alike.length >= 2 * WITNESS_PAGES_MAX)
    return fault("PAGES_FULL", { seat: slot.seat, limit: WITNESS_PAGES_MAX }).fault;
  const crowded = body.kind === "contribution" && alike.length >= ITEMS_PARKED_MAX;
  return mates.length >= 2 || crowded ? fault("EQUIVOCATION_FLOOD", { seat: slot.seat }).fault : null;
}

function isBySameSeat(other: VerifiedObservation, { body, round, slot, chain }: VerifiedObservation): boolean {
  return (
    other.body.kind === body.kind &&
    other.round === round &&
    other.slot.seat === slot.seat &&
    rootOf(other.chain) === rootOf(chain)
  );
}
