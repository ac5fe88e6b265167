// `policy test`: cases kept beside a policy, each with what must come of it.
import type { Json } from "../../shared/cbor/json.ts";
import { decidePlain } from "../../shared/outcome/plain.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { setParameters } from "../../shared/policy/parameters.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { argument, readJsonFile, usage } from "../files.ts";
import { type Call, type Command, EXIT } from "../registry.ts";

type Case = {
  readonly name: string;
  readonly set?: { readonly [path: string]: Json };
  readonly input: unknown;
  readonly expect: Json;
};
type Failure = { readonly name: string; readonly path: string; readonly expected: Json; readonly found: Json };

export const policyTest: Command = {
  name: "policy test",
  usage: "policy test FILE [CASES]",
  about:
    "whether cases kept beside a policy (CASES is FILE with .test.json) come out as they must (5 where one does not)",
  input: [
    'CASES     [{"name","set"?:{PATH:value},"input":{…as decide takes it…},"expect":{…}}]',
    "          expect: fields of what decide answers, or of its refusal; fields that it leaves out may be anything",
  ],
  flags: {},
  example: "policy test policy.json policy.test.json",
  run: async (call) => {
    const document = readJsonFile(argument(call, 0, "FILE")) as Json;
    const cases = casesIn(call);
    const failed = cases.flatMap((one) => {
      const failure = failureOf(document, one);
      return failure === null ? [] : [failure];
    });
    const lines = cases.map(({ name }) => {
      const failure = failed.find((one) => one.name === name);
      const { path, expected, found } = failure ?? {};
      const why = `  ${path}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`;
      return failure === undefined ? `✓ ${name}` : `✗ ${name}${why}`;
    });
    const ok = failed.length === 0;
    const data = { ok, passed: cases.length - failed.length, failed };
    return { exit: ok ? EXIT.yes : EXIT.no, data, text: lines.join("\n") };
  },
};

function casesIn(call: Call): readonly Case[] {
  const path = call.args[1] ?? argument(call, 0, "FILE").replace(/(\.json)?$/, ".test.json");
  const cases = readJsonFile(path);
  const sound = (one: unknown): one is Case =>
    typeof one === "object" && one !== null && "name" in one && "input" in one && "expect" in one;
  if (!Array.isArray(cases) || !cases.every(sound))
    throw usage(`${path} takes a list of cases with name, input and expect`);
  return cases;
}

/** The first place at which what came out is not what was expected; null where all is. */
function failureOf(document: Json, { name, set = {}, input, expect }: Case): Failure | null {
  const settings = Object.entries(set).map(([path, value]) => ({ path, value }));
  const changed = setParameters(document, settings);
  const pinned = changed.ok ? pinPolicy(changed.value) : changed;
  const decision = pinned.ok ? decidePlain(pinned.value.policy, input) : pinned;
  const found = decision.ok ? decision.value : describeRefusal(decision.fault);
  const difference = differenceIn(expect, found as unknown as Json, "");
  return difference === null ? null : { name, ...difference };
}

function differenceIn(expected: Json, found: Json | undefined, path: string): Omit<Failure, "name"> | null {
  if (!isObject(expected) || !isObject(found))
    return JSON.stringify(expected) === JSON.stringify(found) ? null : { path, expected, found: found ?? null };
  for (const [field, value] of Object.entries(expected)) {
    const inner = differenceIn(value, found[field], path === "" ? field : `${path}.${field}`);
    if (inner !== null) return inner;
  }
  return null;
}

function isObject(value: Json | undefined): value is { readonly [field: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
