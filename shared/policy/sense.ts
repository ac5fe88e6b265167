// What makes a policy unable to work whoever takes part (SPEC §6.10): roles, times, rounds and shortfall. What depends on the seats of one
// ceremony is found when its call arrives, by the same rules.
import { ELECTORS_MAX, ROUNDS_MAX, SEATS_MAX } from "../limits.ts";
import { share } from "../outcome/exact.ts";
import { type Fault, fault } from "../result.ts";
import { finding, type NamedRole, unknownRole } from "./finding.ts";
import { lintOutcome } from "./outcome-sense.ts";
import type { Policy, Role } from "./policy.ts";

/** Every finding; an empty list means that there are seats for which the policy can work. */
export function lintSense(policy: Policy): readonly Fault[] {
  const roles = [...policy.roles];
  return [
    ...lintRoles(roles),
    ...lintPlaces(policy, roles),
    ...lintTolerance(policy, roles),
    ...lintTiming(policy),
    ...lintRounds(policy),
    ...lintOutcome(policy, policy.outcome, "outcome", ordinary(policy, roles)),
    ...lintShortfall(policy, roles),
  ];
}

function contributing(roles: readonly NamedRole[]): readonly NamedRole[] {
  return roles.filter(([, { contributes }]) => contributes);
}

function lintRoles(roles: readonly NamedRole[]): readonly Fault[] {
  const closing = roles.filter(([, { closes }]) => closes);
  return [
    ...finding(closing.length === 0, () => fault("POLICY_NO_CLOSER", { path: "roles" })),
    ...finding(contributing(roles).length === 0, () => fault("POLICY_NO_SPEAKER", { path: "roles" })),
    ...roles.flatMap(([name, role]) => lintRole(`roles.${name}`, role)),
    ...roles.flatMap((named) => lintSubstitutes(roles, named)),
  ];
}

function lintRole(path: string, role: Role): readonly Fault[] {
  const { least, most, contributes, gives, delegated, agent, closes } = role;
  const mute = contributes ? gives.length === 0 : gives.length > 0;
  const found = contributes ? "empty" : "there";
  const need = contributes ? "the role contributes" : "the role does not contribute";
  return [
    ...finding(most === 0, () => fault("POLICY_ROLE_UNHOLDABLE", { path: `${path}.most` })),
    ...finding(most > 0 && least > most, () => fault("POLICY_ROLE_RANGE", { path: `${path}.least`, least, most })),
    ...finding(mute, () => fault("POLICY_ROLE_MUTE", { path: `${path}.gives`, found, need })),
    // Whoever closes must be told, and whoever is not told must at least have something to say.
    ...finding(!agent && (closes || !contributes), () => fault("POLICY_AGENTLESS", { path: `${path}.agent` })),
    ...finding(delegated && !gives.includes("ballot"), () => fault("POLICY_DELEGATED", { path: `${path}.delegated` })),
  ];
}

/** A substitute speaks, and has no substitute of its own: a line of them could come back to where it began. */
function lintSubstitutes(roles: readonly NamedRole[], [name, { substitutes }]: NamedRole): readonly Fault[] {
  const known = new Map(roles);
  return substitutes.flatMap((substitute, index) => {
    const path = `roles.${name}.substitutes[${index}]`;
    const role = known.get(substitute);
    const need = `a role that has no substitute itself; it names ${substitute}`;
    const further = substitute === name || (role?.substitutes.length ?? 0) > 0;
    return [
      ...unknownRole(known.keys(), substitute, path),
      ...finding(role?.contributes === false, () =>
        fault("POLICY_ROLE_MUTE", { path, found: substitute, need: "that role says nothing" }),
      ),
      ...finding(further, () => fault("POLICY_SUCCESSION_CYCLE", { path, need })),
    ];
  });
}

function sum(roles: readonly NamedRole[], bound: "least" | "most"): number {
  return roles.reduce((total, [, role]) => total + role[bound], 0);
}

function lintPlaces({ parties, standalone }: Policy, roles: readonly NamedRole[]): readonly Fault[] {
  const closing = roles.filter(([, { closes }]) => closes);
  const [seats, electors, places] = [sum(roles, "least"), sum(closing, "least"), sum(roles, "most")];
  const { least: need } = parties;
  return [
    ...finding(seats > SEATS_MAX, () => fault("POLICY_SEATS", { path: "roles", found: seats, most: SEATS_MAX })),
    ...finding(electors > ELECTORS_MAX, () =>
      fault("POLICY_ELECTORS", { path: "roles", found: electors, most: ELECTORS_MAX }),
    ),
    ...finding(places < need, () => fault("POLICY_PLACES", { path: "parties.least", need, found: places })),
    ...finding(standalone && need < 3, () => fault("POLICY_PAIR_ALONE", { path: "parties.least", found: need })),
  ];
}

