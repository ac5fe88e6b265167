// What the importing party's own effective policy says of facts that the agreement lets cross (SPEC §20.21). It may only take away: a clause
// that prohibits a fact's class or subject keeps it out, and so does a handling label that has no image here.
import { type Pinned, speaksOf } from "../../coalition/pinned.ts";
import type { EffectiveClause } from "../../coalition/view.ts";
import { bornLabels, joinLabels, type Labels } from "../../observation/labels.ts";
import { type Fault, fault } from "../../result.ts";
import type { Reconciliation, Scene } from "../reconcile.ts";
import type { Refusal } from "../routes.ts";
import type { Translator } from "../translator.ts";
import type { Import, View } from "../view.ts";

/** Under which effective policy facts are taken in; null where the party has none in force. */
export type PolicyTold = Pick<Pinned, "home" | "digest" | "at"> | null;

export type Governed = {
  /** What one mesh takes is less; the digest is of what the agreement gives, so that both sides have the same. */
  readonly result: Reconciliation;
  readonly view: View;
  readonly policy: PolicyTold;
  /** What each import that is left bears here, in the words of this mesh. */
  readonly labels: ReadonlyMap<string, Labels>;
};

/** A reconciliation as one mesh takes part in it under a policy that was pinned at its start. */
export function governed(scene: Scene, result: Reconciliation, mesh: string, pinned: Pinned | null): Governed {
  const [one, other] = result.views;
  const taken = one.mesh === mesh ? one : other;
  const labelsOf = bornLabels(scene.histories.flatMap(({ facts }) => facts));
  const { view, labels } = governedView(taken, pinned, scene.translators, labelsOf);
  const views = taken === one ? ([view, other] as const) : ([one, view] as const);
  const policy = pinned === null ? null : { home: pinned.home, digest: pinned.digest, at: pinned.at };
  return { result: { ...result, views }, view, policy, labels };
}

/** `pinned` is null where the party has no policy in force: then nothing prohibits, and no label has an image. */
function governedView(
  view: View,
  pinned: Pinned | null,
  translators: readonly Translator[],
  labelsOf: (id: string) => Labels,
): Pick<Governed, "view" | "labels"> {
  const clauses = pinned?.clauses ?? [];
  const known = new Set(clauses.flatMap(({ label }) => (label === null ? [] : [label])));
  const labels = new Map<string, Labels>();
  const refused: Refusal[] = [];
  const imports = view.imports.filter((item) => {
    const { id } = item.fact;
    const against = prohibiting(clauses, item);
    const images = labelsOf(id).map((label) => [label, imageOf(label, item, translators, known)] as const);
    const lost = images.find(([, image]) => image === null);
    const objection: Fault | null =
      against !== null
        ? prohibited(against, item, pinned as Pinned)
        : lost === undefined
          ? null
          : unlabelled(lost[0], item);
    if (objection !== null) refused.push({ id, fault: objection });
    else labels.set(id, joinLabels([images.map(([, image]) => image as string)]));
    return objection === null;
  });
  return { view: { ...view, imports, refused: [...view.refused, ...refused] }, labels };
}

function prohibiting(
  clauses: readonly EffectiveClause[],
  { fact, crossing: { reading } }: Import,
): EffectiveClause | null {
  const matters = [reading.subject, ...(fact.class === null ? [] : [fact.class])];
  return (
    clauses.find((clause) => clause.effect === "prohibit" && matters.some((matter) => speaksOf(clause, matter))) ?? null
  );
}

function prohibited({ id, from, via, value }: EffectiveClause, { fact }: Import, { home, digest }: Pinned): Fault {
  const matter = typeof value === "string" ? value : id;
  return fault("IMPORT_PROHIBITED", { fact: fact.id, matter, clause: id, from, via, home, policy: digest }).fault;
}

function unlabelled(label: string, { fact, crossing }: Import): Fault {
  const used = crossing.reading.equivalences.map(({ translator }) => translator);
  const translator = used.length === 0 ? "any translator" : used.join(" then ");
  return fault("LABEL_WITHOUT_IMAGE", { item: `${fact.id} (${label})`, translator }).fault;
}

/** The label in the words of this mesh: as the translators that read the fact have it, where home uses that; null where it does not. */
function imageOf(
  label: string,
  { crossing }: Import,
  translators: readonly Translator[],
  known: ReadonlySet<string>,
): string | null {
  let image = label;
  for (const { translator: id } of crossing.reading.equivalences) {
    const mapping = translators.find((translator) => translator.id === id)?.terms.get(image);
    if (mapping === undefined) continue;
    if (mapping.as === null || mapping.loss === "dropped" || mapping.loss === "ambiguous") return null;
    image = mapping.as;
  }
  return known.has(image) ? image : null;
}
