// What makes an outcome rule unable to work with the roles that speak to it (SPEC §6.10): forms that nobody gives, choices that nobody can
// make, counts that no roster can reach.
import { HOLDERS_MAX, SEATS_MAX } from "../limits.ts";
import { needed, share } from "../outcome/exact.ts";
import { type Fault, fault } from "../result.ts";
import { finding, type NamedRole, unknownRole } from "./finding.ts";
import type {
  ChainOutcome,
  Form,
  OutcomeRule,
  Policy,
  RequirementsOutcome,
  Threshold,
  ThresholdOutcome,
} from "./policy.ts";

/** The forms that an outcome is made of: one of each set must be given. */
const FORMS_READ: { readonly [F in OutcomeRule["function"]]: readonly (readonly Form[])[] } = {
  threshold: [["choice", "ballot"]],
  requirements: [["choice", "ballot"]],
  tally: [["ballot"]],
  award: [["bid"]],
  aggregate: [["value"]],
  tolerance: [["value"]],
  leader: [["plan"], ["ack"]],
  chain: [["release"], ["accept"]],
  precedence: [["choice", "ballot"]],
};

/** Findings on one rule; `speaking` are the roles whose contributions it is decided over. */
export function lintOutcome(
  policy: Policy,
  rule: OutcomeRule,
  path: string,
  speaking: readonly NamedRole[],
): readonly Fault[] {
  const forms = FORMS_READ[rule.function].filter((set) => speaking.every(([, { gives }]) => !meets(gives, set)));
  const missing = forms.map((set) => {
    const detail = { path: `${path}.function`, function: rule.function, form: set.join(" or ") };
    return fault("POLICY_FORM_MISSING", detail).fault;
  });
  const liars = policy.equivocation === "each" && !COUNTS_EACH.includes(rule.function);
  return [
    ...missing,
    ...finding(liars, () => fault("POLICY_EQUIVOCATION", { path: "equivocation", function: rule.function })),
    ...lintRule(policy, rule, path, speaking),
  ];
}

/** Functions in which counting both statements of a liar moves nothing that quorum intersection does not already allow for. */
const COUNTS_EACH: readonly OutcomeRule["function"][] = ["threshold", "requirements", "tally"];

function meets(gives: readonly Form[], set: readonly Form[]): boolean {
  return set.some((form) => gives.includes(form));
}

function lintRule(policy: Policy, rule: OutcomeRule, path: string, speaking: readonly NamedRole[]): readonly Fault[] {
  const roles = [...policy.roles.keys()];
  switch (rule.function) {
    case "threshold":
      return lintThresholdRule(policy, rule, path, speaking);
    case "requirements":
      return lintRequirements(policy, rule, path, speaking);
    case "tally": {
      const [voters, { turnout }] = [mostOf(speaking, "ballot"), rule];
      return finding(typeof turnout === "number" && turnout > voters, () =>
        fault("POLICY_TURNOUT", { path: `${path}.turnout`, need: turnout, found: voters }),
      );
    }
    case "award":
      return tooMany(rule.minimum, speaking, "bid", `${path}.minimum`);
    case "aggregate":
      return [
        ...tooMany(rule.minimum, speaking, "value", `${path}.minimum`),
        ...(rule.statistic === "union" ? tooMany(rule.support, speaking, "value", `${path}.support`) : []),
      ];
    case "tolerance":
      return unreachable(rule.threshold, giving(speaking, "value"), `${path}.threshold`);
    case "leader":
      return [
        ...rule.leaders.flatMap((role, index) => [
          ...unknownRole(roles, role, `${path}.leaders[${index}]`),
          ...muteRole(policy, speaking, role, `${path}.leaders[${index}]`),
        ]),
        ...unreachable(rule.threshold, giving(speaking, "ack"), `${path}.threshold`),
      ];
    case "chain":
      return lintChain(policy, rule, path, speaking);
    case "precedence":
      return [
        ...rule.order.flatMap((role, index) => [
          ...unknownRole(roles, role, `${path}.order[${index}]`),
          ...muteRole(policy, speaking, role, `${path}.order[${index}]`),
        ]),
        ...unknownRole(rule.order, rule.required, `${path}.required`),
        ...rule.decisive.flatMap((choice, index) =>
          unknownChoice(holdersOf(speaking, rule.order), choice, `${path}.decisive[${index}]`),
        ),
      ];
  }
}

function lintRequirements(
  policy: Policy,
  { require }: RequirementsOutcome,
  path: string,
  speaking: readonly NamedRole[],
): readonly Fault[] {
  return require.flatMap(({ role, choice, threshold }, index) => {
    const at = `${path}.require[${index}]`;
    const holders = holdersOf(speaking, [role]);
    return [
      ...unknownRole(policy.roles.keys(), role, `${at}.role`),
      ...muteRole(policy, speaking, role, `${at}.role`),
      ...unknownChoice(holders, choice, `${at}.choice`),
      ...unreachable(threshold, holders, `${at}.threshold`),
    ];
  });
}

