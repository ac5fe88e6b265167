// What makes a policy unworkable for given seats (SPEC §6.5). Run when a call arrives, before anyone contributes.
import { electorateOf } from "../closing/power.ts";
import { ELECTORS_MAX } from "../limits.ts";
import type { Seat } from "../outcome/contribution.ts";
import { needed, share } from "../outcome/exact.ts";
import { standInRoles } from "../outcome/stand-ins.ts";
import { contributors } from "../outcome/threshold.ts";
import { type Fault, fault } from "../result.ts";
import type { Policy } from "./policy.ts";

/** Every finding; an empty list means that the policy can work for these seats. */
export function lintPolicy(policy: Policy, seats: readonly Seat[]): readonly Fault[] {
  // Whoever joins by its class may fill the roles and reach the threshold: what is lacking is found over those who joined.
  const open = policy.convening?.roster === "open-by-class";
  return [
    ...lintRoles(policy, seats, open),
    ...lintParties(policy, seats),
    ...lintElectors(policy, seats),
    ...lintPower(policy, seats),
    ...(open ? [] : lintThreshold(policy, seats)),
  ];
}

/**
 * Findings for a trial without keys. Nobody closes its rounds, so their electors may be many. Where the outcome does not count against
 * everyone who could speak, whoever has nothing to say may be left out of the document.
 */
export function lintTrial(policy: Policy, seats: readonly Seat[]): readonly Fault[] {
  const parties = policy.outcome.function === "threshold" ? lintParties(policy, seats) : [];
  return [...lintRoles(policy, seats), ...parties, ...lintPower(policy, seats), ...lintThreshold(policy, seats)];
}

function lintRoles(policy: Policy, seats: readonly Seat[], open = false): readonly Fault[] {
  const unknown = seats.filter((seat) => !policy.roles.has(seat.role)).map((seat) => seat.role);
  const strangers = [...new Set(unknown)].map(
    (role) =>
      fault("POLICY_ROLE", {
        path: `roles.${role}`,
        role,
        found: "no place in the policy",
        need: [...policy.roles.keys()].join(", "),
      }).fault,
  );
  const counts = [...policy.roles].flatMap(([role, { least, most }]) => {
    const found = seats.filter((seat) => seat.role === role).length;
    return (found < least && !open) || found > most
      ? [fault("POLICY_ROLE", { path: `roles.${role}`, role, found, need: `${least} to ${most}` }).fault]
      : [];
  });
  return [...strangers, ...counts];
}

/** Independence is counted by authority: three keys of one organisation are one party. */
function lintParties(policy: Policy, seats: readonly Seat[]): readonly Fault[] {
  const found = new Set(seats.map((seat) => seat.authority)).size;
  return found < policy.parties.least
    ? [fault("POLICY_PARTIES", { path: "parties.least", found, need: policy.parties.least }).fault]
    : [];
}

function electorsOf(policy: Policy, seats: readonly Seat[]): readonly Seat[] {
  return seats.filter((seat) => policy.roles.get(seat.role)?.closes === true);
}

function lintElectors(policy: Policy, seats: readonly Seat[]): readonly Fault[] {
  const electors = electorsOf(policy, seats);
  const authorities = new Set(electors.map((seat) => seat.authority));
  const sound = electors.length > 0 && electors.length <= ELECTORS_MAX && authorities.size === electors.length;
  const need = `1 to ${ELECTORS_MAX}, one for each authority`;
  return sound ? [] : [fault("POLICY_ROLE", { path: "roles", role: "elector", found: electors.length, need }).fault];
}

function lintPower(policy: Policy, seats: readonly Seat[]): readonly Fault[] {
  const { total, tolerated } = electorateOf(
    electorsOf(policy, seats).map((seat) => [seat.index, seat.power]),
    policy.faults,
  );
  return total < 3 * tolerated + 1
    ? [fault("POLICY_TOLERANCE", { path: "faults", power: total, tolerated }).fault]
    : [];
}

function lintThreshold(policy: Policy, seats: readonly Seat[]): readonly Fault[] {
  if (policy.outcome.function !== "threshold") return [];
  const { threshold, carries } = policy.outcome;
  const reserve = standInRoles(policy);
  const voters = contributors(policy, seats).filter(({ role }) => !reserve.has(role));
  const power = voters.reduce((sum, seat) => sum + (typeof threshold === "number" ? 1 : seat.power), 0);
  const tolerated = share(power, policy.faults);
  const need = needed(threshold, power);
  const findings: Fault[] = [];
  if (need > power) findings.push(fault("POLICY_UNREACHABLE", { path: "outcome.threshold", need, power }).fault);
  // Two choices can both win where their supporters may overlap in tolerated equivocators only.
  if (carries.length > 1 && 2 * need - power <= tolerated)
    findings.push(fault("POLICY_AMBIGUOUS", { path: "outcome.threshold", need, power, tolerated }).fault);
  return findings;
}
