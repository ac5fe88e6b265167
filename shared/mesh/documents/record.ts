// What a boundary agent says of a reconciliation once it has written what came of it (SPEC §20.11): for everyone in its mesh, whether or
// not they hold what it was computed from.
import { integer, list, nullable, oneOf, type Reader, text } from "../../cbor/read.ts";
import { FACTS_MAX } from "../../limits.ts";
import type { Verdict } from "../divergence.ts";
import { fields } from "./fields.ts";

export type RecordedConflict = {
  readonly subject: string;
  /** Null where none prevails. */
  readonly winner: string | null;
  readonly losers: readonly string[];
  readonly rule: string;
};

export type ReconciliationRecord = {
  readonly with: string;
  readonly agreement: string;
  readonly verdict: Verdict;
  readonly digest: string;
  /** The ceremony that decided to merge above the limit, and the record that it decided on; null where nobody had to. */
  readonly ceremony: string | null;
  readonly settles: string | null;
  readonly imported: number;
  /** The first of them, up to a limit; `conflicted` counts all. */
  readonly conflicts: readonly RecordedConflict[];
  readonly conflicted: number;
  /** Digest of the effective policy under which its writer took facts in; null where it had none in force. */
  readonly policy: string | null;
};

/** Conflicts that one record tells: with a few contenders each they fill half a frame. */
export const RECORDED_CONFLICTS_MAX = 96;

const readCount = integer(0, FACTS_MAX);
const readId = text();

export const readRecord: Reader<ReconciliationRecord> = fields<ReconciliationRecord>(
  {
    with: text(),
    agreement: readId,
    verdict: oneOf("clean", "resolvable", "unsafe"),
    digest: readId,
    ceremony: nullable(readId),
    settles: nullable(readId),
    imported: readCount,
    conflicts: list(
      fields<RecordedConflict>(
        { subject: text(4_096), winner: nullable(readId), losers: list(readId, 256), rule: text() },
        {},
        null,
      ),
      RECORDED_CONFLICTS_MAX,
    ),
    conflicted: readCount,
    policy: nullable(readId),
  },
  { policy: null },
  null,
);
