// What a policy says of who may come and go (SPEC §24.1).
import { list, oneOf, record, text, withDefaults } from "../cbor/read.ts";
import { readThreshold } from "../policy/outcome-rules.ts";
import type { Threshold } from "../policy/policy.ts";

/** Who may come and go between the rounds of a ceremony. Whoever leaves does so by its own word. */
export type MembershipRules = {
  /** Of the others' power, or a count of them, that puts a party out. */
  readonly eject: Threshold;
  /** Of the power present, or a count, that lets a newcomer in. */
  readonly admit: Threshold;
  /** Roles whose word alone does either. */
  readonly supervisors: readonly string[];
  /** What a party said before it left: its successor takes it over, or it counts no longer. */
  readonly earlier: "keep" | "void";
};

export const readMembership = withDefaults(
  { supervisors: [], earlier: "void" },
  record<MembershipRules>({
    eject: readThreshold,
    admit: readThreshold,
    supervisors: list(text(64), 32),
    earlier: oneOf("keep", "void"),
  }),
);
