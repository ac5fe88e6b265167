// `simulate`: many seeded schedules of the closing protocol under faults. The simulator lives with the tests, which nothing may
// import, so it runs as a process of its own; it checks the flags' values, because it alone knows its strategies and sabotages.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { usage } from "../files.ts";
import { type Answer, type Call, type Command, EXIT } from "../registry.ts";

const SIMULATOR = join(import.meta.dirname, "..", "..", "test", "simulation", "main.ts");

const FLAGS = {
  parties: { type: "string" },
  faulty: { type: "string" },
  seeds: { type: "string" },
  strategy: { type: "string" },
  pattern: { type: "string" },
  loss: { type: "string" },
  sabotage: { type: "string" },
  log: { type: "boolean" },
} as const;

export const simulate: Command = {
  name: "simulate",
  usage:
    "simulate --parties N --faulty F --seeds A..B [--strategy NAME|all] [--pattern ID] [--loss P] [--sabotage NAME|list]",
  about: "run seeded schedules of the closing under faults and lies, and check what must hold (5 where it does not)",
  flags: FLAGS,
  example: "simulate --parties 4 --faulty 1 --seeds 1..20",
  run: runSimulate,
};

type Violation = {
  readonly seed: number;
  readonly invariant: string;
  readonly detail: string;
  readonly replay: string;
};
type Report = {
  readonly schedules: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly violations: readonly Violation[];
  readonly perSecond: number;
};
type Listing = { readonly sabotages: readonly { readonly name: string; readonly breaks: string }[] };

async function runSimulate(call: Call): Promise<Answer> {
  if (call.args.length > 0) throw usage(`simulate takes flags only, not ${call.args[0]}`);
  const words = Object.keys(FLAGS).flatMap((name) => {
    const value = call.flags[name];
    return value === undefined ? [] : value === true ? [`--${name}`] : [`--${name}`, String(value)];
  });
  const { exit, stdout } = await runSimulator(words);
  const document = JSON.parse(stdout) as Report | Listing | { readonly refused: string };
  if ("refused" in document) throw usage(document.refused);
  const text = "sabotages" in document ? listingText(document) : reportText(document);
  return { exit, data: document, text };
}

function runSimulator(words: readonly string[]): Promise<{ readonly exit: number; readonly stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SIMULATOR, ...words], { stdio: ["ignore", "pipe", "inherit"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ exit: code ?? EXIT.stopped, stdout: Buffer.concat(chunks).toString() }));
  });
}

function listingText({ sabotages }: Listing): string {
  return sabotages.map(({ name, breaks }) => `${name.padEnd(30)}${breaks}`).join("\n");
}

function reportText({ schedules, outcomes, failed, violations, perSecond }: Report): string {
  const ends = Object.entries(outcomes).map(([name, count]) => `${count} ${name}`);
  const told = violations.flatMap(({ seed, invariant, detail, replay }) => [
    `✗ seed ${seed}: ${invariant}: ${detail}`,
    `  replay: ${replay}`,
  ]);
  const verdict = failed === 0 ? "no violation" : `${failed} with violations`;
  return [...told, `${schedules} schedules, ${perSecond} a second: ${ends.join(", ")}; ${verdict}`].join("\n");
}
