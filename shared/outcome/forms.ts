// The forms that contributions take (SPEC §6.2): each is judged by the rule that will read it.
import { anything, boolean, integer, list, type Reader, readAs, record, recordWith, text } from "../cbor/read.ts";
import type { CborMap } from "../cbor/value.ts";
import { TEXT_LENGTH_MAX } from "../limits.ts";
import { judgeAttestation } from "../policy/attestation-schema.ts";
import type { Form, OutcomeRule, Policy, Role } from "../policy/policy.ts";
import { type Fault, fault } from "../result.ts";
import { judgeBallot } from "./ballots.ts";
import { judgeBid } from "./bids.ts";
import { judgeHandover } from "./handovers.ts";
import { judgeMeasurement } from "./measurements.ts";

/** The fields by which a form is known. */
const MARKS: { readonly [F in Form]: readonly string[] } = {
  choice: ["choice"],
  ballot: ["choice", "approve", "ranking"],
  bid: ["bid"],
  value: ["value", "vector"],
  plan: ["plan"],
  ack: ["ack"],
  release: ["release", "withdraw"],
  accept: ["accept"],
  translation: ["translation", "withdraw"],
};

/** Whether a role may contribute this content; null where it may. What it must attest to beside its form is judged by its schema. */
export function judgeContent(policy: Policy, role: Role, content: CborMap): Fault | null {
  const schema = role.attests?.schema ?? null;
  if (schema === null) return judgeForm(policy, role, content);
  const attestation = content.get("attestation");
  const form = new Map([...content].filter(([name]) => name !== "attestation"));
  return (
    judgeForm(policy, role, form) ??
    (attestation === undefined
      ? fault("ATTESTATION_INVALID", { path: "attestation", reason: "it is missing" }).fault
      : judgeAttestation(schema, attestation))
  );
}

function judgeForm(policy: Policy, role: Role, content: CborMap): Fault | null {
  const form = formOf(role, content);
  if (form === null) {
    const marks = [...new Set(role.gives.flatMap((name) => MARKS[name]))];
    return fault("CONTENT_INVALID", { path: marks[0] ?? "", need: `given, or one of ${marks.join(", ")}` }).fault;
  }
  return JUDGES[form](policy.outcome, role, content);
}

/** The first form of the role that the content bears the mark of; an acknowledgement may name a plan, so it is looked for first. */
function formOf(role: Role, content: CborMap): Form | null {
  if (content.has("ack") && role.gives.includes("ack")) return "ack";
  return role.gives.find((form) => MARKS[form].some((mark) => content.has(mark))) ?? null;
}

type Judge = (rule: OutcomeRule, role: Role, content: CborMap) => Fault | null;

const JUDGES: { readonly [F in Form]: Judge } = {
  choice: (_rule, role, content) => judgeChoice(role, content),
  ballot: (rule, role, content) =>
    rule.function === "tally" ? judgeBallot(rule, role, content) : judgeChoice(role, content),
  bid: (rule, _role, content) => judgeBid(rule.function === "award" ? rule.items : [], content),
  value: (_rule, _role, content) => judgeMeasurement(content),
  plan: (_rule, _role, content) => judgeFields(content, PLAN_FIELDS),
  ack: (_rule, _role, content) => judgeFields(content, ACK_FIELDS),
  release: (_rule, _role, content) => judgeHandover(content),
  accept: (_rule, _role, content) => judgeHandover(content),
  translation: (_rule, _role, content) => judgeHandover(content),
};

type Fields = { readonly required: Readonly<Record<string, Reader<unknown>>>; readonly optional: Fields["required"] };

const reason = text(TEXT_LENGTH_MAX, 0);
const PLAN_FIELDS: Fields = { required: { plan: anything }, optional: { reason } };
const ACK_FIELDS: Fields = {
  required: { ack: boolean },
  optional: { plan: text(), constraints: list(text(TEXT_LENGTH_MAX), 64), reason },
};
/** What a choice is about, its conditions, and a number that goes with it, such as a reference price. */
const CHOICE_FIELDS: Fields = {
  required: { choice: text() },
  optional: {
    subject: text(TEXT_LENGTH_MAX),
    conditions: list(text(TEXT_LENGTH_MAX), 64),
    value: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    /** The ceremony whose outcome this choice passes on, and the digest of its record. */
    certificate: record<{ ceremony: string; digest: string }>({ ceremony: text(), digest: text() }),
    reason,
  },
};

function judgeFields(content: CborMap, { required, optional }: Fields): Fault | null {
  const read = readAs(content, recordWith<object, object>(required, optional));
  return read.ok ? null : fault("CONTENT_INVALID", read.fault.detail).fault;
}

function judgeChoice({ choices }: Role, content: CborMap): Fault | null {
  const choice = content.get("choice");
  if (typeof choice !== "string" || !choices.includes(choice))
    return fault("CONTENT_INVALID", { path: "choice", need: `one of ${choices.join(", ")}` }).fault;
  return judgeFields(content, CHOICE_FIELDS);
}
