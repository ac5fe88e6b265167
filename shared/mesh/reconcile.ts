// Reconciliation of two histories (SPEC §20): one pure pipeline, the same on both sides. Discover, select, translate, align time, measure
// divergence, resolve conflicts, import, record. Above the limit of divergence nothing is imported: merging is then for people to decide.
import { encodeCanonical } from "../cbor/encode.ts";
import type { Encodable } from "../cbor/value.ts";
import { sha256Hex } from "../hash.ts";
import { ok, type Result } from "../result.ts";
import { compareText } from "../text.ts";
import { type Agreement, inForce } from "./agreement.ts";
import type { Alignment } from "./alignment.ts";
import { commonRule } from "./arbitrate.ts";
import { type Conflict, conflictsOf } from "./conflict.ts";
import type { Border } from "./cross.ts";
import { compareSubjects, type Divergence, measure, type Verdict, verdictOf, worse } from "./divergence.ts";
import type { History } from "./fact.ts";
import { type Path, pathsBetween, type Refusal, type Usable, usableTranslators } from "./routes.ts";
import { type Screened, screen } from "./screen.ts";
import { fitFor, placeInTime, type Timing } from "./time.ts";
import type { Translator, TranslatorRevocation } from "./translator.ts";
import { seenIn, type View, viewAcross } from "./view.ts";

/** All that a reconciliation depends on. */
export type Scene = {
  readonly agreement: Agreement;
  readonly histories: readonly [History, History];
  readonly translators: readonly Translator[];
  readonly revocations: readonly TranslatorRevocation[];
  readonly alignment: Alignment | null;
  /** The instant at which expiry is judged; null for that of the latest fact, so that no clock is read. */
  readonly at: number | null;
  /** True where people have decided to merge above the limit: conflicts are then arbitrated all the same. */
  readonly decided?: boolean;
};

export type Reconciliation = {
  readonly verdict: Verdict;
  readonly at: number;
  readonly divergence: Divergence;
  readonly limit: Agreement["divergenceLimit"];
  readonly timing: Timing;
  /** Whether what the views take may be written: within the limit, or by decision. */
  readonly mayWrite: boolean;
  /** The hash is null where the two sides hold different rules. */
  readonly rule: { readonly name: string; readonly hash: string | null };
  readonly conflicts: readonly Conflict[];
  /** What either mesh takes from the other; nothing of it is written where the verdict is unsafe. */
  readonly views: readonly [View, View];
  /** Translators that could not be used. */
  readonly unusable: readonly Refusal[];
  /** Hash of the above, without regard to who asks: both sides compute the same. */
  readonly digest: string;
};

/** Reconciles; the order in which the histories are given makes no difference. */
export function reconcile(scene: Scene): Result<Reconciliation> {
  const { agreement, alignment, decided = false } = scene;
  const histories = inOrder(scene.histories);
  const at = scene.at ?? latestStamp(histories);
  const bound = inForce(agreement, [histories[0].mesh, histories[1].mesh], at);
  if (!bound.ok) return bound;
  const fit = fitFor(alignment, histories, at);
  if (!fit.ok) return fit;
  const screened = screen(histories);
  const translators = usableTranslators(scene.translators, scene.revocations, histories, at);
  const views = viewsOf(histories, agreement, translators, screened);
  const facts = new Map([...screened.facts.values()].flat().map((fact) => [fact.id, fact]));
  const timing = placeInTime([...facts.values()], fit.value, alignment?.id ?? "");
  const compared = views.map((view, index) => {
    const seen = seenIn(view, views[1 - index] as View, screened, agreement);
    return { mesh: view.mesh, comparisons: compareSubjects(seen) };
  });
  const divergence = compared.map(({ comparisons }) => measure(comparisons, agreement.measure)).reduce(worse);
  const verdict = verdictOf(divergence, agreement.divergenceLimit);
  const mayWrite = verdict !== "unsafe" || decided;
  const hash = commonRule(agreement, histories);
  const result = {
    verdict,
    mayWrite,
    at,
    divergence,
    limit: agreement.divergenceLimit,
    timing,
    rule: { name: agreement.arbitration.rule, hash },
    conflicts: conflictsOf(compared, agreement, mayWrite && hash !== null),
    views,
    unusable: translators.refused.map(({ translator: { id }, fault }) => ({ id, fault })),
  };
  return ok({ ...result, digest: digestOf(result, agreement) });
}

function inOrder([a, b]: Scene["histories"]): readonly [History, History] {
  return compareText(a.mesh, b.mesh) <= 0 ? [a, b] : [b, a];
}

function latestStamp(histories: readonly History[]): number {
  return histories.reduce((latest, { facts }) => facts.reduce((most, { at }) => Math.max(most, at[1]), latest), 0);
}

function viewsOf(
  [first, second]: readonly [History, History],
  agreement: Agreement,
  translators: Usable,
  screened: Screened,
): readonly [View, View] {
  const border = (from: string, to: string): Border => {
    const known = new Map<string, readonly Path[]>();
    const paths = (origin: string) => {
      const found = known.get(origin) ?? pathsBetween(translators.translators, origin, to, agreement.hops);
      known.set(origin, found);
      return found;
    };
    return { agreement, from, to, paths, translators };
  };
  return [viewAcross(border(second.mesh, first.mesh), screened), viewAcross(border(first.mesh, second.mesh), screened)];
}

function digestOf(result: Omit<Reconciliation, "digest">, agreement: Agreement): string {
  const { verdict, at, divergence, timing, rule, conflicts, views, unusable } = result;
  const refusals = (some: readonly Refusal[]) => some.map(({ id, fault }) => [id, fault.code]).sort(byId);
  const record: Encodable = {
    agreement: agreement.id,
    verdict,
    at,
    measured: { ...divergence.measured },
    comparable: divergence.comparable,
    order: timing.order,
    contradicted: timing.contradicted,
    rule,
    conflicts: conflicts.map(({ contenders, ruling }) => [contenders, ruling.winner]),
    unusable: refusals(unusable),
    views: views.map(({ mesh, imports, refused, held }) => ({
      mesh,
      imports: imports
        .map(({ fact, crossing: { reading, tier } }) => [
          fact.id,
          reading.authority,
          reading.subject,
          reading.value,
          tier,
        ])
        .sort(byId) as Encodable,
      refused: refusals(refused),
      held: [...held].sort(compareText),
    })),
  };
  return sha256Hex(encodeCanonical(record));
}

function byId(a: readonly unknown[], b: readonly unknown[]): number {
  return compareText(String(a[0]), String(b[0]));
}
