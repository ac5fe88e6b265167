// The one table of refusals (SPEC §1.4): every code that any part of Quorate answers, with what happened, why and what to do.
// `{name}` is filled from the refusal's detail. Codes are part of the wire: never renamed, never reused.
import { ADMISSION_REFUSALS } from "./refusals/admission.ts";
import { CEREMONY_REFUSALS } from "./refusals/ceremony.ts";
import { EDGE_REFUSALS } from "./refusals/edge.ts";
import { ENCODING_REFUSALS } from "./refusals/encoding.ts";
import { EVIDENCE_REFUSALS } from "./refusals/evidence.ts";
import type { Fault } from "./result.ts";

export type RefusalText = { readonly what: string; readonly why: string; readonly do: string };

export const REFUSALS = {
  ...ENCODING_REFUSALS,
  ...ADMISSION_REFUSALS,
  ...CEREMONY_REFUSALS,
  ...EVIDENCE_REFUSALS,
  ...EDGE_REFUSALS,
} as const satisfies Record<string, RefusalText>;

export type RefusalCode = keyof typeof REFUSALS;

/** The shape every refusal has towards people and programs alike. */
export type Refusal = { readonly code: RefusalCode; readonly what: string; readonly why: string; readonly do: string };

export function describeRefusal(fault: Fault): Refusal {
  const { what, why, do: remedy } = REFUSALS[fault.code];
  return { code: fault.code, what: fill(what, fault), why: fill(why, fault), do: fill(remedy, fault) };
}

function fill(template: string, fault: Fault): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = fault.detail[name];
    return value === undefined || value === null || value === "" ? "unknown" : String(value);
  });
}
