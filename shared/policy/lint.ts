// What makes a policy unworkable for given seats (SPEC §6.5). Run when a call arrives, before anyone contributes.
import { electorateOf } from "../closing/power.ts";
import { ELECTORS_MAX } from "../limits.ts";
import type { Seat } from "../outcome/contribution.ts";
import { contributors, needed } from "../outcome/threshold.ts";
import { type Fault, fault } from "../result.ts";
import type { Policy } from "./policy.ts";

/** Every finding; an empty list means that the policy can work for these seats. */
export function lintPolicy(policy: Policy, seats: readonly Seat[]): readonly Fault[] {
  return [
    ...lintRoles(policy, seats),
    ...lintParties(policy, seats),
    ...lintPower(policy, seats),
    ...lintThreshold(policy, seats),
  ];
}

function lintRoles(policy: Policy, seats: readonly Seat[]): readonly Fault[] {
  const unknown = seats.filter((seat) => !policy.roles.has(seat.role)).map((seat) => seat.role);
  const strangers = [...new Set(unknown)].map(
    (role) =>
      fault("POLICY_ROLE", { role, found: "no place in the policy", need: [...policy.roles.keys()].join(", ") }).fault,
  );
  const counts = [...policy.roles].flatMap(([role, { least, most }]) => {
    const found = seats.filter((seat) => seat.role === role).length;
    return found < least || found > most
      ? [fault("POLICY_ROLE", { role, found, need: `${least} to ${most}` }).fault]
      : [];
  });
  return [...strangers, ...counts];
}

/** Independence is counted by authority: three keys of one organisation are one party. */
function lintParties(policy: Policy, seats: readonly Seat[]): readonly Fault[] {
  const found = new Set(seats.map((seat) => seat.authority)).size;
  return found < policy.parties.least ? [fault("POLICY_PARTIES", { found, need: policy.parties.least }).fault] : [];
}

function lintPower(policy: Policy, seats: readonly Seat[]): readonly Fault[] {
  const electors = seats.filter((seat) => policy.roles.get(seat.role)?.closes === true);
  const { total, tolerated } = electorateOf(
    electors.map((seat) => [seat.index, seat.power]),
    policy.faults,
  );
  const findings: Fault[] = [];
  if (total < 3 * tolerated + 1) findings.push(fault("POLICY_TOLERANCE", { power: total, tolerated }).fault);
  const authorities = new Set(electors.map((seat) => seat.authority));
  const repeated = authorities.size !== electors.length;
  if (electors.length === 0 || electors.length > ELECTORS_MAX || repeated)
    findings.push(
      fault("POLICY_ROLE", {
        role: "elector",
        found: electors.length,
        need: `1 to ${ELECTORS_MAX}, one for each authority`,
      }).fault,
    );
  return findings;
}

function lintThreshold(policy: Policy, seats: readonly Seat[]): readonly Fault[] {
  const { threshold, carries } = policy.outcome;
  const voters = contributors(policy, seats);
  const power = voters.reduce((sum, seat) => sum + (typeof threshold === "number" ? 1 : seat.power), 0);
  const tolerated = Math.floor((power * policy.faults.num) / policy.faults.den);
  const need = needed(threshold, power);
  const findings: Fault[] = [];
  if (need > power) findings.push(fault("POLICY_UNREACHABLE", { need, power }).fault);
  // Two choices can both win where their supporters may overlap in tolerated equivocators only.
  if (carries.length > 1 && 2 * need - power <= tolerated)
    findings.push(fault("POLICY_AMBIGUOUS", { need, power, tolerated }).fault);
  return findings;
}
