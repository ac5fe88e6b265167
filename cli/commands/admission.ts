// `admit`: one observation under a policy's admission rule, with every factor shown.

import { decimal } from "../../shared/admission/factor.ts";
import type { Admission } from "../../shared/admission/judge.ts";
import {
  admitPlain,
  CONTEXT_SHAPE,
  OBSERVATION_SHAPE,
  POLICY_SHAPE,
  parseAdmissionPolicy,
} from "../../shared/admission/plain.ts";
import { type AdmissionTable, tableOf } from "../../shared/admission/table.ts";
import { readJsonFile, required } from "../files.ts";
import { importDegrees } from "../geodetic.ts";
import { type Command, EXIT, Refused } from "../registry.ts";

const VERDICT_EXIT = { admit: EXIT.yes, partial: EXIT.yes, defer: EXIT.pending, refuse: EXIT.no } as const;

export const admit: Command = {
  name: "admit",
  usage: "admit --policy FILE --observation FILE --context FILE",
  about: "whether an observation is admitted, with every factor shown",
  flags: { policy: { type: "string" }, observation: { type: "string" }, context: { type: "string" } },
  input: [
    `policy       ${POLICY_SHAPE}`,
    `observation  ${OBSERVATION_SHAPE}`,
    `context      ${CONTEXT_SHAPE}`,
    "scores       parts per million; exit 0 for admit and partial, 8 for defer, 5 for refuse",
    "examples     cli/examples/admission-policy.json, admission-observation.json, admission-context.json",
  ],
  run: async (call) => {
    const policy = parseAdmissionPolicy(importDegrees(readJsonFile(required(call, "policy"))));
    if (!policy.ok) throw new Refused(policy.fault, EXIT.usage);
    const observation = importDegrees(readJsonFile(required(call, "observation")));
    const context = importDegrees(readJsonFile(required(call, "context")));
    const admission = admitPlain(policy.value, observation, context);
    if (!admission.ok) throw new Refused(admission.fault, EXIT.usage);
    const { verdict } = admission.value;
    return { exit: VERDICT_EXIT[verdict], data: plainTable(admission.value), text: admissionText(admission.value) };
  },
};

/** The verdict with its factor table, as one document; what a refusal says stands beside it. */
function plainTable(admission: Admission): object {
  const { refusal, ...table } = tableOf(admission);
  return { id: admission.id, ...table, ...refusal };
}

const MARKS = { admit: "✓", "admit-with-conditions": "✓", defer: "?", refuse: "✗" } as const;

/** The factor table in lines, without the refusal below it. */
export function admissionLines({
  factors,
  conditions,
  nearest,
  score,
  rule,
  verdict,
}: AdmissionTable): readonly string[] {
  const rows = factors.flatMap((factor) => [
    factorLine(factor),
    ...factor.parts.map(
      ({ name, got, delta, clause }) =>
        `      ${name.padEnd(14)} ${got.padEnd(24)} ${delta < 0 ? "−" : "+"}${decimal(Math.abs(delta))}  ${clause}`,
    ),
  ]);
  const changes = nearest.map(
    (change) => `  nearest change   ${change.by}: ${change.text}  →  ${decimal(change.score)}, ${change.verdict}`,
  );
  const bound = conditions.map((condition) => `  on condition  ${condition}`);
  return [...rows, `  ─ composite ${decimal(score)} by ${rule}: ${verdict}`, ...bound, ...changes];
}

function factorLine({ name, need, got, weight, state, score, advisory }: AdmissionTable["factors"][number]): string {
  const counted = advisory ? "none" : decimal(weight);
  return `  ${MARKS[state]} ${name.padEnd(16)} need ${need.padEnd(28)} got ${got.padEnd(28)} weight ${counted}  ${decimal(score)}`;
}

function admissionText(admission: Admission): string {
  const { refusal, ...table } = tableOf(admission);
  const end = refusal === null ? [] : [`  ${refusal.code}`, `  why  ${refusal.why}`, `  do   ${refusal.do}`];
  return [`${table.verdict.toUpperCase()}  ${admission.id}`, ...admissionLines({ ...table, refusal }), ...end].join(
    "\n",
  );
}
