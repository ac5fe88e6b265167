// `policy list|show|schema|lint`: policies as documents.
import { repeatedFields } from "../../shared/cbor/json-keys.ts";
import { readPlain } from "../../shared/outcome/plain-document.ts";
import { adviceOn } from "../../shared/policy/advice.ts";
import { findPattern, PATTERNS } from "../../shared/policy/catalogue.ts";
import { examinePolicy, policySchema } from "../../shared/policy/decode.ts";
import { lintPolicy } from "../../shared/policy/lint.ts";
import type { Policy } from "../../shared/policy/policy.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { type Fault, fault, type Result } from "../../shared/result.ts";
import { argument, readJsonFile, readText } from "../files.ts";
import { partiesIn } from "../parties-file.ts";
import { type Command, EXIT, Refused } from "../registry.ts";

function value<T>(result: Result<T>, exit: number): T {
  if (!result.ok) throw new Refused(result.fault, exit);
  return result.value;
}

export const policyList: Command = {
  name: "policy list",
  usage: "policy list",
  about: "the patterns that ship",
  flags: {},
  example: "policy list",
  run: async () => {
    const data = PATTERNS.map(({ id, title }) => ({ id, title }));
    return { exit: EXIT.yes, data, text: data.map(({ id, title }) => `${id.padEnd(22)} ${title}`).join("\n") };
  },
};

export const policyShow: Command = {
  name: "policy show",
  usage: "policy show PATTERN",
  about: "a pattern's document",
  flags: {},
  example: "policy show approval",
  run: async (call) => ({ exit: EXIT.yes, data: value(findPattern(argument(call, 0, "PATTERN")), EXIT.absent) }),
};

export const policySchemaCommand: Command = {
  name: "policy schema",
  usage: "policy schema",
  about: "the JSON Schema of a policy document",
  flags: {},
  example: "policy schema",
  run: async () => ({ exit: EXIT.yes, data: policySchema() }),
};

export const policyLint: Command = {
  name: "policy lint",
  usage: "policy lint FILE [--parties FILE]",
  about: "all that is wrong with a policy, by itself or for the parties named, and what of it has no effect",
  flags: { parties: { type: "string" } },
  input: ["FILE      a policy, such as policy show writes; - is stdin"],
  example: "policy lint policy.json",
  run: async (call) => {
    const path = argument(call, 0, "FILE");
    const text = readText(path);
    const document = readJsonFile(path, text);
    const twice = repeatedFields(text).map(
      (field) => fault("POLICY_DUPLICATE", { path: field, need: "said once; the file has this field again" }).fault,
    );
    const { found, findings: flaws } = examinePolicy(document);
    const parties = call.flags.parties;
    const named = found !== null && typeof parties === "string" ? lintFor(found.policy, readJsonFile(parties)) : [];
    const faults = [...twice, ...flaws, ...named];
    const findings = faults.map(told);
    const warnings = found === null ? [] : adviceOn(found.policy).map(told);
    const ok = findings.length === 0;
    const lines = [...(ok ? ["ok"] : findings.map(lineOf)), ...warnings.map((each) => `warning  ${lineOf(each)}`)];
    const data = { ok, findings, ...(warnings.length === 0 ? {} : { warnings }) };
    return { exit: ok ? EXIT.yes : EXIT.no, data, text: lines.join("\n") };
  },
};

type Told = { readonly code: string; readonly path: string; readonly message: string };

function told(flaw: Fault): Told {
  const { code, what, why } = describeRefusal(flaw);
  return { code, path: String(flaw.detail.path ?? ""), message: `${what}: ${why}` };
}

const lineOf = ({ code, path, message }: Told) => `${code}  ${path}  ${message}`;

/** What would be found if a call named these parties. */
function lintFor(policy: Policy, file: unknown): readonly Fault[] {
  const plain = readPlain(policy, partiesIn(file));
  return plain.ok ? lintPolicy(plain.value.policy, plain.value.seats) : [plain.fault];
}
