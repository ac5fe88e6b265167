// `demo` and `build`: a scenario on a local stack of its own, and the bundle that such a stack runs.
import { sha256Hex } from "../../shared/hash.ts";
import { type DemoReport, judge, runScenario } from "../demo/run.ts";
import type { Scenario } from "../demo/scenario.ts";
import { SCENARIOS } from "../demo/scenarios.ts";
import { Unmet } from "../demo/stage.ts";
import { usage, writeNamed } from "../files.ts";
import { PROGRAM } from "../find.ts";
import { type Answer, type Call, type Command, EXIT, refused } from "../registry.ts";
import { buildBundle } from "../stack/bundle.ts";
import { buildSdk } from "../stack/sdk.ts";
import { PARTY_NAMES } from "../stack/stack.ts";
import { verifierPage } from "../stack/verifier-page.ts";

export const demo: Command = {
  name: "demo",
  usage: "demo [--parties N] [--scenario NAME] [--keep DIR] [--list]",
  about: "run a scenario end to end on a local stack",
  flags: {
    parties: { type: "string" },
    scenario: { type: "string" },
    keep: { type: "string" },
    list: { type: "boolean" },
  },
  example: "demo --scenario approval",
  run: runDemo,
};

async function runDemo(call: Call): Promise<Answer> {
  if (call.flags.list) {
    const data = SCENARIOS.map(({ name, title, parties }) => ({ name, title, parties }));
    return { exit: EXIT.yes, data, text: data.map(({ name, title }) => `${name.padEnd(17)} ${title}`).join("\n") };
  }
  const scenario = findScenario(String(call.flags.scenario ?? "approval"));
  const parties = partiesOf(call, scenario.parties, scenario.least);
  const keep = call.flags.keep === undefined ? null : String(call.flags.keep);
  if (keep === "") throw usage("--keep needs a folder");
  const report = await runScenario(scenario, { parties, keep, say: call.say }).catch((error: unknown) => {
    if (error instanceof Unmet) throw refused("SCENARIO_FAILED", { reason: error.message });
    throw error;
  });
  return answerOf(scenario, report);
}

/** A run that did not end as its scenario must is no demonstration, whatever it shows. */
export function answerOf(scenario: Scenario, report: DemoReport): Answer {
  const failure = judge(scenario, report);
  if (failure !== null) throw refused("SCENARIO_FAILED", { reason: failure, report });
  return { exit: EXIT.yes, data: report, text: reportText(report) };
}

function reportText({ status, outcome, agreement, parties, notRunning, bundle, trust }: DemoReport): string {
  const away = notRunning.length === 0 ? "" : `; not running: ${notRunning.join(", ")}`;
  if (outcome === null) return `${status.toUpperCase()}  no outcome is claimed${away}`;
  return [
    `${status.toUpperCase()}  ${JSON.stringify(outcome.value)}`,
    `same outcome at ${agreement.same} of ${parties.length} parties${away}`,
    `digest ${outcome.digest}`,
    ...(bundle === null ? [] : [`next: ${PROGRAM} verify ${quoted(bundle)} --trust ${quoted(trust)}`]),
  ].join("\n");
}

/** A path as a shell takes it in one piece. */
function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function findScenario(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found === undefined) throw refused("SCENARIO_UNKNOWN", { scenario: name });
  return found;
}

export function partiesOf(call: Call, usual: number, least = 3): number {
  const parties = call.flags.parties === undefined ? usual : Number(call.flags.parties);
  if (!Number.isInteger(parties) || parties < least || parties > PARTY_NAMES.length)
    throw usage(`--parties takes ${least} to ${PARTY_NAMES.length} here`);
  return parties;
}

export const build: Command = {
  name: "build",
  usage: "build [--verifier FILE]",
  about: "build the agent's bundle and the SDK's modules, and print their sizes; or the verifier as one page",
  flags: { verifier: { type: "string" } },
  input: ["--verifier: writes one file of HTML that verifies evidence offline in a browser, and builds nothing else"],
  example: "build --verifier verify.html",
  run: async (call) => {
    const { verifier } = call.flags;
    if (typeof verifier === "string") return writeVerifier(verifier);
    const [{ script, bytes, gzipBytes }, sdk] = await Promise.all([buildBundle(), buildSdk({ types: true })]);
    // A method may be called eval; only what would run text counts.
    const evals = script.match(/\bnew Function\s*\(|(?<![\w.$])eval\s*\((?![^()]*\)\s*\{)/g)?.length ?? 0;
    const data = { bundle: "dist/agent.js", bytes, gzipBytes, evals, sdk };
    const text = [
      `dist/agent.js  ${bytes} bytes, ${gzipBytes} gzipped; ${evals} uses of eval or new Function`,
      ...sdk.map((file) => `dist/sdk/${file.module}.js  ${file.bytes} bytes, ${file.gzipBytes} gzipped`),
    ];
    return { exit: evals === 0 ? EXIT.yes : EXIT.no, data, text: text.join("\n") };
  },
};

async function writeVerifier(file: string): Promise<Answer> {
  if (file === "") throw usage("--verifier needs a path");
  const page = await verifierPage();
  writeNamed(file, page);
  const bytes = Buffer.byteLength(page);
  const sha256 = sha256Hex(new TextEncoder().encode(page));
  return { exit: EXIT.yes, data: { file, bytes, sha256 }, text: `${file}  ${bytes} bytes  sha256:${sha256}` };
}
