// The forms that contributions take (SPEC §6.2): each is judged by the rule that will read it.
import type { CborMap } from "../cbor/value.ts";
import { TEXT_LENGTH_MAX } from "../limits.ts";
import type { Form, Policy, Role } from "../policy/policy.ts";
import { type Fault, fault } from "../result.ts";
import { judgeBallot } from "./ballots.ts";
import { judgeBid } from "./bids.ts";
import { judgeMeasurement } from "./measurements.ts";

/** The fields by which a form is known. */
const MARKS: { readonly [F in Form]: readonly string[] } = {
  choice: ["choice"],
  ballot: ["choice", "approve", "ranking"],
  bid: ["bid"],
  value: ["value", "vector"],
};

/** Whether a role may contribute this content; null where it may. */
export function judgeContent(policy: Policy, role: Role, content: CborMap): Fault | null {
  const form = formOf(role, content);
  if (form === null) {
    const marks = [...new Set(role.gives.flatMap((name) => MARKS[name]))];
    return fault("CONTENT_INVALID", { path: marks[0] ?? "", need: `given, or one of ${marks.join(", ")}` }).fault;
  }
  const rule = policy.outcome;
  if (form === "ballot" && rule.function === "tally") return judgeBallot(rule, role, content);
  if (form === "bid" && rule.function === "award") return judgeBid(rule, content);
  if (form === "value") return judgeMeasurement(content);
  return judgeChoice(role, content);
}

function formOf(role: Role, content: CborMap): Form | null {
  return role.gives.find((form) => MARKS[form].some((mark) => content.has(mark))) ?? null;
}

/** Fields of a choice: what it chooses, and what people may add. */
const CHOICE_FIELDS = new Set<string | number>(["choice", "subject", "reason"]);

function judgeChoice({ choices }: Role, content: CborMap): Fault | null {
  const choice = content.get("choice");
  if (typeof choice !== "string" || !choices.includes(choice))
    return fault("CONTENT_INVALID", { path: "choice", need: `one of ${choices.join(", ")}` }).fault;
  for (const [name, value] of content) {
    if (!CHOICE_FIELDS.has(name)) return fault("CONTENT_INVALID", { path: String(name), need: "left out" }).fault;
    if (typeof value !== "string" || value.length > TEXT_LENGTH_MAX)
      return fault("CONTENT_INVALID", { path: String(name), need: "text" }).fault;
  }
  return null;
}
