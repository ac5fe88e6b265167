// The effective policy of one authority: its own clauses, and of its partners' those that a translator it admits carries home, each
// with where it came from and by which road (SPEC §15). Nothing is recognised by default.
import { toHex } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import type { CborValue } from "../cbor/value.ts";
import { isWithin, type Loss, mayRevoke, type Translator } from "../mesh/translator.ts";
import type { RefusalCode } from "../refusals.ts";
import { fault, ok, type Result } from "../result.ts";
import { settleConflicts } from "./conflict.ts";
import { inForce } from "./in-force.ts";
import type { AuthorityPolicy, Clause, Pool } from "./pool.ts";
import { type Circumstance, roadsFor, standingOf } from "./route.ts";
import type { EffectiveClause, EffectivePolicy, RefusedPart } from "./view.ts";

/** Pure: the same pool, home, instant and operation give the same policy to everyone. */
export function effectivePolicy(pool: Pool, circumstance: Circumstance): Result<EffectivePolicy> {
  const { policies, refused: untaken, flagged } = inForce(pool.policies, circumstance);
  const home = policies.find(({ authority }) => authority === circumstance.home);
  if (home === undefined) return fault("AUTHORITY_ABSENT", { authority: circumstance.home });
  const standings = standingOf(pool, home.admits, circumstance);
  const refused: RefusedPart[] = [
    ...untaken,
    ...standings.flatMap(({ translator: { id, from }, code }) => (code === null ? [] : [{ id, code, from, via: [] }])),
    ...withoutStanding(pool),
  ];
  const usable = standings.flatMap(({ translator, code }) => (code === null ? [translator] : []));
  const lost = standings.flatMap(({ translator, code }) => (code === null ? [] : [{ translator, code }]));
  const labels = new Set(home.clauses.flatMap(({ label }) => (label === null ? [] : [label])));
  const taken: EffectiveClause[] = home.clauses
    .filter((clause) => inScope(clause, circumstance))
    .map((clause) => ({
      ...clause,
      matter: matterOf(clause.id, clause.value),
      from: home.authority,
      via: [],
      losses: [],
    }));
  for (const partner of policies) {
    if (partner === home) continue;
    for (const clause of partner.clauses) {
      const image = carry(partner, clause, { usable, lost, labels, home: home.authority });
      if ("code" in image) refused.push(image);
      else if (inScope(clause, circumstance)) taken.push(image);
    }
  }
  const { clauses, conflicts } = settleConflicts(taken, home.authority, home.overrides);
  return ok({
    home: home.authority,
    clauses: [...clauses].sort(byOrigin),
    conflicts,
    refused: refused.sort(byOrigin),
    flagged,
  });
}

type Roads = {
  readonly usable: readonly Translator[];
  readonly lost: readonly { readonly translator: Translator; readonly code: RefusalCode }[];
  readonly labels: ReadonlySet<string>;
  readonly home: string;
};

/** A clause brought home over the first road, or why it is not: two roads of one length must agree on it. */
function carry(partner: AuthorityPolicy, clause: Clause, roads: Roads): EffectiveClause | RefusedPart {
  const from = partner.authority;
  const refuse = (code: RefusalCode, via: readonly string[] = []): RefusedPart => ({ id: clause.id, code, from, via });
  const found = roadsFor(roads.usable, from, clause.id, roads.home);
  const [first] = found;
  if (first === undefined) {
    const all = [...roads.usable, ...roads.lost.map(({ translator }) => translator)];
    const closed = roadsFor(all, from, clause.id, roads.home)[0] ?? [];
    const culprit = roads.lost.find(({ translator }) => closed.includes(translator));
    return culprit === undefined ? refuse("TRANSLATION_MISSING") : refuse(culprit.code, [culprit.translator.id]);
  }
  const images = found.map((road) => along(road, clause, roads.labels));
  const image = images[0] as Image;
  const via = first.map(({ id }) => id);
  if (images.some((other) => keyOf(other) !== keyOf(image)))
    return refuse(
      "TRANSLATION_CONTRADICTORY",
      found.map((road) => (road[0] as Translator).id),
    );
  if ("code" in image) return refuse(image.code, via);
  return {
    ...clause,
    value: image.value,
    label: image.label,
    matter: matterOf(image.id, image.value),
    from,
    via,
    losses: image.losses,
  };
}

type Image =
  | { readonly id: string; readonly value: CborValue; readonly label: string | null; readonly losses: readonly Loss[] }
  | { readonly code: RefusalCode };

function along(road: readonly Translator[], clause: Clause, labels: ReadonlySet<string>): Image {
  let { id, value, label } = clause;
  const losses: Loss[] = [];
  for (const { terms } of road) {
    const images = [
      terms.get(id),
      typeof value === "string" ? terms.get(value) : undefined,
      label === null ? undefined : terms.get(label),
    ];
    if (images.some((image) => image?.loss === "dropped" || image?.as === null)) return { code: "TRANSLATION_DROPPED" };
    if (images.some((image) => image?.loss === "ambiguous")) return { code: "TRANSLATION_AMBIGUOUS" };
    losses.push(...images.flatMap((image) => (image === undefined || image.loss === "exact" ? [] : [image.loss])));
    const [newId, newValue, newLabel] = images;
    id = newId?.as ?? id;
    value = newValue?.as ?? value;
    if (newLabel !== undefined) label = newLabel.as;
    else if (label !== null && !labels.has(label)) return { code: "LABEL_WITHOUT_IMAGE" };
  }
  return { id, value, label, losses };
}

function keyOf(image: Image): string {
  return "code" in image ? image.code : toHex(encodeCanonical([image.id, image.value, image.label]));
}

/** Whether a clause is about what a word names: a thing, or a setting. */
export function isAbout({ matter }: Pick<EffectiveClause, "matter">, word: string): boolean {
  return matter === matterOf(word, word) || matter === matterOf(word, null);
}

/** What a word means at the end of a road; null where it has no image there. */
export function imageOf(road: readonly Translator[], word: string): string | null {
  const image = along(road, { id: word, effect: "permit", value: word, label: null, scope: null }, new Set());
  return "code" in image || typeof image.value !== "string" ? null : image.value;
}

/** What a clause is about: a named thing by its value, a setting (true, a number) by its id. */
function matterOf(id: string, value: CborValue): string {
  return toHex(
    encodeCanonical(
      value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "bigint"
        ? ["id", id]
        : ["value", value],
    ),
  );
}

/** Outside of any operation every clause is shown, with its scope; inside one, those that hold there. */
function inScope(clause: Clause, { operation }: Circumstance): boolean {
  return (
    operation === null ||
    clause.scope === null ||
    isWithin(clause.scope, new Map([...clause.scope, ["operation", operation]]))
  );
}

/** Revocations by someone who may not revoke change nothing, and are told. */
function withoutStanding({ revocations, translators }: Pool): readonly RefusedPart[] {
  return revocations.flatMap((revocation) => {
    const named = translators.filter(({ id }) => id === revocation.revokes);
    return named.length > 0 && !named.some((translator) => mayRevoke(revocation.by, translator))
      ? [{ id: revocation.revokes, code: "REVOCATION_WITHOUT_STANDING" as const, from: revocation.by, via: [] }]
      : [];
  });
}

function byOrigin(
  a: { readonly from: string | null; readonly id: string },
  b: { readonly from: string | null; readonly id: string },
): number {
  const [x, y] = [`${a.from}\u0000${a.id}`, `${b.from}\u0000${b.id}`];
  return x < y ? -1 : x > y ? 1 : 0;
}