function lintChain(policy: Policy, rule: ChainOutcome, path: string, speaking: readonly NamedRole[]): readonly Fault[] {
  const roles = (["start", "end", "ratify", "translator"] as const).flatMap((field) => [
    ...unknownRole(policy.roles.keys(), rule[field], `${path}.${field}`),
    ...muteRole(policy, speaking, rule[field], `${path}.${field}`),
  ]);
  const ratifiers = rule.ratify === null ? [] : holdersOf(speaking, [rule.ratify]);
  return [...roles, ...unknownChoice(ratifiers, rule.ratification, `${path}.ratification`)];
}

function holdersOf(speaking: readonly NamedRole[], roles: readonly string[]): readonly NamedRole[] {
  return speaking.filter(([name]) => roles.includes(name));
}

function lintThresholdRule(
  policy: Policy,
  { threshold, carries, refusal, veto }: ThresholdOutcome,
  path: string,
  speaking: readonly NamedRole[],
): readonly Fault[] {
  const refuses = refusal === null ? [] : unknownChoice(speaking, refusal, `${path}.refusal`);
  return [
    ...carries.flatMap((choice, index) => unknownChoice(speaking, choice, `${path}.carries[${index}]`)),
    ...refuses,
    ...finding(refusal !== null && carries.includes(refusal), () =>
      fault("POLICY_REFUSAL_CARRIES", { path: `${path}.refusal`, choice: refusal }),
    ),
    ...veto.flatMap((role, index) => unknownRole(policy.roles.keys(), role, `${path}.veto[${index}]`)),
    ...finding(veto.length > 0 && refusal === null, () =>
      fault("POLICY_VETO_MUTE", { path: `${path}.veto[0]`, role: veto[0] }),
    ),
    ...unreachable(threshold, speaking, `${path}.threshold`),
    ...(carries.length > 1 ? ambiguous(policy, threshold, speaking, `${path}.threshold`) : []),
  ];
}

/** Two choices could both win at every number of voters of equal power that the roles allow. */
function ambiguous(
  { faults }: Policy,
  threshold: Threshold,
  speaking: readonly NamedRole[],
  path: string,
): readonly Fault[] {
  const least = Math.max(
    1,
    speaking.reduce((sum, [, role]) => sum + role.least, 0),
  );
  const most = Math.min(mostOf(speaking), SEATS_MAX);
  for (let power = least; power <= most; power++) {
    const need = needed(threshold, power);
    if (need <= power && 2 * need - power > share(power, faults)) return [];
  }
  const [need, tolerated] = [needed(threshold, least), share(least, faults)];
  return finding(needed(threshold, most) <= most, () =>
    fault("POLICY_AMBIGUOUS", { path, need, power: least, tolerated }),
  );
}

function giving(roles: readonly NamedRole[], form: Form): readonly NamedRole[] {
  return roles.filter(([, { gives }]) => gives.includes(form));
}

/** Holders that the roles allow together, or those that give a form. */
function mostOf(roles: readonly NamedRole[], form?: Form): number {
  const able = form === undefined ? roles : giving(roles, form);
  return able.reduce((sum, [, { most }]) => sum + most, 0);
}

/** A count of seats that the roles do not have. */
function unreachable(threshold: Threshold, roles: readonly NamedRole[], path: string): readonly Fault[] {
  const power = mostOf(roles);
  const need = typeof threshold === "number" ? threshold : 1;
  return finding(need > power && power > 0, () => fault("POLICY_UNREACHABLE", { path, need, power }));
}

function tooMany(need: number, roles: readonly NamedRole[], form: Form, path: string): readonly Fault[] {
  const found = Math.min(mostOf(roles, form), HOLDERS_MAX);
  return finding(need > found && found > 0, () => fault("POLICY_MINIMUM", { path, need, found, form: `a ${form}` }));
}

function unknownChoice(roles: readonly NamedRole[], choice: string, path: string): readonly Fault[] {
  const known = roles.flatMap(([, { choices }]) => choices);
  const names = roles.map(([name]) => name).join(", ");
  return finding(roles.length > 0 && !known.includes(choice), () =>
    fault("POLICY_CHOICE_UNKNOWN", { path, choice, roles: names, choices: known.join(", ") || "nothing" }),
  );
}

/** A role that the rule asks and that never speaks to it. */
function muteRole(
  { roles }: Policy,
  speaking: readonly NamedRole[],
  role: string | null,
  path: string,
): readonly Fault[] {
  const mute = role !== null && roles.has(role) && !speaking.some(([name]) => name === role);
  return finding(mute, () => fault("POLICY_ROLE_MUTE", { path, found: role, need: "that role says nothing here" }));
}
