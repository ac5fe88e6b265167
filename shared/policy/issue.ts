// An issue of a policy (SPEC §6.15): a signed statement that a policy is the first of an alias, or follows another one. Policies are never
// edited: what changes is which one an alias leads to. Several authorities issue together by signing the same body.
import { bytesUpTo, exactly, integer, list, misfit, nullable, oneOf, type Reader, record, text } from "../cbor/read.ts";
import { FRAME_BYTES_MAX, SEATS_MAX, TEXT_LENGTH_MAX } from "../limits.ts";

/** The first of its alias; one that takes another's place; one that changes some clauses of another. */
export const RELATIONS = ["foundational", "successor", "override"] as const;
export type Relation = (typeof RELATIONS)[number];

/** What the first issue lays down for all that follow. */
export type IssuingRule = {
  /** Authorities that may sign; all of them sign the first issue, so that nobody else begins an alias in their name. */
  readonly issuers: readonly string[];
  /** How many of them a later issue needs; null where there may be none of its kind. */
  readonly successor: number | null;
  readonly override: number | null;
  /** Clauses that may change, with all below them; null where any may. */
  readonly scope: readonly string[] | null;
};

export type IssueBody = {
  readonly kind: "policy";
  readonly version: 1;
  readonly mesh: string;
  readonly alias: string;
  readonly relation: Relation;
  /** The issue that it follows, by the SHA-256 of its body in hexadecimal; null in a first one. */
  readonly of: string | null;
  /** When it comes into force, in microseconds. Ceremonies that run stay with the policy that their call carries. */
  readonly since: number;
  /** The policy's canonical bytes. */
  readonly policy: Uint8Array;
  /** Clauses that an override changes; it changes no other. */
  readonly changes: readonly string[];
  readonly rule: IssuingRule | null;
  readonly reason: string;
};

const count = nullable(integer(1, SEATS_MAX));
const names = list(text(), SEATS_MAX, 1);
export const readIssuingRule = record<IssuingRule>({
  issuers: names,
  successor: count,
  override: count,
  scope: nullable(names),
});
const readFields = record<IssueBody>({
  kind: oneOf("policy"),
  version: exactly(1),
  mesh: text(),
  alias: text(),
  relation: oneOf(...RELATIONS),
  of: nullable(text(64, 64)),
  since: integer(0, Number.MAX_SAFE_INTEGER),
  policy: bytesUpTo(FRAME_BYTES_MAX),
  changes: list(text(), 64),
  rule: nullable(readIssuingRule),
  reason: text(TEXT_LENGTH_MAX, 0),
});

/** A first issue has a rule and follows nothing; any other follows one and keeps its rule. */
export const readIssue: Reader<IssueBody> = (value, path) => {
  const body = readFields(value, path);
  const first = body.relation === "foundational";
  if (first !== (body.of === null)) misfit(`${path}.of`, first ? "null: it is the first" : "the issue that it follows");
  if (first !== (body.rule !== null)) misfit(`${path}.rule`, first ? "there" : "null: the first issue's rule holds");
  if ((body.relation === "override") !== body.changes.length > 0)
    misfit(`${path}.changes`, body.relation === "override" ? "the clauses that it changes" : "empty");
  return body;
};
