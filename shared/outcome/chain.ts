// Custody chains (SPEC §6.4.8): from custodian to custodian, one matched pair at a time, so that custody is never vacant and never double.
// Each leg starts where the last one ended; two acceptances that would split custody, and halves that contradict each other, end the
// chain as discrepant where it stands.
import type { CborValue } from "../cbor/value.ts";
import { type Discrepancy, judgePair, type Miss, type MissCode, type Pair } from "../handoff/pair.ts";
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
import { collectHandovers, type Handovers, type Release } from "./handovers.ts";

type Walk = {
  readonly custodian: Seat;
  readonly legs: readonly Pair[];
  readonly stop: MissCode | "RELEASE_MISSING";
  readonly why: string;
  readonly discrepancies: readonly Discrepancy[];
};

export function decideChain(
  _policy: Policy,
  rule: ChainOutcome,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): Verdict {
  const [holder, ...others] = seats.filter(({ role }) => role === rule.start);
  if (holder === undefined || others.length > 0)
    return abandoned("CUSTODIAN_UNKNOWN", [`exactly one ${rule.start} must hold custody at first`], { settled: true });
  const walk = follow(rule, holder, collectHandovers(seats, contributions));
  const handovers = walk.legs.map(handoverOf);
  const explanation = [...walk.legs.map(describe), walk.why];
  const ended = rule.end === null || walk.custodian.role === rule.end;
  const open = walk.stop !== "RELEASE_MISSING" && walk.stop !== "RELEASE_WITHDRAWN";
  if (walk.legs.length === 0 || !ended || open)
    return { ...abandoned(walk.stop, explanation, { value: show(walk, false) }), handovers };
  const unratified = ratification(rule, seats, contributions);
  if (unratified === null) return { ...decided(show(walk, true), explanation), handovers };
  // What was to be ratified and was not has no effect: custody never left.
  const nothing: Walk = { ...walk, custodian: holder, legs: [] };
  return abandoned(unratified.cause, [...explanation, unratified.why], { value: show(nothing, false) });
}

/** Walks from custodian to custodian, one matched pair at a time. */
function follow(rule: ChainOutcome, holder: Seat, statements: Handovers): Walk {
  const used = new Set<Release>();
  const legs: Pair[] = [];
  let custodian = holder;
  for (;;) {
    const offered = statements.releases.filter(
      (release) =>
        release.from === custodian && !used.has(release) && (release.leg === null || release.leg === legs.length),
    );
    const { pairs, misses } = judgeOffers(rule, statements, legs[0]?.release.object ?? null, offered);
    const receivers = new Set(pairs.map(({ acceptance }) => acceptance.by));
    const stays = `custody stays with ${nameOf(custodian)}`;
    const stopped = (stop: Walk["stop"], why: string, discrepancies: Walk["discrepancies"] = []): Walk => ({
      custodian,
      legs,
      stop,
      why: `${why}${stays}`,
      discrepancies,
    });
    if (receivers.size > 1)
      return stopped("DISCREPANT", `${receivers.size} parties accepted custody from ${nameOf(custodian)}; `);
    const discrepant = misses.find(({ code }) => code === "DISCREPANT");
    if (discrepant !== undefined) return stopped("DISCREPANT", `${discrepant.why}; `, discrepant.discrepancies);
    const [pair] = pairs;
    if (pair !== undefined) {
      for (const release of offered) used.add(release);
      legs.push(pair);
      custodian = pair.acceptance.by;
    } else if (offered.length === 0) return stopped("RELEASE_MISSING", "");
    else {
      const [miss] = misses;
      return stopped(miss?.code ?? "ACCEPTANCE_MISSING", `${miss?.why ?? "nobody it names accepted the release"}; `);
    }
  }
}

/** What comes of the releases on offer: pairs, and what stands in the way of the others, the weightiest first. */
function judgeOffers(
  rule: ChainOutcome,
  statements: Handovers,
  object: string | null,
  offered: readonly Release[],
): { readonly pairs: readonly Pair[]; readonly misses: readonly Miss[] } {
  const judged = offered.flatMap((release) => {
    const citing = statements.acceptances.filter((acceptance) => release.names.includes(acceptance.release));
    if (citing.length > 0) return citing.map((one) => judgePair(rule, statements, object, release, one));
    const withdrawn = statements.withdrawals.some(
      ({ by, names }) => by === release.from && release.names.includes(names),
    );
    const why = `${nameOf(release.from)} withdrew the release`;
    return withdrawn ? [{ miss: { code: "RELEASE_WITHDRAWN", why, discrepancies: [] } as const }] : [];
  });
  const misses = judged.flatMap((one) => ("miss" in one ? [one.miss] : []));
  return {
    pairs: judged.flatMap((one) => ("pair" in one ? [one.pair] : [])),
    misses: misses.sort((a, b) => WEIGHT.indexOf(a.code) - WEIGHT.indexOf(b.code)),
  };
}

const WEIGHT: readonly MissCode[] = [
  "DISCREPANT",
  "TRANSLATION_MISSING",
  "RELEASE_EXPIRED",
  "ACCEPTANCE_MISSING",
  "RELEASE_WITHDRAWN",
];

function describe({ release, acceptance, translation }: Pair): string {
  const exceptions = acceptance.exceptions.length > 0 ? `, with ${acceptance.exceptions.join("; ")}` : "";
  const words = translation === null ? "" : `, by the translation of ${nameOf(translation.by)}`;
  return `${nameOf(release.from)} released to ${nameOf(acceptance.by)}, which accepted${exceptions}${words}`;
}

function handoverOf({ release, acceptance, translation }: Pair): Handover {
  return {
    release: release.id,
    acceptance: acceptance.id,
    translation: translation?.id ?? null,
    from: nameOf(release.from),
    to: nameOf(acceptance.by),
    object: release.object ?? acceptance.object,
    at: acceptance.at[1],
  };
}

function show({ custodian, legs, discrepancies }: Walk, complete: boolean): Plain {
  const shown = legs.map(({ release, acceptance, translation, losses }) => ({
    from: nameOf(release.from),
    to: nameOf(acceptance.by),
    ...(release.object === null ? {} : { object: release.object }),
    ...(acceptance.exceptions.length === 0 ? {} : { exceptions: acceptance.exceptions }),
    ...(translation === null
      ? {}
      : {
          vocabularies: [translation.map.from, translation.map.to],
          translator: nameOf(translation.by),
          losses: losses.map(({ element, as, loss }) => ({ element, as, loss })),
        }),
  }));
  const differing = discrepancies.length === 0 ? {} : { discrepancies: discrepancies as unknown as readonly Plain[] };
  return { custodian: nameOf(custodian), legs: shown, complete, ...differing };
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
