// The one registry of commands.
import { admit } from "./commands/admission.ts";
import { coalitionEffective, coalitionRevoke } from "./commands/coalition.ts";
import { decide } from "./commands/decide.ts";
import { build, demo, dev } from "./commands/demo.ts";
import { evidenceExport, evidenceShow, explain, verify } from "./commands/evidence.ts";
import { cborCheck, frameInspect, frameVerify, signatureCheck } from "./commands/frame.ts";
import { meshReconcile, translatorCheck } from "./commands/mesh.ts";
import { policyLint, policyList, policyShow } from "./commands/policy.ts";
import { proximity, timeAlign } from "./commands/reference.ts";
import { simulate } from "./commands/simulate.ts";
import type { Command } from "./registry.ts";

export const COMMANDS: readonly Command[] = [
  demo,
  dev,
  build,
  verify,
  explain,
  evidenceShow,
  evidenceExport,
  decide,
  policyList,
  policyShow,
  policyLint,
  frameInspect,
  frameVerify,
  signatureCheck,
  cborCheck,
  simulate,
  coalitionEffective,
  coalitionRevoke,
  proximity,
  admit,
  timeAlign,
  meshReconcile,
  translatorCheck,
];

export function helpText(): string {
  const rows = COMMANDS.map(({ usage, about }) => `  ${usage}\n      ${about}`);
  const exits =
    "exit codes: 0 yes, 2 a plan has changes, 3 cannot tell, 4 key or permission, 5 a definite no, 6 stopped on purpose, 7 not found, 8 pending, 9 unreachable, 64 usage";
  return [
    "quorate: independent organisations reach one attributable outcome",
    "",
    ...rows,
    "",
    "every command takes -o text|json|jsonl; help COMMAND says more",
    exits,
  ].join("\n");
}

export function helpOn({ usage, about, input = [] }: Command): string {
  return [usage, `  ${about}`, ...input.map((line) => `  ${line}`)].join("\n");
}
