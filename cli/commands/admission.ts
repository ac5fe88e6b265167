// `admit`: one observation under a policy's admission rule, with every factor shown.
import { decimal } from "../../shared/admission/factor.ts";
import type { Admission } from "../../shared/admission/judge.ts";
import {
  admitPresented,
  CONTEXT_SHAPE,
  FACTOR_SHAPES,
  OBSERVATION_SHAPE,
  POLICY_SHAPE,
  parseAdmissionPolicy,
} from "../../shared/admission/plain.ts";
import { type AdmissionTable, tableOf } from "../../shared/admission/table.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import type { Fault } from "../../shared/result.ts";
import { readCase } from "../case-file.ts";
import { required } from "../files.ts";
import { QUANTITIES } from "../quantities.ts";
import { type Answer, type Command, EXIT, Refused } from "../registry.ts";
import { readAdmissionCase } from "./admission-case.ts";

const VERDICT_EXIT = { admit: EXIT.yes, partial: EXIT.yes, defer: EXIT.pending, refuse: EXIT.no } as const;

export const admit: Command = {
  name: "admit",
  usage: "admit --policy FILE --observation FILE --context FILE",
  about: "whether an observation is admitted, with every factor shown",
  flags: { policy: { type: "string" }, observation: { type: "string" }, context: { type: "string" } },
  input: [
    `policy       ${POLICY_SHAPE}`,
    ...FACTOR_SHAPES.map((line, index) => `${index === 0 ? "factors" : ""}`.padEnd(13) + line),
    `observation  a signed frame (its bytes, hexadecimal or base64), which passes the door first; or in words ${OBSERVATION_SHAPE}`,
    `context      ${CONTEXT_SHAPE}`,
    `numbers      ${QUANTITIES}`,
    "answer       exit 0 for admit and partial, 8 for defer, 5 for refuse; score, share and weights in parts per million",
    "examples     cli/examples/admission-policy.json, admission-observation.json, admission-context.json in words;",
    "             cli/examples/signed-policy.json, frame.hex, signed-context.json with a signed frame",
  ],
  example:
    "admit --policy cli/examples/signed-policy.json --observation cli/examples/frame.hex --context cli/examples/signed-context.json",
  run: async (call) => {
    const policy = parseAdmissionPolicy(readCase(required(call, "policy")));
    if (!policy.ok) throw new Refused(policy.fault, EXIT.usage);
    const { subject, others, context } = await readAdmissionCase(
      required(call, "observation"),
      required(call, "context"),
    );
    if (!subject.ok) return noObservation(subject.fault);
    const admission = admitPresented(policy.value, subject.value, others, context);
    return {
      exit: VERDICT_EXIT[admission.verdict],
      data: plainTable(admission),
      text: admissionText(admission),
    };
  },
};

/** Bytes that are no observation have no factors to show. */
function noObservation(fault: Fault): Answer {
  const refusal = describeRefusal(fault);
  const text = `REFUSE\n  ${refusal.code}\n  why  ${refusal.why}\n  do   ${refusal.do}`;
  return { exit: EXIT.no, data: { id: null, verdict: "refuse", score: 0, share: 0, factors: [], ...refusal }, text };
}

/** The verdict with its factor table, as one document; what a refusal says stands beside it. */
function plainTable(admission: Admission): object {
  const { refusal, ...table } = tableOf(admission);
  return { id: admission.id, ...table, ...refusal };
}

const MARKS = { admit: "✓", "admit-with-conditions": "✓", defer: "?", refuse: "✗" } as const;

/** One part of a weight: what it adds or takes away, and the clause that says so. */
export function partLine({ name, got, delta, clause }: AdmissionTable["factors"][number]["parts"][number]): string {
  return `      ${name.padEnd(14)} ${got.padEnd(24)} ${delta < 0 ? "−" : "+"}${decimal(Math.abs(delta))}  ${clause}`;
}

/** The factor table in lines, without the refusal below it. */
function admissionLines({ factors, conditions, nearest, score, rule, verdict }: AdmissionTable): readonly string[] {
  const rows = factors.flatMap((factor) => [factorLine(factor), ...factor.parts.map(partLine)]);
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
