// What reaches stdout: the answer, or the refusal, in the form asked for. The refusal is told to people on stderr too.
import { describeRefusal } from "../shared/refusals.ts";
import type { Answer, Call, Refused } from "./registry.ts";
import { shownText } from "./terminal.ts";

export function print(answer: Answer, output: Call["output"]): void {
  const text = output === "text" || answer.data === undefined ? answer.text : undefined;
  if (text !== undefined) process.stdout.write(`${shownText(text)}\n`);
  else if (output === "jsonl" && Array.isArray(answer.data))
    for (const item of answer.data) process.stdout.write(`${shownText(JSON.stringify(item))}\n`);
  else if (answer.data !== undefined)
    process.stdout.write(`${shownText(JSON.stringify(answer.data, null, output === "text" ? 2 : 0))}\n`);
}

export function printRefusal(error: Refused, output: Call["output"]): void {
  const refusal = error.told ?? describeRefusal(error.fault);
  if (output !== "text")
    process.stdout.write(`${shownText(JSON.stringify({ ...refusal, detail: error.fault.detail }))}\n`);
  const told = `✗ ${refusal.code}\n  what  ${refusal.what}\n  why   ${refusal.why}\n  do    ${refusal.do}\n`;
  process.stderr.write(shownText(told));
}
