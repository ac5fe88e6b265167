// Which translators may be used, and the chains they form (SPEC §20.5). A translator that is expired, revoked or loses what it does not
// declare is refused by name; a chain is as short as can be, and never passes a mesh twice, so that loops end.
import { type Fault, fault, ok, type Result } from "../result.ts";
import { compareText } from "../text.ts";
import { type Agreement, tierOf } from "./agreement.ts";
import type { Fact, History } from "./fact.ts";
import { type Reading, translateFact } from "./translate.ts";
import { checkRoundTrip, isWithin, revocationOf, type Translator, type TranslatorRevocation } from "./translator.ts";
import { sameValue } from "./values.ts";

export type Refusal = { readonly id: string; readonly fault: Fault };
type Refused = { readonly translator: Translator; readonly fault: Fault };
export type Usable = { readonly translators: readonly Translator[]; readonly refused: readonly Refused[] };

/** Sorts out the translators that hold at an instant. */
export function usableTranslators(
  translators: readonly Translator[],
  revocations: readonly TranslatorRevocation[],
  histories: readonly History[],
  at: number,
): Usable {
  const judged = [...translators]
    .sort((a, b) => compareText(a.id, b.id))
    .map((translator) => ({ translator, verdict: judge(translator, translators, revocations, histories, at) }));
  return {
    translators: judged.filter(({ verdict }) => verdict.ok).map(({ translator }) => translator),
    refused: judged.flatMap(({ translator, verdict }) => (verdict.ok ? [] : [{ translator, fault: verdict.fault }])),
  };
}

function judge(
  translator: Translator,
  all: readonly Translator[],
  revocations: readonly TranslatorRevocation[],
  histories: readonly History[],
  at: number,
): Result<true> {
  const { id, from, to, expires, taxonomies, scope } = translator;
  if (all.filter((other) => other.id === id).length > 1) return fault("TRANSLATOR_TWICE", { translator: id });
  const known = new Map([["partner", to]]);
  const hit = revocationOf(translator, revocations, at, known);
  if (hit !== undefined) return fault("TRANSLATION_REVOKED", { translator: id, by: hit.by, from: hit.after });
  if (expires !== null && at >= expires) return fault("TRANSLATION_EXPIRED", { translator: id, until: expires, at });
  if (!isWithin(scope, known)) return fault("TRANSLATION_OUT_OF_SCOPE", { translator: id, item: `what ${from} says` });
  const versions = [
    [from, taxonomies.from],
    [to, taxonomies.to],
  ] as const;
  for (const [mesh, version] of versions) {
    const spoken = histories.find((history) => history.mesh === mesh)?.taxonomy ?? null;
    if (version !== null && spoken !== null && spoken !== version)
      return fault("TRANSLATOR_TAXONOMY", { translator: id, mesh, need: version, found: spoken });
  }
  return checkLosses(translator);
}

/** Refuses a translator whose way there and back differs where it declares no loss. */
export function checkLosses(translator: Translator): Result<true> {
  const [first] = checkRoundTrip(translator).undeclared;
  if (first === undefined) return ok(true);
  const { kind, element, as, back } = first;
  return fault("TRANSLATION_LOSS_UNDECLARED", {
    translator: translator.id,
    kind,
    element,
    as: as ?? "nothing",
    back: back.join(", ") || "nothing",
  });
}

export type Path = readonly Translator[];

/** All chains from one mesh to another through at most `hops` others, shortest first, then by id. */
export function pathsBetween(
  translators: readonly Translator[],
  from: string,
  to: string,
  hops: number,
): readonly Path[] {
  const found: Path[] = [];
  let open: readonly { readonly mesh: string; readonly path: Path; readonly passed: readonly string[] }[] = [
    { mesh: from, path: [], passed: [from] },
  ];
  for (let length = 0; length <= hops; length++) {
    const longer = open.flatMap(({ mesh, path, passed }) =>
      translators
        .filter((next) => next.from === mesh && !passed.includes(next.to))
        .map((next) => ({ mesh: next.to, path: [...path, next], passed: [...passed, next.to] })),
    );
    found.push(...longer.filter(({ mesh }) => mesh === to).map(({ path }) => path));
    open = longer.filter(({ mesh }) => mesh !== to);
  }
  return found;
}

/** A fact as the receiving mesh reads it, and what its authority counts for there. */
export type Crossing = { readonly reading: Reading; readonly tier: number };

/**
 * Reads a fact by the shortest chains that can. Chains of one length must agree: where two translators read it differently, neither is
 * preferred and the fact is refused. Null where no chain can read it.
 */
export function readThrough(
  fact: Fact,
  paths: readonly Path[],
  agreement: Agreement,
  named: boolean,
): Result<Crossing> | null {
  for (const length of new Set(paths.map((path) => path.length))) {
    const tried = paths.filter((path) => path.length === length).map((path) => readBy(fact, path, agreement, named));
    const read = tried.flatMap((result) => (result.ok ? [result.value] : []));
    const [first, ...others] = read;
    const emptied = tried.find((result) => !result.ok && result.fault.code !== "TRANSLATION_MISSING");
    if (first === undefined && emptied !== undefined) return emptied;
    if (first === undefined) continue;
    const differing = others.find((other) => !agrees(first, other));
    if (differing !== undefined)
      return fault("TRANSLATION_CONTRADICTORY", {
        item: fact.id,
        translator: `${namesOf(first)} and ${namesOf(differing)}`,
      });
    return ok({ reading: first.reading, tier: Math.min(...read.map(({ tier }) => tier)) });
  }
  return null;
}

function readBy(fact: Fact, path: Path, agreement: Agreement, named: boolean): Result<Crossing> {
  const reading = translateFact(fact, path, named);
  return reading.ok ? ok({ reading: reading.value, tier: tierThrough(fact, reading.value, path, agreement) }) : reading;
}

/** Trust only shrinks on the way: the least of the source's own tier, every cap, and the tier of each authority it is mapped to. */
function tierThrough(fact: Fact, { equivalences }: Reading, path: Path, agreement: Agreement): number {
  const own = tierOf(agreement, fact.origin, fact.authority);
  const limits = [own, fact.cap].filter((limit) => limit !== null);
  const mapped = equivalences.flatMap(({ translator, as, tierCap }) => {
    const to = path.find(({ id }) => id === translator)?.to ?? "";
    const there = tierOf(agreement, to, as);
    return there === null ? [tierCap] : [tierCap, there];
  });
  const known = [...limits, ...mapped];
  return known.length === 0 ? 0 : Math.min(...known);
}

/** What a fact counts for as its own authority. */
export function ownTier(fact: Fact, agreement: Agreement): number {
  return Math.min(tierOf(agreement, fact.origin, fact.authority) ?? 0, fact.cap ?? Number.MAX_SAFE_INTEGER);
}

function agrees(a: Crossing, b: Crossing): boolean {
  const [one, other] = [a.reading, b.reading];
  return one.subject === other.subject && one.authority === other.authority && sameValue(one.value, other.value, 0);
}

function namesOf({ reading }: Crossing): string {
  return reading.equivalences.map(({ translator }) => translator).join(" then ");
}
