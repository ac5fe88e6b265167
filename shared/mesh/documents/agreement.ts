// The document of an agreement (SPEC §20.2).
import { boolean, hex32, integer, list, misfit, nullable, oneOf, type Reader, text, textMap } from "../../cbor/read.ts";
import { type CborValue, isCborMap } from "../../cbor/value.ts";
import { HOPS_MAX, RATIO_TERM_MAX, SEATS_MAX } from "../../limits.ts";
import { readExpression } from "../../policy/expression.ts";
import {
  type Agreement,
  ARBITRATION_RULES,
  type Arbitration,
  type ClassTerms,
  CRITERIA,
  type Disposition,
  FATES,
} from "../agreement.ts";
import { LOSSES } from "../translator.ts";
import { fields, NO_ENTRIES, NO_ITEMS, readInstant, type Unread } from "./fields.ts";

const DISPOSITIONS = ["sharable", "translation-only", "excluded"] as const satisfies readonly Disposition[];
const readName = text();
const readNames = list(readName, SEATS_MAX);
/** Expressions of one custom rule. */
const PREFERENCES_MAX = 16;
const readCount = integer(0, RATIO_TERM_MAX);

/** Terms of one class, or its disposition alone. */
function readTerms(unread: Unread): Reader<ClassTerms> {
  const full = fields<ClassTerms>(
    {
      disposition: oneOf(...DISPOSITIONS),
      from: nullable(readNames),
      losses: nullable(list(oneOf(...LOSSES), LOSSES.length)),
      onward: boolean,
      tolerance: integer(0, Number.MAX_SAFE_INTEGER),
    },
    { from: null, losses: null, onward: false, tolerance: 0 },
    unread,
  );
  return (value, path) =>
    full(typeof value === "string" ? new Map<string, CborValue>([["disposition", value]]) : value, path);
}

function readArbitration(unread: Unread): Reader<Arbitration> {
  const criteria = list(oneOf(...CRITERIA), CRITERIA.length);
  const reader = fields<Arbitration>(
    {
      rule: oneOf(...ARBITRATION_RULES),
      order: readNames,
      weights: textMap(readCount, SEATS_MAX),
      prefer: list(readExpression("fact"), PREFERENCES_MAX),
      criteria,
      tiebreak: criteria,
    },
    { order: NO_ITEMS, weights: NO_ENTRIES, prefer: NO_ITEMS, criteria: NO_ITEMS, tiebreak: NO_ITEMS },
    unread,
  );
  return (value, path) => {
    const arbitration = reader(value, path);
    const { rule, prefer: preferences, criteria: named } = arbitration;
    return rule === "custom" && preferences.length + named.length === 0
      ? misfit(`${path}.criteria`, "at least one criterion or preference of a custom rule")
      : arbitration;
  };
}

/** Reads an agreement; `id` names it, since a document does not name itself. */
export function readAgreement(id: string, unread: Unread): Reader<Agreement> {
  const ratio = fields<Agreement["divergenceLimit"]>({ num: readCount, den: integer(1, RATIO_TERM_MAX) }, {}, unread);
  const reader = fields<Omit<Agreement, "id">>(
    {
      meshes: list(readName, SEATS_MAX, 2),
      classes: textMap(readTerms(unread), SEATS_MAX),
      divergenceLimit: ratio,
      measure: oneOf("subjects", "tiers"),
      arbitration: readArbitration(unread),
      tiers: textMap(textMap(readCount, 1_024), SEATS_MAX),
      hops: integer(0, HOPS_MAX),
      notBefore: nullable(readInstant),
      notAfter: nullable(readInstant),
      replaces: nullable(readName),
      frames: textMap(readName, SEATS_MAX),
      taxonomies: textMap(readName, SEATS_MAX),
      roots: textMap(textMap(hex32, SEATS_MAX), SEATS_MAX),
      fate: oneOf(...FATES),
      suspendedBy: readNames,
      terminatedBy: readNames,
    },
    {
      classes: NO_ENTRIES,
      measure: "subjects",
      tiers: NO_ENTRIES,
      hops: 1,
      notBefore: null,
      notAfter: null,
      replaces: null,
      frames: NO_ENTRIES,
      taxonomies: NO_ENTRIES,
      roots: NO_ENTRIES,
      fate: "keep-with-mark",
      suspendedBy: NO_ITEMS,
      terminatedBy: NO_ITEMS,
    },
    unread,
  );
  return (value, path) => {
    const agreement = reader(value, path);
    if (isCborMap(value) && new Set(agreement.meshes).size !== agreement.meshes.length)
      return misfit("meshes", "each mesh once");
    return { id, ...agreement };
  };
}
