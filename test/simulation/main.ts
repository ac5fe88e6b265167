// The process behind `quorate simulate`: many seeds over two threads, one JSON document at the end, 5 on any violation. Flags that
// make no sense are refused with a reason, which the command line turns into a coded refusal.
import { type Request, readFlags } from "./flags.ts";
import { SABOTAGES } from "./sabotage/patches.ts";
import { type Tally, together } from "./tally.ts";
import { startThread } from "./thread.ts";

const THREADS = 2;
const CHUNK = 100;
const EXIT = { yes: 0, no: 5, usage: 64 } as const;
/** Milliseconds between two lines of progress. */
const TOLD_EVERY = 2_000;

/** Hands out ranges of seeds until none is left. */
async function runAll(request: Request): Promise<readonly Tally[]> {
  const { first, last } = request.seeds;
  const tallies: Tally[] = [];
  const tell = progress(last - first + 1);
  let next = first;
  const serve = async () => {
    const thread = startThread(request);
    while (next <= last) {
      const from = next;
      next = Math.min(from + CHUNK, last + 1);
      tallies.push(await thread.run(from, next - 1));
      tell(tallies);
    }
    await thread.stop();
  };
  const threads = Math.min(THREADS, Math.ceil((last - first + 1) / CHUNK));
  await Promise.all(Array.from({ length: threads }, serve));
  return tallies;
}

function progress(all: number): (tallies: readonly Tally[]) => void {
  let told = performance.now();
  return (tallies) => {
    if (performance.now() - told < TOLD_EVERY) return;
    told = performance.now();
    const { schedules, failed } = together(tallies);
    process.stderr.write(`${schedules} of ${all} schedules, ${failed} with violations\n`);
  };
}

function answer(document: object, exit: number): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
  process.exitCode = exit;
}

async function main(words: readonly string[]): Promise<void> {
  const request = readFlags(words);
  if (typeof request === "string") return answer({ refused: request }, EXIT.usage);
  if (request.sabotage === "list")
    return answer({ sabotages: SABOTAGES.map(({ name, breaks }) => ({ name, breaks })) }, EXIT.yes);
  const started = performance.now();
  const tally = together(await runAll(request));
  const perSecond = Math.round((tally.schedules * 1_000) / (performance.now() - started));
  answer({ ...tally, perSecond }, tally.violations.length === 0 ? EXIT.yes : EXIT.no);
}

await main(process.argv.slice(2));
