// `policy list|show|lint`: policies as documents.
import { findPattern, PATTERNS } from "../../shared/policy/catalogue.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import type { Result } from "../../shared/result.ts";
import { argument, readJsonFile } from "../files.ts";
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
  run: async () => {
    const data = PATTERNS.map(({ id, title }) => ({ id, title }));
    return { exit: EXIT.yes, data, text: data.map(({ id, title }) => `${id.padEnd(14)} ${title}`).join("\n") };
  },
};

export const policyShow: Command = {
  name: "policy show",
  usage: "policy show PATTERN",
  about: "a pattern's document",
  flags: {},
  run: async (call) => ({ exit: EXIT.yes, data: value(findPattern(argument(call, 0, "PATTERN")), EXIT.absent) }),
};

export const policyLint: Command = {
  name: "policy lint",
  usage: "policy lint FILE",
  about: "what is wrong with a policy",
  flags: {},
  run: async (call) => {
    const pinned = pinPolicy(readJsonFile(argument(call, 0, "FILE")));
    const findings = pinned.ok
      ? []
      : [
          {
            code: pinned.fault.code,
            path: String(pinned.fault.detail.path ?? ""),
            message: describeRefusal(pinned.fault).why,
          },
        ];
    const text =
      findings.length === 0
        ? "ok"
        : findings.map(({ code, path, message }) => `${code}  ${path}  ${message}`).join("\n");
    return { exit: pinned.ok ? EXIT.yes : EXIT.no, data: { ok: pinned.ok, findings }, text };
  },
};
