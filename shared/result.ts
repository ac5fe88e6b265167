// Failures that a peer can cause are values with a stable code (SPEC §1.4); only broken invariants throw.
import type { RefusalCode } from "./refusals.ts";

/** A refusal: the code is part of the wire and never renamed; `detail` holds the evidence, in plain data. */
export type Fault = { readonly code: RefusalCode; readonly detail: Readonly<Record<string, unknown>> };
export type Result<T, F = Fault> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: F };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function fault(
  code: RefusalCode,
  detail: Readonly<Record<string, unknown>> = {},
): { readonly ok: false; readonly fault: Fault } {
  return { ok: false, fault: { code, detail } };
}

/** For states that only a bug can produce. */
export function invariant(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${claim}`);
}
