// A refusal of the one table as an error, for those who are used to catching them: the SDK throws nothing else.
import { describeRefusal, type Refusal, type RefusalCode } from "./refusals.ts";
import type { Fault, Result } from "./result.ts";

export class QuorateError extends Error {
  override readonly name = "QuorateError";
  /** Stable: never renamed, never reused. */
  readonly code: RefusalCode;
  readonly what: string;
  readonly why: string;
  readonly do: string;
  readonly detail: Fault["detail"];

  constructor(fault: Fault, told: Refusal = describeRefusal(fault)) {
    super(`${told.code}: ${told.what}; ${told.why}`);
    this.code = told.code;
    this.what = told.what;
    this.why = told.why;
    this.do = told.do;
    this.detail = fault.detail;
  }
}

/** The value of a result, or its refusal thrown. */
export function orThrow<T>(result: Result<T>): T {
  if (!result.ok) throw new QuorateError(result.fault);
  return result.value;
}