/** Powers are for the call to say; of equal ones, some number of electors must do. */
function lintTolerance({ faults }: Policy, roles: readonly NamedRole[]): readonly Fault[] {
  const closing = roles.filter(([, { closes }]) => closes);
  const least = Math.max(1, sum(closing, "least"));
  const most = Math.max(least, Math.min(sum(closing, "most"), ELECTORS_MAX));
  const totals = Array.from({ length: most - least + 1 }, (_, index) => least + index);
  const sound = totals.some((total) => total >= 3 * share(total, faults) + 1);
  const [power, tolerated] = [most, share(most, faults)];
  return finding(!sound, () => fault("POLICY_TOLERANCE", { path: "faults", power, tolerated }));
}

function lintTiming({ timing }: Policy): readonly Fault[] {
  const { window, expiry, settleMargin, witnessTimeout, attemptTimeout } = timing;
  const early = (name: keyof Policy["timing"], found: number, need: string, sound: boolean) =>
    finding(!sound, () => fault("POLICY_TIMING", { path: `timing.${name}`, found, need }));
  return [
    ...early("window", window, "more than 0", window > 0),
    ...early("expiry", expiry, "more than 0", expiry > 0),
    ...early("settleMargin", settleMargin, `less than the window of ${window}`, window === 0 || settleMargin < window),
    ...early(
      "witnessTimeout",
      witnessTimeout,
      `less than the expiry of ${expiry}`,
      expiry === 0 || witnessTimeout < expiry,
    ),
    ...early(
      "attemptTimeout",
      attemptTimeout,
      `less than the expiry of ${expiry}`,
      expiry === 0 || attemptTimeout < expiry,
    ),
  ];
}

function lintRounds({ sealed, rounds, outcome }: Policy): readonly Fault[] {
  const { most, until } = rounds;
  const numeric = outcome.function === "aggregate" || outcome.function === "tolerance";
  return [
    ...finding(sealed && most > 1, () => fault("POLICY_SEALED_ROUNDS", { path: "rounds.most", found: most })),
    ...finding(sealed && until !== "decided", () =>
      fault("POLICY_SEALED_ROUNDS", { path: "rounds.until", found: until }),
    ),
    ...finding(!sealed && until === "quiet" && outcome.function !== "award", () =>
      fault("POLICY_ROUNDS", { path: "rounds.until", found: until, need: "bids" }),
    ),
    ...finding(!sealed && until === "converged" && !numeric, () =>
      fault("POLICY_ROUNDS", { path: "rounds.until", found: until, need: "measured values" }),
    ),
  ];
}

function lintShortfall(policy: Policy, roles: readonly NamedRole[]): readonly Fault[] {
  const { shortfall, rounds, sealed } = policy;
  const waits = shortfall.map((step) => (step.do === "defer" ? step.rounds : step.do === "escalate" ? 1 : 0));
  const total = waits.reduce<number>((all, some) => all + some, sealed ? 2 : rounds.most);
  const fails = shortfall.findIndex((step) => step.do === "fail");
  return [
    ...finding(total > ROUNDS_MAX, () =>
      fault("POLICY_SHORTFALL_ENDLESS", {
        path: "shortfall",
        need: `done in ${ROUNDS_MAX} rounds, those before it included; it may ask for ${total}`,
      }),
    ),
    ...finding(fails >= 0 && fails < shortfall.length - 1, () =>
      fault("POLICY_SHORTFALL_DEAD", { path: `shortfall[${fails + 1}]`, after: "fail" }),
    ),
    ...shortfall.flatMap((_, index) => lintProcedure(policy, roles, index)),
  ];
}

function lintProcedure(policy: Policy, roles: readonly NamedRole[], index: number): readonly Fault[] {
  const step = policy.shortfall[index] as Policy["shortfall"][number];
  const path = `shortfall[${index}]`;
  const before = policy.shortfall.slice(0, index);
  if (step.do === "proceed")
    return step.requires.flatMap((role, at) => unknownRole(policy.roles.keys(), role, `${path}.requires[${at}]`));
  if (step.do === "fallback") {
    const tried = [policy.outcome, ...before.flatMap((one) => (one.do === "fallback" ? [one.outcome] : []))];
    const again = tried.some((rule) => JSON.stringify(rule) === JSON.stringify(step.outcome));
    return [
      ...finding(again, () => fault("POLICY_FALLBACK_LOOP", { path: `${path}.outcome` })),
      ...lintOutcome(policy, step.outcome, `${path}.outcome`, ordinary(policy, roles)),
    ];
  }
  if (step.do !== "escalate") return [];
  const asked = before.some((one) => one.do === "escalate" && one.role === step.role);
  const others = ordinary(policy, roles).length > 0;
  return [
    ...unknownRole(policy.roles.keys(), step.role, `${path}.role`),
    ...finding(asked || !others, () => fault("POLICY_ESCALATION_CYCLE", { path: `${path}.role`, role: step.role })),
    ...lintOutcome(
      policy,
      step.outcome,
      `${path}.outcome`,
      roles.filter(([name]) => name === step.role),
    ),
  ];
}

/** Roles that ordinary rounds ask: those that a shortfall is taken to speak then only. */
function ordinary({ shortfall }: Policy, roles: readonly NamedRole[]): readonly NamedRole[] {
  const reserved = new Set(shortfall.flatMap((step) => (step.do === "escalate" ? [step.role] : [])));
  return contributing(roles).filter(([name]) => !reserved.has(name));
}
