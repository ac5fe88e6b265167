// The declaration by which a mesh goes apart from another on purpose, and the return that ends it (SPEC §20.15).
import { described, list, misfit, nullable, oneOf, type Reader, schemaOf, text } from "../../cbor/read.ts";
import { TEXT_LENGTH_MAX } from "../../limits.ts";
import { REASONS, type Reason } from "../disconnect.ts";
import { fields, NO_ITEMS, readInstant } from "./fields.ts";

export type DisconnectionTerms = {
  /** The mesh that it goes apart from. */
  readonly with: string;
  /** An instant at which it should end, or the condition that ends it: one of the two at least. */
  readonly until: number | null;
  readonly condition: string | null;
  readonly reason: Reason;
  /** Operations that are not done while apart. */
  readonly forbidden: readonly string[];
};

/** Operations that one declaration can name. */
const FORBIDDEN_MAX = 32;

const readTerms = fields<DisconnectionTerms>(
  {
    with: text(),
    until: nullable(readInstant),
    condition: nullable(text(TEXT_LENGTH_MAX)),
    reason: oneOf(...REASONS),
    forbidden: list(text(), FORBIDDEN_MAX),
  },
  { until: null, condition: null, forbidden: NO_ITEMS },
  null,
);

export const readDisconnection: Reader<DisconnectionTerms> = described(
  () => schemaOf(readTerms),
  (value, path) => {
    const terms = readTerms(value, path);
    return terms.until === null && terms.condition === null
      ? misfit("until", "there, or a condition: an end of some kind is declared", "FIELD_MISSING")
      : terms;
  },
);

export type ReturnTerms = { readonly with: string; readonly declaration: string };

export const readReturn: Reader<ReturnTerms> = fields<ReturnTerms>({ with: text(), declaration: text() }, {}, null);
