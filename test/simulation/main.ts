// The command behind `quorate simulate`: many seeds over two threads, one document at the end, 5 on any violation.
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { type Request, readFlags, USAGE } from "./flags.ts";
import { isSimulated } from "./policy.ts";
import { SABOTAGES } from "./sabotage/patches.ts";
import { STRATEGIES } from "./strategies/catalogue.ts";
import { type Tally, together } from "./tally.ts";

const THREADS = 2;
const CHUNK = 100;
const EXIT = { yes: 0, no: 5, usage: 64 } as const;

function fail(message: string): never {
  process.stderr.write(`${message}\nusage: ${USAGE}\n`);
  process.exit(EXIT.usage);
}

function check({ settings, sabotage }: Request): void {
  const { strategy, pattern } = settings;
  const names = STRATEGIES.map(({ name }) => name);
  if (strategy !== "all" && !names.includes(strategy)) fail(`no strategy ${strategy}; there are ${names.join(", ")}`);
  if (!isSimulated(pattern)) fail(`the pattern ${pattern} is not simulated`);
  if (sabotage !== null && !SABOTAGES.some(({ name }) => name === sabotage))
    fail(`no sabotage ${sabotage}; see --sabotage list`);
}

/** Hands out ranges of seeds until none is left. */
function runAll(request: Request): Promise<readonly Tally[]> {
  const { first, last } = request.seeds;
  const tallies: Tally[] = [];
  let next = first;
  const serve = (worker: Worker) => {
    if (next > last) return void worker.terminate();
    const until = Math.min(next + CHUNK - 1, last);
    worker.postMessage({ first: next, last: until });
    next = until + 1;
  };
  const threads = Math.min(THREADS, Math.ceil((last - first + 1) / CHUNK));
  const ends = Array.from({ length: threads }, () => {
    const worker = new Worker(join(import.meta.dirname, "worker.ts"), { workerData: request });
    return new Promise<void>((resolve, reject) => {
      worker.on("message", (tally: Tally) => {
        tallies.push(tally);
        tell(tallies, last - first + 1);
        serve(worker);
      });
      worker.on("error", reject);
      worker.on("exit", () => resolve());
      serve(worker);
    });
  });
  return Promise.all(ends).then(() => tallies);
}

function tell(tallies: readonly Tally[], all: number): void {
  if (tallies.length % 20 !== 0) return;
  const { schedules, violations } = together(tallies);
  process.stderr.write(`${schedules} of ${all} schedules, ${violations.length} violations\n`);
}

async function main(words: readonly string[]): Promise<void> {
  const request = readFlags(words);
  if (typeof request === "string") fail(request);
  if (request.sabotage === "list") {
    const list = SABOTAGES.map(({ name, breaks }) => ({ name, breaks }));
    const lines = list.map(({ name, breaks }) => `${name.padEnd(30)}${breaks}`);
    process.stdout.write(request.json ? `${JSON.stringify({ sabotages: list })}\n` : `${lines.join("\n")}\n`);
    return;
  }
  check(request);
  const started = performance.now();
  const tally = together(await runAll(request));
  const perSecond = Math.round((tally.schedules * 1_000) / (performance.now() - started));
  process.stdout.write(`${JSON.stringify({ ...tally, perSecond }, null, request.json ? 0 : 2)}\n`);
  process.exitCode = tally.violations.length === 0 ? EXIT.yes : EXIT.no;
}

await main(process.argv.slice(2));
