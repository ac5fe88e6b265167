// When an iterated estimate has converged (SPEC §6.7): the values lie within a step of each other, in every coordinate, once as many are cut
// at either end as seats may lie.
import type { Policy } from "../policy/policy.ts";
import type { Contribution, Seat } from "./contribution.ts";
import { share } from "./exact.ts";
import { measurementOf } from "./measurements.ts";

export function hasConverged(policy: Policy, seats: readonly Seat[], current: readonly Contribution[]): boolean {
  const values = current
    .filter(({ content }) => content.has("value") || content.has("vector"))
    .map(({ content }) => measurementOf(content).values);
  const [first] = values;
  if (first === undefined || values.some(({ length }) => length !== first.length)) return false;
  const able = seats.filter(({ role }) => policy.roles.get(role)?.gives.includes("value") === true);
  const cut = share(able.length, policy.faults);
  return first.every((_, at) => {
    const column = values.map((vector) => vector[at] as number).sort((a, b) => a - b);
    const kept = column.slice(cut, column.length - cut);
    const [low, high] = [kept[0], kept[kept.length - 1]];
    // More than may lie must be left, or a few of them would say that all agree.
    return (
      kept.length > cut &&
      low !== undefined &&
      high !== undefined &&
      BigInt(high) - BigInt(low) <= BigInt(policy.rounds.step)
    );
  });
}
