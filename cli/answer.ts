// From the words of a line to what is printed: finds the command, runs it, keeps stdout for data only, and answers the exit code.
import project from "../package.json" with { type: "json" };
import { fault } from "../shared/result.ts";
import { COMMANDS } from "./commands.ts";
import { findCommand, optionsLast, outputOf, PROGRAM, readCall } from "./find.ts";
import { helpOn, helpOnAll } from "./help.ts";
import { type Guard, goOffline } from "./offline.ts";
import { print, printRefusal } from "./print.ts";
import { type Answer, type Call, type Command, EXIT, Refused } from "./registry.ts";

/** Runs a line and prints its answer, or its refusal; answers the exit code. */
export async function answerTo(words: readonly string[]): Promise<number> {
  const output = outputOf(words);
  let guard: Guard | null = null;
  try {
    const answered = await answer(words, (command, call) => {
      if (call.flags.offline === true || process.env.QUORATE_OFFLINE === "1") guard = goOffline();
      return run(command, call);
    });
    refuseAttempt(guard);
    print(answered, output);
    return answered.exit;
  } catch (error) {
    const refused = attempted(guard) ?? (error instanceof Refused ? error : unexpected(error));
    printRefusal(refused, output);
    return refused.exit;
  } finally {
    (guard as Guard | null)?.lift();
  }
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
    const about = words
      .slice(1)
      .filter((word, index, all) => !word.startsWith("-") && !/^(-o|--output)$/.test(all[index - 1] ?? ""));
    return about.length === 0 ? helpOnAll(COMMANDS) : helpOn(findCommand(COMMANDS, about).command);
  }
  const { command, rest } = findCommand(COMMANDS, words);
  const { call, wantsHelp } = readCall(command, rest);
  return wantsHelp ? helpOn(command) : start(command, call);
}

/** A word or flag that the command itself refuses: its own help says how it is written. */
function run(command: Command, call: Call): Promise<Answer> {
  return command.run(call).catch((error: unknown) => {
    if (!(error instanceof Refused) || error.fault.code !== "USAGE") throw error;
    const detail = { ...error.fault.detail, see: `${PROGRAM} help ${command.name}` };
    throw new Refused(fault("USAGE", detail).fault, error.exit);
  });
}

/** What was tried is told even where the command itself went on without it, or told something else. */
function attempted(guard: Guard | null): Refused | null {
  const address = guard?.attempt() ?? null;
  return address === null ? null : new Refused(fault("OFFLINE_VIOLATION", { address }).fault, EXIT.stopped);
}

function refuseAttempt(guard: Guard | null): void {
  const refused = attempted(guard);
  if (refused !== null) throw refused;
}

function unexpected(error: unknown): Refused {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  const reason = error instanceof Error ? error.message : String(error);
  return new Refused(fault("COMMAND_FAILED", { reason }).fault, EXIT.bug);
}
