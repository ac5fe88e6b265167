// Everything that is required, about one subject (SPEC §6.4): so many of each role choosing what the policy asks of it.
// A role that is required ends it by its refusal. Where something is missing, the policy may name the outcome of that too.
import type { Policy, Requirement, RequirementsOutcome } from "../policy/policy.ts";
import {
  abandoned,
  type Contribution,
  compareText,
  decided,
  nameOf,
  type Plain,
  type Seat,
  seatsByIndex,
  type Verdict,
  weigh,
} from "./contribution.ts";
import { needed } from "./exact.ts";

type Statement = {
  readonly seat: Seat;
  readonly choice: string;
  readonly subject: string | null;
  readonly value: number | null;
};

export function decideRequirements(
  policy: Policy,
  rule: RequirementsOutcome,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): Verdict {
  const statements = readStatements(seats, contributions);
  const roles = new Set(rule.require.map(({ role }) => role));
  const refusals = statements.filter(({ choice, seat }) => choice === rule.refusal && roles.has(seat.role));
  const [refusal] = refusals;
  if (rule.refusal !== null && refusal !== undefined)
    return conclude(rule.refusal, refusals, [`${nameOf(refusal.seat)} chose ${rule.refusal}`]);
  const subjects = [...new Set(statements.map(({ subject }) => subject))].sort((a, b) => compareText(a ?? "", b ?? ""));
  const judged = subjects.map((subject) =>
    judge(
      rule,
      seats,
      statements.filter((one) => one.subject === subject),
    ),
  );
  const met = judged.filter(({ missing }) => missing.length === 0);
  const [only] = met;
  if (only !== undefined && met.length === 1)
    return conclude(rule.grants, only.used, ["everything that is required is there"]);
  if (met.length > 1)
    return abandoned("SUBJECTS_CONFLICT", [`${met.length} subjects have everything that is required`]);
  const closest = [...judged].sort((a, b) => a.missing.length - b.missing.length)[0];
  const missing = closest?.missing ?? judge(rule, seats, []).missing;
  const explanation = [...missing, ...silentSeats(policy, seats, contributions)];
  return rule.otherwise === null
    ? abandoned("REQUIREMENTS_NOT_MET", explanation)
    : decided({ choice: rule.otherwise, by: [] }, explanation, "REQUIREMENTS_NOT_MET");
}

function readStatements(seats: readonly Seat[], contributions: readonly Contribution[]): readonly Statement[] {
  const byIndex = seatsByIndex(seats);
  return contributions.flatMap(({ seat: index, content }): Statement[] => {
    const seat = byIndex.get(index);
    const [choice, subject, value] = [content.get("choice"), content.get("subject"), content.get("value")];
    if (seat === undefined || typeof choice !== "string") return [];
    const about = typeof subject === "string" ? subject : null;
    return [{ seat, choice, subject: about, value: typeof value === "number" ? value : null }];
  });
}

function judge(
  rule: RequirementsOutcome,
  seats: readonly Seat[],
  statements: readonly Statement[],
): { readonly missing: readonly string[]; readonly used: readonly Statement[] } {
  const parts = rule.require.map((requirement) => judgeOne(requirement, seats, statements));
  return {
    missing: parts.flatMap(({ missing }) => (missing === null ? [] : [missing])),
    used: parts.flatMap(({ used }) => used),
  };
}

function judgeOne(
  { role, choice, threshold }: Requirement,
  seats: readonly Seat[],
  statements: readonly Statement[],
): { readonly missing: string | null; readonly used: readonly Statement[] } {
  const holders = seats.filter((seat) => seat.role === role);
  const used = statements.filter((one) => one.seat.role === role && one.choice === choice);
  const found = weigh(threshold, [...new Set(used.map(({ seat }) => seat))]);
  const need = needed(threshold, weigh(threshold, holders));
  return { missing: found >= need ? null : `${role}: ${choice} has ${found}, needs ${need}`, used };
}

function conclude(choice: string, used: readonly Statement[], explanation: readonly string[]): Verdict {
  const sorted = [...used].sort((a, b) => a.seat.index - b.seat.index);
  const by = [...new Set(sorted.map(({ seat }) => nameOf(seat)))];
  const [subject] = sorted.map((one) => one.subject).filter((text) => text !== null);
  const values = sorted.flatMap(({ seat, value }) => (value === null ? [] : [{ party: nameOf(seat), value }]));
  const value: { readonly [name: string]: Plain } = {
    choice,
    by,
    ...(subject === undefined ? {} : { subject }),
    ...(values.length === 0 ? {} : { values }),
  };
  return decided(value, explanation);
}

/** Seats that contribute and said nothing. */
export function silentSeats(
  policy: Policy,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): readonly string[] {
  const heard = new Set(contributions.map(({ seat }) => seat));
  return seats
    .filter(({ role, index }) => policy.roles.get(role)?.contributes === true && !heard.has(index))
    .map((seat) => `${nameOf(seat)} was silent`);
}
