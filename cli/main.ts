// The command line. Progress and refusals go to stderr; stdout carries the answer alone.
import { Console } from "node:console";
import { createHash } from "node:crypto";
import { lendSha256 } from "../shared/hash.ts";
import { answerTo } from "./answer.ts";

lendSha256((bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()));
// Whatever a library of ours logs is no answer.
globalThis.console = new Console(process.stderr);

// A reader that has seen enough, such as `head`, closes the pipe: that is no failure of the command.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
process.exitCode = await answerTo(process.argv.slice(2));
