// From the words of a line to what is printed: finds the command, runs it, keeps stdout for data only, and answers the exit code.
import project from "../package.json" with { type: "json" };
import { fault } from "../shared/result.ts";
import { COMMANDS } from "./commands.ts";
import { absentIn, readFields } from "./fields.ts";
import { withholdFiles } from "./files.ts";
import { findCommand, globalsOf, optionsLast, outputOf, PROGRAM, readCall } from "./find.ts";
import { helpOn, helpOnAll } from "./help.ts";
import { type Guard, goOffline } from "./offline.ts";
import { type Form, print, printItem, printRefusal } from "./print.ts";
import { type Answer, type Call, type Command, EXIT, type Flags, Refused, refused, WITHHOLDS } from "./registry.ts";
import { Progress } from "./terminal.ts";
import { readTimesAs } from "./times.ts";

const BEAT_MS = 1_000;

/** Runs a line and prints its answer, or its refusal; answers the exit code. */
export async function answerTo(words: readonly string[]): Promise<number> {
  const output = outputOf(words);
  let guard: Guard | null = null;
  const { flags } = globalsOf(words);
  try {
    const answered = await answer(words, (command, call) => {
      if (flags.offline === true || process.env.QUORATE_OFFLINE === "1") guard = goOffline();
      return run(command, call);
    });
    refuseAttempt(guard);
    tell(answered, flags, output);
    return exitFor(answered.exit, flags);
  } catch (error) {
    const refused = attempted(guard) ?? (error instanceof Refused ? error : unexpected(error));
    printRefusal(refused, output);
    return exitFor(refused.exit, flags);
  } finally {
    (guard as Guard | null)?.lift();
  }
}

/** For whoever shows states rather than acts on them, a no and a "not yet" are answers like a yes. */
function exitFor(exit: number, flags: Flags): number {
  return flags["exit-zero"] === true && (exit === EXIT.no || exit === EXIT.pending) ? EXIT.yes : exit;
}

function tell(answered: Answer, flags: Flags, output: Call["output"]): void {
  const fields = readFields(flags.fields);
  const absent = absentIn(answered.data ?? {}, fields);
  if (absent.length > 0)
    process.stderr.write(`--fields: the answer has no ${absent.join(", ")}${those(answered.data)}\n`);
  print(answered, { output, fields });
}

/** What may be asked for instead. */
function those(data: unknown): string {
  const one: unknown = Array.isArray(data) ? data[0] : data;
  const names = typeof one === "object" && one !== null ? Object.keys(one) : [];
  return names.length === 0 ? "" : `; it has ${names.join(", ")}`;
}

async function answer(
  given: readonly string[],
  start: (command: Command, call: Call) => Promise<Answer>,
): Promise<Answer> {
  const words = optionsLast(given);
  const [first] = words;
  const isAsked = words.some((word) => word === "-h" || word === "--help");
  if (words.includes("--version") && first?.startsWith("-") !== false)
    return { exit: EXIT.yes, data: { version: project.version }, text: project.version };
  if (first === undefined || first.startsWith("-"))
    return { ...helpOnAll(COMMANDS), exit: isAsked ? EXIT.yes : EXIT.usage };
  if (first === "help") {
    const about = globalsOf(words).words.slice(1);
    return about.length === 0 ? helpOnAll(COMMANDS) : helpOn(findCommand(COMMANDS, about).command);
  }
  const { command, rest } = findCommand(COMMANDS, words);
  const { call, wantsHelp } = readCall(command, rest);
  return wantsHelp ? helpOn(command) : start(command, call);
}

/** A word or flag that the command itself refuses: its own help says how it is written. */
async function run(command: Command, { args, flags, output }: Call): Promise<Answer> {
  readTimesAs(flags["time-format"]);
  const form: Form = { output, fields: readFields(flags.fields) };
  const progress = new Progress({ quiet: flags.quiet === true, plain: flags.plain === true });
  const beat = setInterval(() => command.stays || progress.beat(command.name), BEAT_MS).unref();
  const leave = onInterrupt(progress, output);
  const isDry = flags["dry-run"] === true && command.flags["dry-run"] === WITHHOLDS;
  const release = isDry ? withholdFiles((path) => progress.say(`dry run: ${path} is not written`)) : () => undefined;
  try {
    const answered = await command.run({
      args,
      flags,
      output,
      say: (line) => progress.say(line),
      show: (line) => progress.show(line),
      emit: (item, text) => printItem(item, text, form),
    });
    return isDry ? { ...answered, data: { dryRun: true, ...(answered.data as object) } } : answered;
  } catch (error) {
    if (!(error instanceof Refused) || error.fault.code !== "USAGE") throw error;
    const detail = { ...error.fault.detail, see: `${PROGRAM} help ${command.name}` };
    throw new Refused(fault("USAGE", detail).fault, error.exit);
  } finally {
    release();
    clearInterval(beat);
    progress.end();
    leave();
  }
}

/** A signal ends a command at once, and what it had told last is told: a file is written whole or not at all. Answers how to undo that. */
function onInterrupt(progress: Progress, output: Call["output"]): () => void {
  const end = (signal: string) => {
    progress.end();
    const reason = `it had not ended, and what it started is stopped; ${progress.last === "" ? "it had told nothing yet" : `last it told: ${progress.last}`}`;
    printRefusal(new Refused(fault("INTERRUPTED", { signal, reason }).fault, EXIT.interrupted), output);
    process.exit(EXIT.interrupted);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.prependOnceListener(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}

/** What was tried is told even where the command itself went on without it, or told something else. */
function attempted(guard: Guard | null): Refused | null {
  const address = guard?.attempt() ?? null;
  return address === null ? null : refused("OFFLINE_VIOLATION", { address });
}

function refuseAttempt(guard: Guard | null): void {
  const refused = attempted(guard);
  if (refused !== null) throw refused;
}

function unexpected(error: unknown): Refused {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  const reason = error instanceof Error ? error.message : String(error);
  return refused("COMMAND_FAILED", { reason });
}
