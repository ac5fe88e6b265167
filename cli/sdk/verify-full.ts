// The whole verifier, with the evaluators and the words of every refusal: what `verify.ts` loads when it needs them.
export { verdictOn } from "../../shared/evidence/verdict.ts";
export { describeRefusal } from "../../shared/refusals.ts";
