// The command line: finds the command, runs it, and keeps stdout for data only. Progress and refusals go to stderr.
import { parseArgs } from "node:util";
import { describeRefusal } from "../shared/refusals.ts";
import { fault } from "../shared/result.ts";
import { COMMANDS, helpOn, helpText } from "./commands.ts";
import { usage } from "./files.ts";
import { type Answer, type Call, type Command, EXIT, Refused } from "./registry.ts";

const GLOBAL = { output: { type: "string", short: "o" }, help: { type: "boolean", short: "h" } } as const;

function findCommand(words: readonly string[]): { readonly command: Command; readonly rest: readonly string[] } {
  const byLength = [...COMMANDS].sort((a, b) => b.name.length - a.name.length);
  const command = byLength.find(({ name }) => name.split(" ").every((word, index) => words[index] === word));
  if (command === undefined) throw usage(`there is no command ${words[0] ?? ""}`);
  return { command, rest: words.slice(command.name.split(" ").length) };
}

function readCall(command: Command, rest: readonly string[]): { readonly call: Call; readonly help: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
      options: { ...GLOBAL, ...command.flags },
      allowPositionals: true,
    });
    const output = (values as { output?: string }).output ?? "text";
    if (output !== "text" && output !== "json" && output !== "jsonl") throw usage("-o takes text, json or jsonl");
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    return {
      call: { args: positionals, flags: values, output, say },
      help: (values as { help?: boolean }).help === true,
    };
  } catch (error) {
    throw error instanceof Refused ? error : usage((error as Error).message);
  }
}

function print(answer: Answer, output: Call["output"]): void {
  const text = output === "text" || answer.data === undefined ? answer.text : undefined;
  if (text !== undefined) process.stdout.write(`${text}\n`);
  else if (output === "jsonl" && Array.isArray(answer.data))
    for (const item of answer.data) process.stdout.write(`${JSON.stringify(item)}\n`);
  else if (answer.data !== undefined)
    process.stdout.write(`${JSON.stringify(answer.data, null, output === "text" ? 2 : 0)}\n`);
}

function printRefusal(error: Refused, output: string): void {
  const refusal = describeRefusal(error.fault);
  if (output !== "text") process.stdout.write(`${JSON.stringify({ ...refusal, detail: error.fault.detail })}\n`);
  process.stderr.write(`✗ ${refusal.code}\n  what  ${refusal.what}\n  why   ${refusal.why}\n  do    ${refusal.do}\n`);
}

async function main(words: readonly string[]): Promise<number> {
  if (words.length === 0 || words[0] === "--help" || (words[0] === "help" && words.length === 1)) {
    process.stdout.write(`${helpText()}\n`);
    return words.length === 0 ? EXIT.usage : EXIT.yes;
  }
  let output: Call["output"] = words.includes("json") ? "json" : "text";
  try {
    if (words[0] === "help") {
      process.stdout.write(`${helpOn(findCommand(words.slice(1)).command)}\n`);
      return EXIT.yes;
    }
    const { command, rest } = findCommand(words);
    const { call, help } = readCall(command, rest);
    output = call.output;
    const answer = help ? { exit: EXIT.yes, text: helpOn(command) } : await command.run(call);
    print(answer, output);
    return answer.exit;
  } catch (error) {
    printRefusal(error instanceof Refused ? error : unexpected(error), output);
    return error instanceof Refused ? error.exit : EXIT.bug;
  }
}

function unexpected(error: unknown): Refused {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return new Refused(fault("INTERNAL", { request: "this command" }).fault, EXIT.bug);
}

process.exitCode = await main(process.argv.slice(2));
