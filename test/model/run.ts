// `npm run model`: the closing protocol under exhaustive search, and then with each rule broken, where the search must find that.
// Needs spin and gcc; where they are absent it says so and ends well.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MODEL = join(import.meta.dirname, "closing.pml");
const BROKEN = ["NO_LOCK", "FAST_AT_Q", "INCLUSION_AT_F", "QUORUM_LESS_ONE", "OLD_POLKA"];
const EXIT = { yes: 0, no: 5 } as const;
const DEPTH = "-m200000";

type Search = { readonly errors: number; readonly states: number; readonly seconds: number };

function run(dir: string, command: string, ...words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, words, { cwd: dir, encoding: "utf8" });
  if (error !== undefined || status !== 0) throw new Error(`${command} failed: ${error ?? stdout + stderr}`);
  return stdout;
}

function search(rule: string | null): Search {
  const dir = mkdtempSync(join(tmpdir(), "quorate-model-"));
  try {
    run(dir, "spin", ...(rule === null ? [] : [`-D${rule}`]), "-a", MODEL);
    run(dir, "gcc", "-O2", "-w", "-DSAFETY", "-o", "pan", "pan.c");
    const started = performance.now();
    const told = run(dir, join(dir, "pan"), DEPTH);
    if (/max search depth too small|out of memory/.test(told)) throw new Error(`the search is not exhaustive: ${told}`);
    const number = (pattern: RegExp) => Number(pattern.exec(told)?.[1] ?? Number.NaN);
    return {
      errors: number(/errors: (\d+)/),
      states: number(/(\d+) states, stored/),
      seconds: (performance.now() - started) / 1_000,
    };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function tell(name: string, { errors, states, seconds }: Search, holds: boolean): void {
  const verdict = errors === 0 ? "no violation" : "violated";
  process.stdout.write(
    `${holds ? "✓" : "✗"} ${name.padEnd(16)} ${verdict}, ${states} states, ${seconds.toFixed(1)} s\n`,
  );
}

function main(): number {
  const absent = ["spin", "gcc"].filter((tool) => spawnSync(tool, ["--version"]).error !== undefined);
  if (absent.length > 0) {
    process.stdout.write(`model: skipped, ${absent.join(" and ")} not found; apt-get install spin gcc\n`);
    return EXIT.yes;
  }
  const results = [null, ...BROKEN].map((rule) => {
    const found = search(rule);
    const holds = rule === null ? found.errors === 0 : found.errors > 0;
    tell(rule ?? "the rules", found, holds);
    return holds;
  });
  return results.every(Boolean) ? EXIT.yes : EXIT.no;
}

process.exitCode = main();
