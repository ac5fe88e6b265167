// A taxonomy translator (SPEC §20.4): what an authority, a term or a unit of one mesh counts as in another. It never rewrites: what it
// yields stands beside the untouched original, with every loss named. Units convert exactly.
import type { Ratio } from "../ratio.ts";

export const LOSSES = ["exact", "narrowed", "widened", "dropped", "ambiguous"] as const;
export type Loss = (typeof LOSSES)[number];

/** `as` null: the other vocabulary has nothing for it. */
export type TermMapping = { readonly as: string | null; readonly loss: Loss };
export type UnitMapping = TermMapping & {
  /** An amount becomes amount × factor + offset. */
  readonly factor: Ratio;
  readonly offset: Ratio;
};
/** A mapped authority never counts for more than `tierCap`. */
export type AuthorityMapping = { readonly as: string; readonly tierCap: number };

export type Translator = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Versions of the two vocabularies; null where it states none. */
  readonly taxonomies: { readonly from: string | null; readonly to: string | null };
  readonly signer: string | null;
  readonly authorities: ReadonlyMap<string, AuthorityMapping>;
  readonly terms: ReadonlyMap<string, TermMapping>;
  readonly units: ReadonlyMap<string, UnitMapping>;
  /** First instant at which it no longer holds; null for none. */
  readonly expires: number | null;
  /** Of a partner's policy, the clauses that it carries, all if null; facts are not clauses. */
  readonly clauses: readonly string[] | null;
  /** The partner, or the operation, for which it holds; for all if null. */
  readonly scope: Scope;
  /** When its signer issued it; null where that is not told. */
  readonly issued: number | null;
};

/** What must be so for something to hold, by name; everywhere if null. */
export type Scope = ReadonlyMap<string, string> | null;

/** Whether each thing that a scope names is so; a scope that asks for what is not known does not hold. */
export function isWithin(scope: Scope, known: ReadonlyMap<string, string>): boolean {
  return scope === null || [...scope].every(([key, value]) => known.get(key) === value);
}

/**
 * `after` is the first instant at which the translator no longer holds, within `scope`; nothing else has to be rebuilt. `cut` names the last
 * statements in running ceremonies that still stand, by id in ascending order (SPEC §15.13).
 */
export type TranslatorRevocation = {
  /** A translator's id, or `*` for every translator that `by` may revoke. */
  readonly revokes: string;
  readonly by: string;
  readonly after: number;
  readonly scope: Scope;
  readonly cut: readonly string[];
};

/** Who signed a translator may revoke it, and so may either side: leaving needs nobody's leave. */
export function mayRevoke(by: string, { signer, from, to }: Pick<Translator, "signer" | "from" | "to">): boolean {
  return by === signer || by === from || by === to;
}

/**
 * A wildcard names every translator that its signer may revoke, but those that this one itself has issued since: that is how it comes back.
 * It only ever adds: what is revoked by name stays so.
 */
export function names(
  { revokes, by, after }: TranslatorRevocation,
  { id, signer, issued }: Pick<Translator, "id" | "signer" | "issued">,
): boolean {
  if (revokes !== "*") return revokes === id;
  return !(signer === by && issued !== null && issued >= after);
}

/**
 * The revocation that takes a translator away at an instant; undefined where none does. One by somebody who may not revoke it never
 * hides one by somebody who may, and what is revoked by name stays so whatever a wildcard says.
 */
export function revocationOf(
  translator: Translator,
  revocations: readonly TranslatorRevocation[],
  at: number,
  known: ReadonlyMap<string, string>,
): TranslatorRevocation | undefined {
  return revocations.find(
    (one) => names(one, translator) && mayRevoke(one.by, translator) && at >= one.after && isWithin(one.scope, known),
  );
}

export type RoundTrip = {
  readonly kind: "term" | "unit";
  readonly element: string;
  readonly as: string | null;
  /** What the way back leads to: one element, or all that share the image where none of them is exact. */
  readonly back: readonly string[];
  readonly declared: Loss;
  readonly same: boolean;
};

export type TranslatorReport = {
  readonly translator: string;
  readonly elements: number;
  /** Elements whose way there and back is not the identity, or that are declared to lose something. */
  readonly losses: readonly RoundTrip[];
  /** Those of them that declare no loss: such a translator is refused. */
  readonly undeclared: readonly RoundTrip[];
};

/** Takes every element there and back. */
export function checkRoundTrip(translator: Translator): TranslatorReport {
  const trips = [...tripsOf("term", translator.terms), ...tripsOf("unit", translator.units)];
  return {
    translator: translator.id,
    elements: trips.length,
    losses: trips.filter(({ same, declared }) => !same || declared !== "exact"),
    undeclared: trips.filter(({ same, declared }) => !same && declared === "exact"),
  };
}

function tripsOf(kind: RoundTrip["kind"], mappings: ReadonlyMap<string, TermMapping>): readonly RoundTrip[] {
  const shared = new Map<string, string[]>();
  for (const [element, { as }] of mappings) if (as !== null) shared.set(as, [...(shared.get(as) ?? []), element]);
  return [...mappings].map(([element, { as, loss }]) => {
    const all = as === null ? [] : (shared.get(as) as string[]);
    const exact = all.filter((other) => mappings.get(other)?.loss === "exact");
    // The way back from a term leads to the one element that means just that; where there are none or several it is open.
    const back = exact.length > 0 ? exact : all;
    return { kind, element, as, back, declared: loss, same: back.length === 1 && back[0] === element };
  });
}
