// The documents of a translator and of its revocation, between meshes and between the policies of a coalition (SPEC §15, §20.4, §20.5).
import { integer, list, misfit, nullable, oneOf, type Reader, text, textMap } from "../../cbor/read.ts";
import { type CborValue, isCborMap } from "../../cbor/value.ts";
import { RATIO_TERM_MAX, REVOCATION_CUT_MAX, TERMS_MAX, TEXT_LENGTH_MAX } from "../../limits.ts";
import { type Ratio, ratio } from "../../ratio.ts";
import {
  type AuthorityMapping,
  LOSSES,
  type Scope,
  type TermMapping,
  type Translator,
  type TranslatorRevocation,
  type UnitMapping,
} from "../translator.ts";
import { fields, NO_ENTRIES, NO_ITEMS, readInstant, type Unread } from "./fields.ts";

const readName = text(TEXT_LENGTH_MAX);
const MOST = Number.MAX_SAFE_INTEGER;

/** An image, or null (or an empty text) where there is none. */
const readImage: Reader<string | null> = (value, path) => (value === "" ? null : nullable(readName)(value, path));

/** A term's image may be written alone: it is then exact. */
function readTerm(unread: Unread): Reader<TermMapping> {
  const whole = fields<TermMapping>({ as: readImage, loss: oneOf(...LOSSES) }, { as: null, loss: "exact" }, unread);
  return (value, path) =>
    typeof value === "string" ? { as: readImage(value, path), loss: "exact" } : whole(value, path);
}

/** The clauses that a translator carries: a list of ids, or "*" for all. */
const readClauses: Reader<readonly string[] | null> = (value, path) =>
  value === null || value === "*" ? null : list(text(), TERMS_MAX)(value, path);

/** A scope as one word is an operation's name. */
export const readScope: Reader<Scope> = (value, path) => {
  if (value === null) return null;
  return typeof value === "string" ? new Map([["operation", text()(value, path)]]) : textMap(text(), 16)(value, path);
};

function readRatio(unread: Unread): Reader<Ratio> {
  const terms = fields<{ num: number; den: number }>({ num: integer(-MOST, MOST), den: integer(1, MOST) }, {}, unread);
  return (value, path) => {
    if (typeof value === "number") return ratio(integer(-MOST, MOST)(value, path));
    const { num, den } = terms(value, path);
    return ratio(num, den);
  };
}

/** A unit's factor is never guessed: a field that is not known is refused even in a plain document. */
const readUnit: Reader<UnitMapping> = (value, path) => {
  const unit = fields<UnitMapping>(
    { as: readImage, loss: oneOf(...LOSSES), factor: readRatio(null), offset: readRatio(null) },
    { as: null, loss: "exact", factor: 1, offset: 0 },
    null,
  )(value, path);
  return unit.factor.num === 0n ? misfit(`${path}.factor`, "a factor other than 0") : unit;
};

export function readTranslator(unread: Unread): Reader<Translator> {
  const authority = fields<AuthorityMapping>({ as: text(), tierCap: integer(0, RATIO_TERM_MAX) }, {}, unread);
  const version = nullable(readName);
  return fields<Translator>(
    {
      id: text(),
      from: text(),
      to: text(),
      taxonomies: fields<Translator["taxonomies"]>({ from: version, to: version }, { from: null, to: null }, unread),
      signer: nullable(text()),
      authorities: textMap(authority, TERMS_MAX),
      terms: termMap(readTerm(unread)),
      units: termMap(readUnit),
      expires: nullable(readInstant),
      clauses: readClauses,
      scope: readScope,
      issued: nullable(readInstant),
    },
    {
      taxonomies: NO_ENTRIES,
      signer: null,
      authorities: NO_ENTRIES,
      terms: NO_ENTRIES,
      units: NO_ENTRIES,
      expires: null,
      clauses: null,
      scope: null,
      issued: null,
    },
    unread,
  );
}

/** Terms may be longer than names. */
function termMap<T>(reader: Reader<T>): Reader<ReadonlyMap<string, T>> {
  return (value, path) => {
    if (!isCborMap(value) || value.size > TERMS_MAX) return misfit(path, `a map of at most ${TERMS_MAX} entries`);
    return new Map([...value].map(([key, item]) => [readName(key as CborValue, path), reader(item, `${path}.${key}`)]));
  };
}

const readCut: Reader<readonly string[]> = (value, path) => {
  const ids = list(text(64, 64), REVOCATION_CUT_MAX)(value, path);
  const sorted = ids.every((id, at) => /^[0-9a-f]{64}$/.test(id) && (at === 0 || (ids[at - 1] as string) < id));
  return sorted ? ids : misfit(path, "ids in ascending order, each once");
};

export function readTranslatorRevocation(unread: Unread): Reader<TranslatorRevocation> {
  return fields<TranslatorRevocation>(
    { revokes: text(TEXT_LENGTH_MAX), by: text(), after: readInstant, scope: readScope, cut: readCut },
    { scope: null, cut: NO_ITEMS },
    unread,
  );
}
