// The documents of a translator and of its revocation (SPEC §20.4, §20.5).
import { integer, misfit, nullable, oneOf, type Reader, text, textMap } from "../../cbor/read.ts";
import { type CborValue, isCborMap } from "../../cbor/value.ts";
import { RATIO_TERM_MAX, TERMS_MAX, TEXT_LENGTH_MAX } from "../../limits.ts";
import { type Ratio, ratio } from "../../ratio.ts";
import {
  type AuthorityMapping,
  LOSSES,
  type TermMapping,
  type Translator,
  type TranslatorRevocation,
  type UnitMapping,
} from "../translator.ts";
import { fields, NO_ENTRIES, readInstant, type Unread } from "./fields.ts";

const readName = text(TEXT_LENGTH_MAX);
const MOST = Number.MAX_SAFE_INTEGER;

/** An image, or null (or an empty text) where there is none. */
const readImage: Reader<string | null> = (value, path) => (value === "" ? null : nullable(readName)(value, path));

function readTerm(unread: Unread): Reader<TermMapping> {
  return fields<TermMapping>({ as: readImage, loss: oneOf(...LOSSES) }, { as: null, loss: "exact" }, unread);
}

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
    },
    {
      taxonomies: NO_ENTRIES,
      signer: null,
      authorities: NO_ENTRIES,
      terms: NO_ENTRIES,
      units: NO_ENTRIES,
      expires: null,
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

export function readTranslatorRevocation(unread: Unread): Reader<TranslatorRevocation> {
  return fields<TranslatorRevocation>({ revokes: text(), by: text(), after: readInstant }, {}, unread);
}
