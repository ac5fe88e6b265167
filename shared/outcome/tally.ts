// Elections (SPEC §6.4): ballots are counted by the rule that the policy names; the answer is a winner and the whole order.
// An unbroken tie for the first place has no winner, and says so.
import type { Policy, Role, TallyOutcome } from "../policy/policy.ts";
import { rankByApprovals } from "./approved.ts";
import { type Ballots, collectBallots } from "./ballots.ts";
import { abandoned, type Contribution, decided, type Seat, type Verdict } from "./contribution.ts";
import { needed } from "./exact.ts";
import { rankByFirstChoices } from "./first-choices.ts";
import { rankByRunoff } from "./instant-runoff.ts";
import { type Ranked, sortByRule } from "./ranked.ts";
import { rankByPaths } from "./schulze.ts";

const RULES: { readonly [R in TallyOutcome["rule"]]: (rule: TallyOutcome, ballots: Ballots) => Ranked } = {
  plurality: (_, ballots) => rankByFirstChoices(ballots),
  approval: (_, ballots) => rankByApprovals(ballots),
  "instant-runoff": rankByRunoff,
  schulze: rankByPaths,
};

export function decideTally(
  policy: Policy,
  rule: TallyOutcome,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): Verdict {
  const roleOf = (seat: Seat) => policy.roles.get(seat.role) as Role;
  const ballots = collectBallots(rule, roleOf, seats, contributions);
  const turnout = turnoutOf(policy, rule, seats, ballots);
  if (turnout !== null) return abandoned("TURNOUT_NOT_REACHED", [turnout]);
  if (ballots.total === 0n || ballots.candidates.length === 0)
    return abandoned("NO_BALLOTS", ["no ballot was counted"]);
  if (!Number.isSafeInteger(Number(ballots.total)))
    return abandoned("WEIGHT_OVERFLOW", ["the ballots weigh more than 2^53 - 1 together"]);
  const { order, explanation } = RULES[rule.rule](rule, ballots);
  const [first = [], ...rest] = order;
  const [broken] = rule.ties;
  const named = (groups: readonly (readonly number[])[]) =>
    groups.map((group) => group.map((index) => ballots.candidates[index] as string));
  if (first.length > 1 && broken === undefined)
    return decided(
      { winner: null, order: named(order) },
      [...explanation, `${named([first])[0]?.join(" and ")} are tied, and the policy has no rule for that`],
      "TIE",
    );
  const sorted = broken === undefined ? first : sortByRule(broken, ballots.candidates, first);
  const [winner, ...others] = sorted;
  const name = ballots.candidates[winner as number] as string;
  const tie = others.length > 0 ? [`${name} is first among ${first.length} tied, by ${broken}`] : [];
  const final = [[winner as number], ...(others.length > 0 ? [others] : []), ...rest];
  return decided({ winner: name, order: named(final) }, [...explanation, ...tie, `${name} wins`]);
}

/** Why the turnout does not suffice; null where it does, or where the policy asks for none. */
function turnoutOf(
  policy: Policy,
  { turnout }: TallyOutcome,
  seats: readonly Seat[],
  { heard }: Ballots,
): string | null {
  if (turnout === null) return null;
  const voters = seats.filter((seat) => policy.roles.get(seat.role)?.contributes === true);
  const weigh = (some: readonly Seat[]) =>
    some.reduce((sum, { power }) => sum + (typeof turnout === "number" ? 1 : power), 0);
  const [found, total] = [weigh(voters.filter(({ index }) => heard.has(index))), weigh(voters)];
  const need = needed(turnout, total);
  return found >= need ? null : `ballots came from ${found} of ${total}, and ${need} are needed`;
}
