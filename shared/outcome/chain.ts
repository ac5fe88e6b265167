// Custody chains (SPEC §6.4): a release has no effect until the named receiver accepts it, so that custody is never vacant and never
// double. Each leg starts where the last one ended; two acceptances that would split custody end the chain as discrepant.
import type { CborValue } from "../cbor/value.ts";
import type { ChainOutcome, Policy } from "../policy/policy.ts";
import {
  abandoned,
  type Contribution,
  decided,
  type Handover,
  nameOf,
  type Plain,
  type Seat,
  seatsByIndex,
  type Verdict,
} from "./contribution.ts";
import { type Acceptance, collectHandovers, type Release } from "./handovers.ts";

type Leg = { readonly release: Release; readonly acceptance: Acceptance };
type Walk = { readonly custodian: Seat; readonly legs: readonly Leg[]; readonly stop: string; readonly why: string };

export function decideChain(
  _policy: Policy,
  rule: ChainOutcome,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): Verdict {
  const [holder, ...others] = seats.filter(({ role }) => role === rule.start);
  if (holder === undefined || others.length > 0)
    return abandoned("CUSTODIAN_UNKNOWN", [`exactly one ${rule.start} must hold custody at first`], { settled: true });
  const { releases, acceptances } = collectHandovers(seats, contributions);
  const walk = follow(holder, releases, acceptances);
  const explanation = [...walk.legs.map(describe), walk.why];
  const handovers = walk.legs.map(handoverOf);
  const ended = rule.end === null || walk.custodian.role === rule.end;
  if (walk.stop === "DISCREPANT" || walk.legs.length === 0 || !ended || walk.stop === "ACCEPTANCE_MISSING")
    return { ...abandoned(walk.stop, explanation, { value: show(walk, false) }), handovers };
  const ratified = ratification(rule, seats, contributions);
  if (ratified !== null) return abandoned(ratified.cause, [...explanation, ratified.why], { value: show(walk, false) });
  return { ...decided(show(walk, true), explanation), handovers };
}

/** Walks from custodian to custodian, one matched pair at a time. */
function follow(holder: Seat, releases: readonly Release[], acceptances: readonly Acceptance[]): Walk {
  const used = new Set<Release>();
  const legs: Leg[] = [];
  let custodian = holder;
  for (;;) {
    const offered = releases.filter(
      (release) =>
        release.from === custodian && !used.has(release) && (release.leg === null || release.leg === legs.length),
    );
    const pairs = offered.flatMap((release) =>
      acceptances
        .filter((acceptance) => matches(legs, release, acceptance))
        .map((acceptance) => ({ release, acceptance })),
    );
    const receivers = new Set(pairs.map(({ acceptance }) => acceptance.by));
    const stays = `custody stays with ${nameOf(custodian)}`;
    if (receivers.size > 1)
      return {
        custodian,
        legs,
        stop: "DISCREPANT",
        why: `${receivers.size} parties accepted custody from ${nameOf(custodian)}; ${stays}`,
      };
    const [pair] = pairs;
    if (pair === undefined && offered.length > 0)
      return { custodian, legs, stop: "ACCEPTANCE_MISSING", why: `nobody it names accepted the release; ${stays}` };
    if (pair === undefined) return { custodian, legs, stop: "RELEASE_MISSING", why: stays };
    for (const release of offered) used.add(release);
    legs.push(pair);
    custodian = pair.acceptance.by;
  }
}

/** By the named receiver, of the same object as all along, and of this very release. */
function matches(legs: readonly Leg[], release: Release, acceptance: Acceptance): boolean {
  if (acceptance.by === release.from || !release.names.includes(acceptance.release)) return false;
  if (release.to !== null && release.to !== nameOf(acceptance.by) && release.to !== acceptance.by.authority)
    return false;
  if (acceptance.object !== null && release.object !== null && acceptance.object !== release.object) return false;
  const object = legs[0]?.release.object ?? null;
  return object === null || release.object === null || release.object === object;
}

function describe({ release, acceptance }: Leg): string {
  const exceptions = acceptance.exceptions.length > 0 ? `, with ${acceptance.exceptions.join("; ")}` : "";
  return `${nameOf(release.from)} released to ${nameOf(acceptance.by)}, which accepted${exceptions}`;
}

function handoverOf({ release, acceptance }: Leg): Handover {
  const [id = ""] = release.names;
  return {
    release: id,
    acceptance: acceptance.id,
    from: nameOf(release.from),
    to: nameOf(acceptance.by),
    object: release.object ?? acceptance.object,
  };
}

function show({ custodian, legs }: Walk, complete: boolean): Plain {
  const shown = legs.map(({ release, acceptance }) => ({
    from: nameOf(release.from),
    to: nameOf(acceptance.by),
    ...(release.object === null ? {} : { object: release.object }),
    ...(acceptance.exceptions.length === 0 ? {} : { exceptions: acceptance.exceptions }),
  }));
  return { custodian: nameOf(custodian), legs: shown, complete };
}

/** Why the chain is not ratified; null where it is, or where nobody has to. */
function ratification(
  { ratify, ratification: wanted }: ChainOutcome,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): { readonly cause: string; readonly why: string } | null {
  if (ratify === null) return null;
  const byIndex = seatsByIndex(seats);
  const choices = contributions.flatMap(({ seat, content }): (readonly [Seat, CborValue])[] => {
    const holder = byIndex.get(seat);
    const choice = content.get("choice");
    return holder?.role === ratify && choice !== undefined ? [[holder, choice]] : [];
  });
  const against = choices.find(([, choice]) => choice !== wanted);
  if (against !== undefined) return { cause: "NOT_RATIFIED", why: `${nameOf(against[0])} chose ${String(against[1])}` };
  const missing = seats.find((seat) => seat.role === ratify && !choices.some(([holder]) => holder === seat));
  return missing === undefined ? null : { cause: "RATIFICATION_MISSING", why: `${nameOf(missing)} has not ratified` };
}
