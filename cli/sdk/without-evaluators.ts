// What stands in the small verifier for the two evaluators that weigh as much as all the rest: CEL and JSON Schema. A policy that needs
// one is never judged without it: meeting it ends the small verifier, and the whole one is loaded and asked instead.
import type { readAttestationSchema as ReadSchema } from "../../shared/policy/attestation-schema.ts";
import type { readExpression as ReadExpression } from "../../shared/policy/expression.ts";

export class EvaluatorMissing extends Error {}

function missing(): never {
  throw new EvaluatorMissing();
}

export const readExpression: typeof ReadExpression = () => missing;
export const evaluate = missing;
export const readAttestationSchema: typeof ReadSchema = missing;
export const judgeAttestation = missing;
