// An admission as people and programs read it (SPEC §18.8): the factor table, what it comes to, and the nearest change.
import { describeRefusal, type Refusal, type RefusalCode } from "../refusals.ts";
import type { AdmissionVerdict } from "./compose.ts";
import type { FactorResult } from "./factor.ts";
import type { Admission } from "./judge.ts";
import type { Change } from "./nearest.ts";
import type { Standing } from "./standing.ts";

export type FactorRow = Omit<FactorResult, "fault"> & {
  readonly verdict: "met" | "not met" | "unknown";
  readonly code: RefusalCode | null;
};

export type AdmissionTable = {
  readonly verdict: AdmissionVerdict;
  readonly rule: Admission["rule"];
  /** Parts per million, as are all weights and scores below. */
  readonly score: number;
  readonly share: number;
  readonly conditions: readonly string[];
  readonly factors: readonly FactorRow[];
  readonly standing: Standing | null;
  readonly nearest: readonly Change[];
  readonly refusal: Refusal | null;
};

const VERDICTS = { admit: "met", "admit-with-conditions": "met", defer: "unknown", refuse: "not met" } as const;

export function tableOf({ id: _, fault, factors, ...rest }: Admission): AdmissionTable {
  const rows = factors.map(({ fault: why, ...row }) => ({
    ...row,
    verdict: VERDICTS[row.state],
    code: why?.code ?? null,
  }));
  return { ...rest, factors: rows, refusal: fault === null ? null : describeRefusal(fault) };
}
