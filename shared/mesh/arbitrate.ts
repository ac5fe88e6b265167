// Picking one of competing facts by the rule that both sides agreed on beforehand (SPEC §20.9). Every side computes the same winner from
// the same facts; the others are kept, with the reason why they lost.
import type { CborValue } from "../cbor/value.ts";
import { evaluate } from "../policy/expression.ts";
import { compareText } from "../text.ts";
import { type Agreement, type Arbitration, type Criterion, ruleHash } from "./agreement.ts";
import { agree, type Seen } from "./divergence.ts";
import type { History } from "./fact.ts";

/** What each criterion, and each preference under its own text, says of one fact; more is better. */
type Scores = Readonly<Record<string, number>>;

export type Ruling = {
  readonly winner: string | null;
  /** The others, with what decided against each: a criterion, a preference, "id", or "rule-unknown". */
  readonly losers: readonly { readonly id: string; readonly lostBy: string }[];
  readonly scores: Readonly<Record<string, Scores>>;
};

/** The hash of the rule that both sides hold; null where one holds another, and then nothing is arbitrated. */
export function commonRule(agreement: Agreement, histories: readonly History[]): string | null {
  const hash = ruleHash(agreement.arbitration);
  return histories.every(({ rule }) => rule === null || rule === hash) ? hash : null;
}

/** Arbitrates among facts that stand against each other. */
export function arbitrate(arbitration: Arbitration, standing: readonly Seen[]): Ruling {
  const scores = new Map(standing.map((item) => [item, scoresOf(arbitration, item, standing)]));
  const criteria = [...criteriaOf(arbitration), ...arbitration.tiebreak];
  const ranked = [...standing].sort((a, b) => {
    const decisive = criteria.find((name) => scoreOf(scores, b, name) !== scoreOf(scores, a, name));
    return decisive === undefined
      ? compareText(a.fact.id, b.fact.id)
      : scoreOf(scores, b, decisive) - scoreOf(scores, a, decisive);
  });
  const [winner, ...losers] = ranked as [Seen, ...Seen[]];
  return {
    winner: winner.fact.id,
    losers: losers.map((loser) => ({
      id: loser.fact.id,
      lostBy: criteria.find((name) => scoreOf(scores, loser, name) !== scoreOf(scores, winner, name)) ?? "id",
    })),
    scores: Object.fromEntries(standing.map((item) => [item.fact.id, scores.get(item) as Scores])),
  };
}

/** Without a rule that both hold, every side stays visible and none prevails. */
export function unresolved(standing: readonly Seen[]): Ruling {
  return { winner: null, losers: standing.map(({ fact }) => ({ id: fact.id, lostBy: "rule-unknown" })), scores: {} };
}

/** Every rule is a list of criteria, tried in turn. */
function criteriaOf({ rule, weights, prefer, criteria }: Arbitration): readonly string[] {
  switch (rule) {
    case "priority":
      return ["order"];
    case "authority":
      return ["tier"];
    case "admissibility":
      return weights.size > 0 ? ["score"] : ["admissibility", "tier", "corroboration"];
    case "custom":
      return [...prefer, ...criteria];
  }
}

function scoreOf(scores: ReadonlyMap<Seen, Scores>, item: Seen, name: string): number {
  return (scores.get(item) as Scores)[name] ?? 0;
}

function scoresOf({ rule, order, weights, prefer }: Arbitration, item: Seen, standing: readonly Seen[]): Scores {
  const { fact } = item;
  const names = [`${fact.origin}/${fact.authority}`, fact.authority, fact.origin];
  const place = order.findIndex((name) => names.includes(name));
  const stated =
    rule === "authority" ? names.map((name) => weights.get(name)).find((weight) => weight !== undefined) : undefined;
  const plain: Readonly<Record<Criterion, number>> = {
    order: place < 0 ? 0 : order.length - place,
    tier: stated ?? item.tier,
    admissibility: fact.admissibility ?? 0,
    corroboration: corroborators(item, standing),
    // Narrower stamps are more precise; negative, since more is better.
    precision: fact.at[0] - fact.at[1],
    score: 0,
  };
  const score = [...weights].reduce((sum, [name, weight]) => sum + weight * (plain[name as Criterion] ?? 0), 0);
  const preferred = prefer.map((expression) => [expression, holdsFor(expression, item, plain) ? 1 : 0]);
  return { ...plain, score, ...Object.fromEntries(preferred) };
}

/** Of the fact as it was said, in its own words; an expression that cannot be evaluated for a fact does not hold for it. */
function holdsFor(expression: string, { fact }: Seen, { tier, admissibility, corroboration }: Scores): boolean {
  const { id, origin, authority, subject, value, frame, at, class: governanceClass, sources } = fact;
  const said = { id, origin, authority, subject, value, frame, earliest: at[0], latest: at[1], class: governanceClass };
  const known = {
    ...said,
    sources,
    tier: tier ?? 0,
    admissibility: admissibility ?? 0,
    corroboration: corroboration ?? 0,
  };
  const held = evaluate(expression, { fact: new Map<string, CborValue>(Object.entries(known)) });
  return held.ok && held.value;
}

/** Other authorities that say the same without citing, or being cited by, one that is counted already: an echo adds nothing. */
function corroborators(item: Seen, standing: readonly Seen[]): number {
  const counted: Seen[] = [item];
  for (const other of standing) {
    const voices = counted.map(({ fact }) => `${fact.origin}/${fact.authority}`);
    const echo = counted.some(({ fact }) => related(fact.sources, fact.id, other));
    if (other === item || echo || voices.includes(`${other.fact.origin}/${other.fact.authority}`)) continue;
    if (agree(item, other)) counted.push(other);
  }
  return counted.length - 1;
}

/** They cite each other, or something in common. */
function related(sources: readonly string[], id: string, { fact }: Seen): boolean {
  return (
    sources.includes(fact.id) || fact.sources.includes(id) || fact.sources.some((source) => sources.includes(source))
  );
}
