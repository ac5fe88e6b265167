// Leadership (SPEC §6.4): the plan of the first in line that has one is in force once enough of those who follow acknowledge it.
// A leader that is silent, or that signed two plans, is passed over for the next in line.
import { encodeCanonical } from "../cbor/encode.ts";
import type { CborValue, Encodable } from "../cbor/value.ts";
import { sha256Hex } from "../hash.ts";
import type { LeaderOutcome, Policy } from "../policy/policy.ts";
import { abandoned, type Contribution, nameOf, type Seat, seatsByIndex, type Verdict, weigh } from "./contribution.ts";
import { needed } from "./exact.ts";
import { silentSeats } from "./requirements.ts";

type Plan = { readonly seat: Seat; readonly plan: CborValue; readonly names: readonly string[] };

export function decideLeader(
  policy: Policy,
  rule: LeaderOutcome,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): Verdict {
  const byIndex = seatsByIndex(seats);
  const plan = planInForce(rule, byIndex, contributions);
  const silent = silentSeats(policy, seats, contributions);
  if (plan === null) return abandoned("NO_PLAN", ["nobody in line has a plan", ...silent]);
  const followers = seats.filter(
    (seat) => seat !== plan.seat && policy.roles.get(seat.role)?.gives.includes("ack") === true,
  );
  const answers = contributions.filter(
    ({ seat, content }) =>
      content.has("ack") && followers.some(({ index }) => index === seat) && concerns(plan, content.get("plan")),
  );
  const saying = (ack: boolean) => {
    const indices = new Set(answers.filter(({ content }) => content.get("ack") === ack).map(({ seat }) => seat));
    return followers.filter(({ index }) => indices.has(index));
  };
  const [found, against] = [weigh(rule.threshold, saying(true)), weigh(rule.threshold, saying(false))];
  const total = weigh(rule.threshold, followers);
  const need = needed(rule.threshold, total);
  const explanation = [`${nameOf(plan.seat)} leads`, `${found} of ${total} acknowledge its plan, ${need} are needed`];
  if (found < need)
    return abandoned("PLAN_NOT_ACKNOWLEDGED", [...explanation, ...silent], { settled: total - against < need });
  const constraints = constraintsOf(answers);
  const value = new Map<string, CborValue>([
    ["leader", nameOf(plan.seat)],
    ["plan", plan.plan],
    ["by", saying(true).map(nameOf)],
  ]);
  if (constraints.length > 0) value.set("constraints", constraints);
  return { is: "decided", value, explanation };
}

function planInForce(
  { leaders }: LeaderOutcome,
  byIndex: ReadonlyMap<number, Seat>,
  contributions: readonly Contribution[],
): Plan | null {
  const plans = contributions.flatMap(({ id, seat: index, content }): Plan[] => {
    const [seat, plan] = [byIndex.get(index), content.get("plan")];
    if (seat === undefined || plan === undefined || content.has("ack")) return [];
    const hash = sha256Hex(encodeCanonical(plan as Encodable));
    return [{ seat, plan, names: [id, hash, `sha256:${hash}`] }];
  });
  const rank = ({ seat }: Plan) => leaders.indexOf(seat.role);
  const able = plans.filter((plan) => rank(plan) >= 0);
  return [...able].sort((a, b) => rank(a) - rank(b) || a.seat.index - b.seat.index)[0] ?? null;
}

/** An answer that names no plan is about the one in force. */
function concerns(plan: Plan, named: CborValue | undefined): boolean {
  return named === undefined || (typeof named === "string" && plan.names.includes(named));
}

function constraintsOf(answers: readonly Contribution[]): readonly string[] {
  const all = answers.flatMap(({ content }) => (content.get("constraints") as readonly string[] | undefined) ?? []);
  return [...new Set(all)].sort();
}
