// `decide`: an outcome from plain contributions, without keys; one case, or thousands in one process.
import type { Json } from "../../shared/cbor/json.ts";
import { decidePlain, type PlainDecision } from "../../shared/outcome/plain.ts";
import { findPattern } from "../../shared/policy/catalogue.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { type Setting, setParameters } from "../../shared/policy/parameters.ts";
import type { PinnedPolicy } from "../../shared/policy/policy.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { fault, type Result } from "../../shared/result.ts";
import { linesIn, readJsonFile, required, usage } from "../files.ts";
import { type Answer, type Call, type Command, EXIT, Refused } from "../registry.ts";

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
  example: "decide --pattern approval --contributions cli/examples/contributions.json",
  run: async (call) => (call.flags.jsonl ? decideLines() : decideOne(call)),
};

/** The policy that the flags name, with its parameters set. */
export function policyFrom(call: Call): PinnedPolicy {
  const { policy: file, pattern } = call.flags;
  if (typeof file === "string" && typeof pattern === "string") throw usage("--pattern and --policy exclude each other");
  const settings = settingsIn(call);
  const document = typeof file === "string" ? (readJsonFile(file) as Json) : patternNamed(required(call, "pattern"));
  const pinned = pinWith(document, settings);
  if (!pinned.ok) throw new Refused(pinned.fault, EXIT.no);
  return pinned.value;
}

/** What `--set` says, in its order. */
export function settingsIn({ flags }: Call): readonly Setting[] {
  return ((flags.set as readonly string[] | undefined) ?? []).map(parseSetting);
}

function patternNamed(id: string): Json {
  const found = findPattern(id);
  if (!found.ok) throw new Refused(found.fault, EXIT.absent);
  return found.value as unknown as Json;
}

function pinWith(document: Json, settings: readonly Setting[]): Result<PinnedPolicy> {
  const set = setParameters(document, settings);
  return set.ok ? pinPolicy(set.value) : set;
}

export const EXITS: { readonly [S in PlainDecision["status"]]: number } = {
  decided: EXIT.yes,
  abandoned: EXIT.no,
  pending: EXIT.pending,
};

async function decideOne(call: Call): Promise<Answer> {
  const { policy } = policyFrom(call);
  const decision = decidePlain(policy, readJsonFile(required(call, "contributions")));
  if (!decision.ok) throw new Refused(decision.fault, EXIT.no);
  const { status, value, explanation } = decision.value;
  const text = [`${status.toUpperCase()}  ${JSON.stringify(value)}`, ...explanation].join("\n");
  return { exit: EXITS[status], data: decision.value, text };
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

/** One case a line; a case that is refused answers its refusal, and the next goes on. */
async function decideLines(): Promise<Answer> {
  const known = new Map<string, Result<PinnedPolicy>>();
  const answers = [...linesIn()].map((line) => {
    const decision = decideLine(line, known);
    return JSON.stringify(decision.ok ? decision.value : describeRefusal(decision.fault));
  });
  return { exit: EXIT.yes, text: answers.join("\n") };
}

type Case = { readonly pattern?: unknown; readonly policy?: unknown; readonly set?: unknown; readonly input?: unknown };

function decideLine(line: string, known: Map<string, Result<PinnedPolicy>>): Result<PlainDecision> {
  const parsed = parseCase(line);
  if (parsed === null) return fault("BODY_INVALID", { path: "line", need: "a JSON object" });
  const { pattern, policy, set = {}, input } = parsed;
  if (typeof set !== "object" || set === null || Array.isArray(set))
    return fault("BODY_INVALID", { path: "set", need: "an object of parameters by path" });
  const key = JSON.stringify([pattern, policy, set]);
  const pinned = known.get(key) ?? pinCase(pattern, policy, set as Readonly<Record<string, Json>>);
  known.set(key, pinned);
  return pinned.ok ? decidePlain(pinned.value.policy, input) : pinned;
}

/** A case names a pattern, or brings a policy document of its own. */
function pinCase(pattern: unknown, policy: unknown, set: Readonly<Record<string, Json>>): Result<PinnedPolicy> {
  const settings = Object.entries(set).map(([path, value]) => ({ path, value }));
  if (policy !== undefined) return pinWith(policy as Json, settings);
  const found = findPattern(String(pattern));
  return found.ok ? pinWith(found.value as unknown as Json, settings) : found;
}

function parseCase(line: string): Case | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
