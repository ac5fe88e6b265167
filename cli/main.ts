// The command line: finds the command, runs it, and keeps stdout for data only. Progress and refusals go to stderr.
import project from "../package.json" with { type: "json" };
import { fault } from "../shared/result.ts";
import { COMMANDS } from "./commands.ts";
import { findCommand, optionsLast, outputOf, PROGRAM, readCall } from "./find.ts";
import { helpOn, helpOnAll } from "./help.ts";
import { print, printRefusal } from "./print.ts";
import { type Answer, type Call, type Command, EXIT, Refused } from "./registry.ts";

async function answer(given: readonly string[]): Promise<Answer> {
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
  return wantsHelp ? helpOn(command) : run(command, call);
}

/** A word or flag that the command itself refuses: its own help says how it is written. */
function run(command: Command, call: Call): Promise<Answer> {
  return command.run(call).catch((error: unknown) => {
    if (!(error instanceof Refused) || error.fault.code !== "USAGE") throw error;
    const detail = { ...error.fault.detail, see: `${PROGRAM} help ${command.name}` };
    throw new Refused(fault("USAGE", detail).fault, error.exit);
  });
}

function unexpected(error: unknown): Refused {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  const reason = error instanceof Error ? error.message : String(error);
  return new Refused(fault("COMMAND_FAILED", { reason }).fault, EXIT.bug);
}

async function main(words: readonly string[]): Promise<number> {
  const output = outputOf(words);
  try {
    const answered = await answer(words);
    print(answered, output);
    return answered.exit;
  } catch (error) {
    const refused = error instanceof Refused ? error : unexpected(error);
    printRefusal(refused, output);
    return refused.exit;
  }
}

// A reader that has seen enough, such as `head`, closes the pipe: that is no failure of the command.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
process.exitCode = await main(process.argv.slice(2));
