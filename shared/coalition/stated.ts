// What an authority signs of a coalition (SPEC §15.7): a document, and its number among the authority's own.
import { anything, integer, record } from "../cbor/read.ts";
import type { CborValue } from "../cbor/value.ts";

/** The role in which an authority signs them. */
export const POLICY_ROLE = "policy-authority";

export const readStated = record<{ number: number; document: CborValue }>({
  number: integer(1, Number.MAX_SAFE_INTEGER),
  document: anything,
});
