// `admit`: one observation under a policy's admission rule, with every factor shown.

import { decimal, type FactorResult } from "../../shared/admission/factor.ts";
import type { Admission } from "../../shared/admission/judge.ts";
import {
  admitPlain,
  CONTEXT_SHAPE,
  OBSERVATION_SHAPE,
  POLICY_SHAPE,
  parseAdmissionPolicy,
} from "../../shared/admission/plain.ts";
import { describeRefusal } from "../../shared/refusals.ts";
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
    return { exit: VERDICT_EXIT[verdict], data: admissionView(admission.value), text: admissionText(admission.value) };
  },
};

const VERDICTS = { admit: "met", "admit-with-conditions": "met", defer: "unknown", refuse: "not met" } as const;

/** The verdict with its factor table, as one document. */
export function admissionView({ fault, factors, standing, nearest, ...rest }: Admission): object {
  const { id, verdict, rule, score, share, conditions } = rest;
  const table = factors.map(({ fault: why, state, ...factor }) => ({
    ...factor,
    state,
    verdict: VERDICTS[state],
    code: why?.code ?? null,
  }));
  const refusal = fault === null ? {} : describeRefusal(fault);
  return { verdict, id, rule, score, share, conditions, factors: table, standing, nearest, ...refusal };
}

const MARKS = { admit: "✓", "admit-with-conditions": "✓", defer: "?", refuse: "✗" } as const;

export function admissionText({ id, verdict, score, rule, factors, conditions, nearest, fault }: Admission): string {
  const row = ({ name, need, got, weight, state, score: own, advisory }: FactorResult) =>
    `  ${MARKS[state]} ${name.padEnd(16)} need ${need.padEnd(28)} got ${got.padEnd(28)} weight ${advisory ? "none" : decimal(weight)}  ${decimal(own)}`;
  const parts = factors.flatMap((factor) => [
    row(factor),
    ...factor.parts.map(
      (part) =>
        `      ${part.name.padEnd(14)} ${part.got.padEnd(24)} ${part.delta < 0 ? "−" : "+"}${decimal(Math.abs(part.delta))}  ${part.clause}`,
    ),
  ]);
  const changes = nearest.map(
    (change) => `  nearest change   ${change.by}: ${change.text}  →  ${decimal(change.score)}, ${change.verdict}`,
  );
  const refusal = fault === null ? null : describeRefusal(fault);
  const end = refusal === null ? [] : [`  ${refusal.code}`, `  why  ${refusal.why}`, `  do   ${refusal.do}`];
  const bound = conditions.map((condition) => `  on condition  ${condition}`);
  return [
    `${verdict.toUpperCase()}  ${id}   composite ${decimal(score)} by ${rule}`,
    ...parts,
    ...bound,
    ...changes,
    ...end,
  ].join("\n");
}
