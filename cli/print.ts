// What reaches stdout: the answer, or the refusal, in the form asked for. The refusal is told to people on stderr too.
import { describeRefusal } from "../shared/refusals.ts";
import { type Fields, fieldsOf, rowOf } from "./fields.ts";
import { PROGRAM } from "./find.ts";
import type { Answer, Call, Refused } from "./registry.ts";
import { shownText } from "./terminal.ts";

/** The form of the answer, and which of its fields are asked for; all where none is. */
export type Form = { readonly output: Call["output"]; readonly fields: Fields };

export function print({ data, text }: Answer, { output, fields }: Form): void {
  const items = Array.isArray(data) ? (data as readonly unknown[]) : [data];
  if (output === "text" && fields.length > 0 && data !== undefined)
    for (const item of items) write(rowOf(item, fields));
  else if ((output === "text" || data === undefined) && text !== undefined) write(text);
  else if (output === "jsonl" && Array.isArray(data))
    for (const item of items) write(JSON.stringify(fieldsOf(item, fields)));
  else if (data !== undefined) write(JSON.stringify(fieldsOf(data, fields), null, output === "text" ? 2 : 0));
}

/** One of several answers, as it comes; `text` is how people read it. */
export function printItem(item: object, text: string | undefined, { output, fields }: Form): void {
  if (output === "jsonl") write(JSON.stringify(fieldsOf(item, fields)));
  if (output === "text" && text !== undefined) write(fields.length > 0 ? rowOf(item, fields) : text);
}

export function printRefusal(error: Refused, output: Call["output"]): void {
  const refusal = error.told ?? describeRefusal(error.fault);
  const last = output === "jsonl" ? { final: true } : {};
  if (output !== "text") write(JSON.stringify({ ...refusal, detail: error.fault.detail, ...last }));
  const { code, what, why, do: remedy } = refusal;
  const told = `✗ ${code}\n  what  ${what}\n  why   ${why}\n  do    ${remedy}\n  more  ${PROGRAM} errors ${code}\n`;
  process.stderr.write(shownText(told));
}

function write(text: string): void {
  process.stdout.write(`${shownText(text)}\n`);
}
