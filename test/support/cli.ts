// The command line as its users run it: another process, its exit code and what it prints.
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import type { DemoReport } from "../../cli/demo/run.ts";

const run = promisify(execFile);
const main = new URL("../../cli/main.ts", import.meta.url).pathname;

export async function quorate(
  ...words: readonly string[]
): Promise<{ readonly exit: number; readonly stdout: string }> {
  try {
    return { exit: 0, stdout: (await run(process.execPath, [main, ...words], { maxBuffer: 1 << 26 })).stdout };
  } catch (error) {
    const failed = error as { code?: number; stdout?: string; stderr?: string };
    return { exit: failed.code ?? -1, stdout: `${failed.stdout ?? ""}${failed.stdout ? "" : failed.stderr}` };
  }
}

/** Under a module that is loaded before ours, to break what should never break. */
export async function quorateUnder(preload: string, ...words: readonly string[]): Promise<string> {
  const script = `data:text/javascript,${encodeURIComponent(preload)}`;
  const given = ["--import", script, main, ...words];
  return run(process.execPath, given).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stdout: string }).stdout,
  );
}

/** Sent the signal that Ctrl-C sends as soon as it says anything; what it prints in the end. */
export async function interrupted(...words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [main, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  child.stderr.once("data", () => child.kill("SIGINT"));
  return child.stdout.setEncoding("utf8").reduce((all, part) => `${all}${part}`, "");
}

/** With `stdin`; the lines that it prints. */
export async function quorateReading(
  stdin: string,
  ...words: readonly string[]
): Promise<{ readonly exit: number; readonly lines: readonly string[] }> {
  const child = spawn(process.execPath, [main, ...words], { stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.end(stdin);
  const [exit, stdout] = await Promise.all([
    new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? -1))),
    child.stdout.setEncoding("utf8").reduce((all, part) => `${all}${part}`, ""),
  ]);
  return { exit, lines: stdout.split("\n").slice(0, -1) };
}

export async function demo(
  keep: string,
  ...words: readonly string[]
): Promise<{ readonly exit: number; readonly report: DemoReport & { readonly code?: string } }> {
  const { exit, stdout } = await quorate("demo", "-o", "json", "--keep", keep, ...words);
  return { exit, report: JSON.parse(stdout) };
}
