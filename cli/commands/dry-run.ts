// `policy pivot|simulate`: a policy tried on what was made up or recorded: what its outcome hangs on, and what it withstands.
import { basename } from "node:path";
import type { Json } from "../../shared/cbor/json.ts";
import { BUNDLE_FORMAT, parseBundle } from "../../shared/evidence/bundle.ts";
import { type Recorded, scenarioOf } from "../../shared/evidence/scenario.ts";
import { type Ending, type FaultRun, pivotsOf, tryPolicy } from "../../shared/outcome/dry-run.ts";
import { readPlain } from "../../shared/outcome/plain-document.ts";
import { decodePolicy } from "../../shared/policy/decode.ts";
import type { Policy } from "../../shared/policy/policy.ts";
import { readJsonFile, readText, required, usage } from "../files.ts";
import { type Answer, type Call, type Command, EXIT } from "../registry.ts";
import { EXITS, policyFrom } from "./decide.ts";
import { unwrap } from "./unwrap.ts";

const POLICY = {
  pattern: { type: "string" },
  policy: { type: "string" },
  set: { type: "string", multiple: true },
} as const;

export const policyPivot: Command = {
  name: "policy pivot",
  usage: "policy pivot (--pattern ID | --policy FILE) [--set PATH=JSON]… --contributions FILE",
  about: "which single contribution the outcome hangs on, and what the silent could still change",
  flags: { ...POLICY, contributions: { type: "string" } },
  example: "policy pivot --pattern approval --contributions cli/examples/contributions.json",
  run: async (call) => {
    const { policy } = policyFrom(call);
    const plain = unwrap(readPlain(policy, readJsonFile(required(call, "contributions"))));
    const { decision, pivotal, swing } = unwrap(pivotsOf(plain));
    const { status, value, cause } = decision;
    const lines = [
      shown(decision),
      ...pivotal.map(
        ({ party, round, without }) => `without ${party}${round > 0 ? ` in round ${round}` : ""}: ${shown(without)}`,
      ),
      ...swing.map(({ party, choice, gives }) => `with ${choice} of ${party}: ${shown(gives)}`),
      ...(pivotal.length + swing.length === 0 ? ["no single contribution would change it"] : []),
    ];
    const data = { status, value, ...(cause === undefined ? {} : { cause }), pivotal, swing };
    return { exit: EXITS[status], data, text: lines.join("\n") };
  },
};

export const policySimulate: Command = {
  name: "policy simulate",
  usage:
    "policy simulate [--pattern ID | --policy FILE] [--set PATH=JSON]… --scenario FILE… [--silent N] [--equivocating N]",
  about:
    "how ceremonies made up or recorded (bundles) would end under a policy, and with parties at fault (5 where a recorded one would change)",
  flags: {
    ...POLICY,
    scenario: { type: "string", multiple: true },
    silent: { type: "string" },
    equivocating: { type: "string" },
  },
  example: "policy simulate --pattern approval --scenario cli/examples/contributions.json --silent 1",
  run: async (call) => simulate(call),
};

type Simulated = Ending & {
  readonly scenario: string;
  readonly recorded?: Recorded["ended"];
  readonly changed?: boolean;
  readonly explanation: readonly string[];
  readonly faults: readonly FaultRun[];
};

function simulate(call: Call): Answer {
  const files = (call.flags.scenario as readonly string[] | undefined) ?? [];
  if (files.length === 0) throw usage("--scenario is needed");
  const chosen = call.flags.pattern === undefined && call.flags.policy === undefined ? null : policyFrom(call).policy;
  const counts = { silent: countOf(call, "silent"), equivocating: countOf(call, "equivocating") };
  const scenarios = files.map((file): Simulated => {
    const { document, recorded, own } = read(file);
    const policy = chosen ?? own ?? policyFrom(call).policy;
    const { decision, faults } = unwrap(tryPolicy(policy, document, counts));
    const { status, value, cause, explanation } = decision;
    const ending = cause === undefined ? { status, value } : { status, value, cause };
    const compared = recorded === null ? {} : { recorded, changed: isChanged(ending, recorded) };
    return { scenario: basename(file), ...ending, ...compared, explanation, faults };
  });
  const changed = scenarios.some((one) => one.changed === true);
  return { exit: changed ? EXIT.no : EXIT.yes, data: { scenarios }, text: scenarios.flatMap(told).join("\n") };
}

function countOf(call: Call, flag: string): number {
  const given = call.flags[flag];
  if (given === undefined) return 0;
  const count = Number(given);
  if (!Number.isSafeInteger(count) || count < 1) throw usage(`--${flag} takes a number of parties, from 1`);
  return count;
}

/** A document as `decide` takes it, or the bundle of a recorded ceremony, which has a policy of its own. */
function read(file: string): {
  readonly document: unknown;
  readonly recorded: Recorded["ended"] | null;
  readonly own: Policy | null;
} {
  const text = readText(file);
  const document = readJsonFile(file, text);
  const format = (document as { readonly format?: unknown } | null)?.format;
  if (format !== BUNDLE_FORMAT) return { document, recorded: null, own: null };
  const bundle = unwrap(parseBundle(new TextEncoder().encode(text)));
  const scenario = unwrap(scenarioOf(bundle));
  const { policy: own } = unwrap(decodePolicy(scenario.policy));
  return { document: scenario.document, recorded: scenario.ended, own };
}

function isChanged(ending: Ending, recorded: Recorded["ended"]): boolean {
  const decided = ending.status === "decided" || recorded.status === "decided";
  return ending.status !== recorded.status || (decided && !sameJson(ending.value, recorded.value));
}

/** Fields of a map have no order. */
function sameJson(a: Json, b: Json): boolean {
  const sorted = (_: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)))
      : value;
  return JSON.stringify(a, sorted) === JSON.stringify(b, sorted);
}

function told({ scenario, faults, changed, recorded, ...ending }: Simulated): readonly string[] {
  const before = changed === true && recorded !== undefined ? `  (it was ${recorded.status.toUpperCase()})` : "";
  const same = faults.filter((run) => run.same).length;
  return [
    `${scenario}: ${shown(ending)}${before}`,
    ...faults.filter((run) => !run.same).map((run) => `  ${run.parties.join(", ")} ${run.fault} → ${shown(run)}`),
    ...(faults.length === 0 ? [] : [`  ${same} of ${faults.length} faults change nothing`]),
  ];
}

function shown({ status, value, cause }: Ending): string {
  return [status.toUpperCase(), cause, value === null ? undefined : JSON.stringify(value)].filter(Boolean).join("  ");
}
