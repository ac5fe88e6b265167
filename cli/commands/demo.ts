// `demo`, `dev` and `build`: the local stack for people and programs.
import { resolve } from "node:path";
import { fault } from "../../shared/result.ts";
import { demoSource, judge, MESH, runScenario } from "../demo/run.ts";
import type { Scenario } from "../demo/scenario.ts";
import { SCENARIOS } from "../demo/scenarios.ts";
import { Unmet } from "../demo/stage.ts";
import { usage } from "../files.ts";
import { type Answer, type Call, type Command, EXIT, Refused } from "../registry.ts";
import { buildBundle } from "../stack/bundle.ts";
import { PARTY_NAMES, startStack } from "../stack/stack.ts";

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
  const report = await runScenario(scenario, { parties, keep, say: call.say }).catch((error: unknown) => {
    if (error instanceof Unmet) throw new Refused(fault("SCENARIO_FAILED", { reason: error.message }).fault, EXIT.no);
    throw error;
  });
  const failure = judge(scenario, report);
  if (failure !== null)
    throw new Refused(fault("SCENARIO_FAILED", { reason: failure, report: JSON.stringify(report) }).fault, EXIT.no);
  const { same, of } = report.agreement;
  const lines = [
    `${report.status.toUpperCase()}  ${report.outcome === null ? "no outcome is claimed" : JSON.stringify(report.outcome.value)}`,
    `same outcome: ${same} of ${of}   digest ${report.outcome?.digest ?? "none"}`,
    report.bundle === null ? "" : `next: npm run -s quorate -- verify ${report.bundle} --trust ${report.trust}`,
  ];
  return { exit: EXIT.yes, data: report, text: lines.filter((line) => line !== "").join("\n") };
}

function findScenario(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Refused(fault("SCENARIO_UNKNOWN", { scenario: name }).fault, EXIT.absent);
  return found;
}

function partiesOf(call: Call, usual: number, least = 3): number {
  const parties = call.flags.parties === undefined ? usual : Number(call.flags.parties);
  if (!Number.isInteger(parties) || parties < least || parties > PARTY_NAMES.length)
    throw usage(`--parties takes ${least} to ${PARTY_NAMES.length} here`);
  return parties;
}

export const dev: Command = {
  name: "dev",
  usage: "dev [--parties N] [--port P]",
  about: "the local stack, staying up until Ctrl-C",
  flags: { parties: { type: "string" }, port: { type: "string" } },
  run: async (call) => {
    const names = PARTY_NAMES.slice(0, partiesOf(call, 3));
    call.say(`building the agent and starting ${names.length} parties …`);
    const { script } = await buildBundle();
    const sources = { [names[0] as string]: [demoSource(names, null, null)] };
    const stack = await startStack({
      names,
      mesh: MESH,
      dir: resolve(".quorate", "dev"),
      script,
      sources,
      port: Number(call.flags.port ?? 0),
    });
    for (const agent of stack.agents) call.say(`${agent.name.padEnd(6)} ${agent.url}  key ${agent.apiKey}`);
    call.say(`webhook  ${stack.agents[0]?.url}/hooks/github  secret ${stack.hookSecret}`);
    call.say("Ctrl-C stops everything");
    await new Promise((done) => process.once("SIGINT", done).once("SIGTERM", done));
    await stack.stop();
    return { exit: EXIT.yes };
  },
};

export const build: Command = {
  name: "build",
  usage: "build",
  about: "build the agent's bundle and print its size",
  flags: {},
  run: async () => {
    const { script, bytes, gzipBytes } = await buildBundle();
    const evals = script.match(/\bnew Function\s*\(|(?<![\w.$])eval\s*\(/g)?.length ?? 0;
    const data = { bundle: "dist/agent.js", bytes, gzipBytes, evals };
    const text = `dist/agent.js  ${bytes} bytes, ${gzipBytes} gzipped; ${evals} uses of eval or new Function`;
    return { exit: evals === 0 ? EXIT.yes : EXIT.no, data, text };
  },
};
