// One side's step under an agreement: to suspend it, to resume it, or to end it (SPEC §20.2).
import { type Reader, text } from "../../cbor/read.ts";
import { TEXT_LENGTH_MAX } from "../../limits.ts";
import { fields, readInstant } from "./fields.ts";

export type Step = {
  /** The agreement, by the name of its content. */
  readonly agreement: string;
  readonly from: number;
  readonly reason: string;
};

export const readStep: Reader<Step> = fields<Step>(
  { agreement: text(), from: readInstant, reason: text(TEXT_LENGTH_MAX, 0) },
  { reason: "" },
  null,
);
