// `policy list|show|lint` and `decide`: policies as documents, tried without keys.
import type { Json } from "../../shared/cbor/json.ts";
import { decidePlain } from "../../shared/outcome/plain.ts";
import { findPattern, PATTERNS } from "../../shared/policy/catalogue.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { type Setting, setParameters } from "../../shared/policy/parameters.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import { argument, readJsonFile, required, stdinLines, usage } from "../files.ts";
import { type Answer, type Call, type Command, EXIT, Refused } from "../registry.ts";

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

export const decide: Command = {
  name: "decide",
  usage: "decide (--pattern ID | --policy FILE) [--set PATH=JSON]… --contributions FILE | --jsonl",
  about: "an outcome from plain contributions, without keys",
  flags: {
    pattern: { type: "string" },
    policy: { type: "string" },
    set: { type: "string", multiple: true },
    contributions: { type: "string" },
    jsonl: { type: "boolean" },
  },
  run: async (call) => (call.flags.jsonl ? decideLines() : decideOne(call)),
};

async function decideOne(call: Call): Promise<Answer> {
  const document =
    typeof call.flags.policy === "string"
      ? (readJsonFile(call.flags.policy) as Json)
      : (value(findPattern(required(call, "pattern")), EXIT.absent) as unknown as Json);
  const settings = ((call.flags.set as readonly string[] | undefined) ?? []).map(parseSetting);
  const decision = value(decideWith(document, settings, readJsonFile(required(call, "contributions"))), EXIT.no);
  const exit = decision.status === "decided" ? EXIT.yes : decision.status === "pending" ? EXIT.pending : EXIT.no;
  return {
    exit,
    data: decision,
    text: `${decision.status.toUpperCase()}  ${JSON.stringify(decision.value)}\n${decision.explanation.join("\n")}`,
  };
}

function parseSetting(source: string): Setting {
  const at = source.indexOf("=");
  try {
    if (at > 0) return { path: source.slice(0, at), value: JSON.parse(source.slice(at + 1)) as Json };
  } catch {
    // answered below
  }
  throw usage(`--set takes PATH=JSON, not ${source}`);
}

function decideWith(document: Json, settings: readonly Setting[], input: unknown) {
  const set = setParameters(document, settings);
  const pinned = set.ok ? pinPolicy(set.value) : set;
  return pinned.ok ? decidePlain(pinned.value.policy, input) : pinned;
}

/** One case a line; a case that is refused answers its refusal, and the next goes on. */
async function decideLines(): Promise<Answer> {
  const answers = [...stdinLines()].map((line) => {
    const decision = decideLine(line);
    return JSON.stringify(decision.ok ? decision.value : describeRefusal(decision.fault));
  });
  return { exit: EXIT.yes, text: answers.join("\n") };
}

function decideLine(line: string): ReturnType<typeof decideWith> {
  const parsed = parseCase(line);
  if (!parsed.ok) return parsed;
  const { pattern, set, input } = parsed.value;
  const document = findPattern(String(pattern));
  if (!document.ok) return document;
  const settings = Object.entries((set ?? {}) as Record<string, Json>).map(([path, setting]) => ({
    path,
    value: setting,
  }));
  return decideWith(document.value as unknown as Json, settings, input);
}

function parseCase(
  line: string,
): Result<{ readonly pattern?: unknown; readonly set?: unknown; readonly input?: unknown }> {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === "object" && parsed !== null) return ok(parsed);
  } catch {
    // answered below
  }
  return fault("BODY_INVALID", { path: "line", need: "a JSON object" });
}
