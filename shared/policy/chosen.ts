// What a ceremony is opened with: a pattern that ships, a policy document, or an alias, which is resolved when the ceremony is opened
// (SPEC §6.15); what cannot be resolved is denied, and what the alias leads to afterwards changes nothing.
import type { Trust } from "../authority/trust.ts";
import { type Json, toJson } from "../cbor/json.ts";
import type { CborValue } from "../cbor/value.ts";
import { fault, ok, type Result } from "../result.ts";
import { findPattern } from "./catalogue.ts";
import { pinPolicy } from "./decode.ts";
import { headOf } from "./lifecycle.ts";
import { type Setting, setParameters } from "./parameters.ts";
import type { PinnedPolicy } from "./policy.ts";

/** Exactly one is not null. */
export type Choice = { readonly pattern: string | null; readonly policy: CborValue; readonly alias: string | null };

/** The policy that was chosen, with its parameters set; an alias names a policy as it is. `at` in microseconds. */
export function chosenPolicy(
  { pattern, policy, alias }: Choice,
  settings: readonly Setting[],
  { mesh, roots, issues }: Pick<Trust, "mesh" | "roots" | "issues">,
  at: number,
): Result<PinnedPolicy> {
  if ([pattern, policy, alias].filter((one) => one !== null).length !== 1)
    return fault("BODY_INVALID", {
      path: "pattern",
      need: "given, or a document as `policy`, or an `alias` in its place",
    });
  if (alias !== null) {
    if (settings.length > 0)
      return fault("BODY_INVALID", { path: "set", need: "left out: an alias names a policy as it is" });
    const question = { alias, mesh: mesh ?? "", roots, at, asOf: at, freshness: 0 };
    const head = headOf(question, issues);
    return head.ok ? ok(head.value.policy) : head;
  }
  const found = pattern === null ? ok(toJson(policy)) : findPattern(pattern);
  if (!found.ok) return found;
  const document = setParameters(found.value as unknown as Json, settings);
  return document.ok ? pinPolicy(document.value) : document;
}
