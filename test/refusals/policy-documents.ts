// Examples of policies that the linter refuses: for each code the first of the malformed documents that it is said about.
import type { Json } from "../../shared/cbor/json.ts";
import { PATTERNS } from "../../shared/policy/catalogue.ts";
import { examinePolicy } from "../../shared/policy/decode.ts";
import { POLICY_REFUSALS } from "../../shared/refusals/policy.ts";
import type { Malformed } from "../shared/policy/malformed.ts";
import { SENSES } from "../shared/policy/malformed-senses.ts";
import { INNER, SHAPES } from "../shared/policy/malformed-shapes.ts";
import { change } from "../support/documents.ts";
import type { Example } from "./example.ts";

const found =
  ({ pattern, set, code }: Malformed): Example =>
  () => {
    const sound = PATTERNS.find(({ id }) => id === pattern) as unknown as Json;
    const document = Object.entries(set).reduce((all, [path, value]) => change(all, path.split("."), value), sound);
    return examinePolicy(document).findings.find((finding) => finding.code === code);
  };

export const POLICY_DOCUMENTS: Readonly<Record<string, Example>> = Object.fromEntries(
  [...SHAPES, ...INNER, ...SENSES]
    .filter(({ code }) => Object.hasOwn(POLICY_REFUSALS, code))
    .toReversed()
    .map((malformed) => [malformed.code, found(malformed)]),
);
