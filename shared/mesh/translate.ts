// What one fact counts as in another mesh (SPEC §20.4): an equivalence beside the original, never a rewrite of it.
import { type CborMap, type CborValue, isCborMap } from "../cbor/value.ts";
import { add, multiply, type Ratio, ratio } from "../ratio.ts";
import { fault, ok, type Result } from "../result.ts";
import type { Fact } from "./fact.ts";
import type { Loss, TermMapping, Translator, UnitMapping } from "./translator.ts";

export type LossNote = {
  readonly translator: string;
  readonly kind: "term" | "unit";
  readonly element: string;
  readonly as: string | null;
  readonly loss: Loss;
};

/** "This authority there counts as that one here", by one translator. */
export type Equivalence = {
  readonly translator: string;
  readonly from: string;
  readonly as: string;
  readonly tierCap: number;
};

/** A fact as another mesh reads it. */
export type Reading = {
  readonly subject: string;
  readonly value: CborValue;
  readonly authority: string;
  readonly losses: readonly LossNote[];
  readonly equivalences: readonly Equivalence[];
};

/** As its own mesh reads it: what crosses without a translator. */
export function plainReading({ subject, value, authority }: Fact): Reading {
  return { subject, value, authority, losses: [], equivalences: [] };
}

/** Reads a fact through translators, one after the other; losses accumulate. `named` keeps an authority that has no mapping as it is. */
export function translateFact(fact: Fact, path: readonly Translator[], named: boolean): Result<Reading> {
  let reading = plainReading(fact);
  for (const translator of path) {
    const mapping = translator.authorities.get(reading.authority);
    if (mapping === undefined && !named)
      return fault("TRANSLATION_MISSING", { item: reading.authority, translator: translator.id });
    const losses: LossNote[] = [];
    const note = (kind: LossNote["kind"], element: string, { as, loss }: TermMapping) => {
      if (loss !== "exact") losses.push({ translator: translator.id, kind, element, as, loss });
    };
    const subject = translateSubject(reading.subject, translator, note);
    const value = translateValue(reading.value, translator, note);
    if (subject === null || (value === null && reading.value !== null))
      return fault("TRANSLATION_DROPPED", { item: fact.id, translator: translator.id });
    const { authority } = reading;
    const equivalences = mapping === undefined ? [] : [{ translator: translator.id, from: authority, ...mapping }];
    reading = {
      subject,
      value,
      authority: mapping?.as ?? authority,
      losses: [...reading.losses, ...losses],
      equivalences: [...reading.equivalences, ...equivalences],
    };
  }
  return ok(reading);
}

/** One named value in the words of another vocabulary: what it is called there, null where nothing is left of it, and what was lost. */
export function translateEntry(
  name: string,
  value: CborValue,
  translator: Translator,
): { readonly as: string | null; readonly read: CborValue; readonly losses: readonly LossNote[] } {
  const losses: LossNote[] = [];
  const note = (kind: LossNote["kind"], element: string, { as, loss }: TermMapping) => {
    if (loss !== "exact") losses.push({ translator: translator.id, kind, element, as, loss });
  };
  const as = translateTerm(name, translator, note);
  const read = translateValue(value, translator, note);
  return { as: read === null && value !== null ? null : as, read, losses };
}

type Note = (kind: LossNote["kind"], element: string, mapping: TermMapping) => void;

/** A subject is one term, or a path of terms joined by slashes. Null where a term has no image. */
function translateSubject(subject: string, translator: Translator, note: Note): string | null {
  const whole = translator.terms.has(subject) ? [subject] : subject.split("/");
  const parts = whole.map((term) => translateTerm(term, translator, note));
  return parts.includes(null) ? null : parts.join("/");
}

function translateTerm(term: string, { terms }: Translator, note: Note): string | null {
  const mapping = terms.get(term);
  if (mapping === undefined) return term;
  note("term", term, mapping);
  return mapping.loss === "dropped" ? null : mapping.as;
}

/** Terms anywhere in the value, and quantities; what is not in the mapping means the same in both. Null where nothing is left. */
function translateValue(value: CborValue, translator: Translator, note: Note): CborValue {
  if (typeof value === "string") return translateTerm(value, translator, note);
  if (Array.isArray(value)) return value.map((item: CborValue) => translateValue(item, translator, note));
  if (!isCborMap(value)) return value;
  const quantity = asQuantity(value);
  const unit = quantity === null ? undefined : translator.units.get(quantity.unit);
  if (quantity !== null && unit !== undefined) return convert(quantity, unit, note);
  const entries = [...value].map(([key, item]) => {
    const name = typeof key === "string" ? translateTerm(key, translator, note) : key;
    return [name, translateValue(item, translator, note)] as const;
  });
  return new Map(entries.filter((entry): entry is readonly [string | number, CborValue] => entry[0] !== null));
}

export type Quantity = { readonly amount: Ratio; readonly unit: string };

/** `{"amount": 5, "unit": "lb"}`, where the amount is an integer or `{"num", "den"}`. */
export function asQuantity(value: CborValue): Quantity | null {
  if (!isCborMap(value) || value.size !== 2) return null;
  const unit = value.get("unit");
  const amount = asRatio(value.get("amount"));
  return typeof unit === "string" && amount !== null ? { amount, unit } : null;
}

export function asRatio(value: CborValue | undefined): Ratio | null {
  if (typeof value === "number" || typeof value === "bigint") return ratio(value);
  if (!isCborMap(value) || value.size !== 2) return null;
  const [num, den] = [value.get("num"), value.get("den")];
  const exact = [num, den].every((term) => typeof term === "number" || typeof term === "bigint");
  return exact && BigInt(den as number) !== 0n ? ratio(num as number, den as number) : null;
}

function convert({ amount, unit }: Quantity, mapping: UnitMapping, note: Note): CborValue {
  note("unit", unit, mapping);
  if (mapping.as === null || mapping.loss === "dropped") return null;
  const converted = add(multiply(amount, mapping.factor), mapping.offset);
  return new Map<string, CborValue>([
    ["amount", fromRatio(converted)],
    ["unit", mapping.as],
  ]);
}

/** An integer where it is one, else both terms; terms beyond 64 bits are written as text, since no wire form holds them. */
function fromRatio({ num, den }: Ratio): CborValue {
  if (den === 1n) return integer(num);
  const terms: CborMap = new Map<string, CborValue>([
    ["num", integer(num)],
    ["den", integer(den)],
  ]);
  return terms;
}

const WIDEST = 1n << 63n;

function integer(value: bigint): CborValue {
  if (Number.isSafeInteger(Number(value))) return Number(value);
  return value >= -WIDEST && value < WIDEST ? value : value.toString();
}
