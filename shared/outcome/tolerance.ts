// Joint witness (SPEC §6.4): measurements that lie within a tolerance of their median, coordinate by coordinate, with enough power behind
// them. With fewer than half of them lying, the median is within the honest range; who lies outside is named.
import type { Policy, ToleranceOutcome } from "../policy/policy.ts";
import {
  abandoned,
  type Contribution,
  decided,
  nameOf,
  type Seat,
  seatsByIndex,
  type Verdict,
  weigh,
} from "./contribution.ts";
import { needed } from "./exact.ts";
import { borneBy, type Measurement, measurementOf } from "./measurements.ts";
import { silentSeats } from "./requirements.ts";

type Witness = { readonly seat: Seat; readonly measurement: Measurement };

export function decideTolerance(
  policy: Policy,
  rule: ToleranceOutcome,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): Verdict {
  const byIndex = seatsByIndex(seats);
  const witnesses = contributions.flatMap((contribution): Witness[] => {
    const seat = byIndex.get(contribution.seat);
    const isValue = contribution.content.has("value") || contribution.content.has("vector");
    return seat === undefined || !isValue ? [] : [{ seat, measurement: measurementOf(contribution.content) }];
  });
  const able = seats.filter((seat) => policy.roles.get(seat.role)?.gives.includes("value") === true);
  const need = needed(rule.threshold, weigh(rule.threshold, able));
  const silent = silentSeats(policy, seats, contributions);
  const groups = [...Map.groupBy(witnesses, ({ measurement }) => measurement.shape).values()].map((group) =>
    around(rule, group),
  );
  const agreeing = groups.find(
    ({ inside }) =>
      weigh(
        rule.threshold,
        inside.map(({ seat }) => seat),
      ) >= need,
  );
  if (agreeing === undefined)
    return abandoned("NO_AGREEMENT", [
      ...groups.map(
        ({ inside }) =>
          `${weigh(
            rule.threshold,
            inside.map(({ seat }) => seat),
          )} agree, ${need} are needed`,
      ),
      ...silent,
    ]);
  const { inside, median, group } = agreeing;
  const outside = witnesses.filter((witness) => !inside.includes(witness)).map(({ seat }) => nameOf(seat));
  const by = inside
    .map(({ seat }) => seat)
    .sort((a, b) => a.index - b.index)
    .map(nameOf);
  const measured = inside[0]?.measurement.shape === "value" ? { value: median[0] as number } : { vector: median };
  return decided({ ...measured, by, outside: [...outside].sort(), ...borneBy(group) }, [
    `${by.length} agree within ${rule.tolerance}`,
    ...outside.map((name) => `${name} lies outside`),
    ...silent,
  ]);
}

/** The lower median of each coordinate, and who lies near enough to all of them. */
function around(
  { tolerance }: ToleranceOutcome,
  group: readonly Witness[],
): { readonly median: readonly number[]; readonly inside: readonly Witness[]; readonly group: readonly Witness[] } {
  const length = group[0]?.measurement.values.length ?? 0;
  const median = Array.from({ length }, (_, at) => {
    const column = group.map(({ measurement }) => measurement.values[at] as number).sort((a, b) => a - b);
    return column[Math.floor((column.length - 1) / 2)] as number;
  });
  const inside = group.filter(({ measurement: { values, uncertainty } }) =>
    values.every((value, at) => distance(value, median[at] as number) + BigInt(uncertainty) <= BigInt(tolerance)),
  );
  return { median, inside, group };
}

function distance(a: number, b: number): bigint {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -difference : difference;
}
