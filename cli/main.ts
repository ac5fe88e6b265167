// The command line. Progress and refusals go to stderr; stdout carries the answer alone.
import { Console } from "node:console";
import { answerTo } from "./answer.ts";

// Whatever a library of ours logs is no answer.
globalThis.console = new Console(process.stderr);

// A reader that has seen enough, such as `head`, closes the pipe: that is no failure of the command.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
process.exitCode = await answerTo(process.argv.slice(2));
