// From words to a command: global options wherever they stand, the longest name that fits, and what may have been meant.
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { usage } from "./files.ts";
import { type Call, type Command, type Flags, Refused } from "./registry.ts";

/** Options that every command takes, with what help, completion and the reference say of each. */
export const GLOBAL = {
  output: { type: "string", short: "o", value: "text|json|jsonl", about: "one JSON document, or one a line" },
  fields: {
    type: "string",
    value: "A,B.C",
    about: "only these fields of the answer; in text form a row with tabs between",
  },
  "time-format": { type: "string", value: "iso|relative|raw", about: "how text tells times" },
  quiet: { type: "boolean", short: "q", about: "no progress" },
  "exit-zero": { type: "boolean", about: "exit 0 also for a definite no (5) and where it is pending (8)" },
  offline: { type: "boolean", about: "any socket is refused; or set QUORATE_OFFLINE=1" },
  "no-input": { type: "boolean", about: "what would be asked is refused instead; or set QUORATE_NO_INPUT=1" },
  plain: { type: "boolean", about: "nothing is written anew on a terminal" },
  help: { type: "boolean", short: "h", about: "what the command does, with an example" },
} as const;
const TAKES_VALUE: ReadonlySet<string> = new Set(
  Object.entries(GLOBAL).flatMap(([name, option]) =>
    option.type === "boolean" ? [] : [`--${name}`, ...("short" in option ? [`-${option.short}`] : [])],
  ),
);
const FORMS = ["text", "json", "jsonl"] as const;
export const PROGRAM = "npm run -s quorate --";

/** The form in which even a line that cannot be read is answered. */
export function outputOf(words: readonly string[]): Call["output"] {
  for (const [index, word] of words.entries()) {
    if (word === "--") break;
    const glued = /^(?:--output=|-o=?)(.+)$/.exec(word)?.[1];
    const given = word === "-o" || word === "--output" ? words[index + 1] : glued;
    const form = FORMS.find((each) => each === given);
    if (form !== undefined) return form;
  }
  return "text";
}

/** The global options of a line, even of one that cannot be read, and its words without them. */
export function globalsOf(words: readonly string[]): { readonly flags: Flags; readonly words: readonly string[] } {
  const read = parseArgs({ args: [...words], options: GLOBAL, strict: false, allowPositionals: true });
  return { flags: read.values as Flags, words: read.positionals };
}

/** Options that stand before the command are global ones: they are moved behind it. */
export function optionsLast(words: readonly string[]): readonly string[] {
  let count = 0;
  while (words[count]?.startsWith("-")) count += TAKES_VALUE.has(words[count] as string) ? 2 : 1;
  return [...words.slice(count), ...words.slice(0, count)];
}

export function findCommand(
  commands: readonly Command[],
  words: readonly string[],
): { readonly command: Command; readonly rest: readonly string[] } {
  const byLength = [...commands].sort((a, b) => b.name.length - a.name.length);
  const command = byLength.find(({ name }) => name.split(" ").every((word, index) => words[index] === word));
  if (command !== undefined) return { command, rest: words.slice(command.name.split(" ").length) };
  const [first = ""] = words;
  const named = words.filter((word) => !word.startsWith("-")).slice(0, 2);
  const verbs = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name);
  if (verbs.length > 0)
    throw usage(
      named.length < 2
        ? `${first} needs a verb: ${verbs.join(", ")}`
        : `there is no command ${named.join(" ")}; there is ${verbs.join(", ")}`,
    );
  throw usage(`there is no command ${first}${meant(commands, named)}`);
}

function meant(commands: readonly Command[], words: readonly string[]): string {
  const verbs = commands.map(({ name }) => name).filter((name) => name.endsWith(` ${words[0]}`));
  if (verbs.length > 0) return `; there is ${verbs.join(", ")}`;
  const near = commands
    .map(({ name }) => ({ name, far: distance(name, words.slice(0, name.split(" ").length).join(" ")) }))
    .filter(({ far }) => far <= 2)
    .sort((a, b) => a.far - b.far)[0];
  return near === undefined ? "" : `; did you mean ${near.name}?`;
}

/** Insertions, removals and replacements between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(
        Math.min((next[j] as number) + 1, (row[j + 1] as number) + 1, (row[j] as number) + (letter === b[j] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length] as number;
}

/** Reads flags and words of a command; words that it does not take are refused. */
export function readCall(
  command: Command,
  rest: readonly string[],
): { readonly call: Call; readonly wantsHelp: boolean } {
  const see = `${PROGRAM} help ${command.name}`;
  const { values, positionals } = parsed(rest, { ...GLOBAL, ...command.flags }, see);
  const output = FORMS.find((form) => form === ((values as { output?: string }).output ?? "text"));
  if (output === undefined) throw usage("-o takes text, json or jsonl", see);
  const extra = positionals[wordsTaken(command)];
  if (extra !== undefined) throw usage(`${command.name} does not take the word "${extra}"`, see);
  const { help } = values as Readonly<Record<string, unknown>>;
  const call = { args: positionals, flags: values as Call["flags"], output, say: () => undefined };
  return { call, wantsHelp: help === true };
}

function parsed(rest: readonly string[], options: ParseArgsOptionsConfig, see: string) {
  try {
    return parseArgs({ args: [...rest], options, allowPositionals: true });
  } catch (error) {
    throw error instanceof Refused ? error : usage((error as Error).message, see);
  }
}

/** How many words a command takes beside its flags, as its usage line says. */
export function wordsTaken({ name, usage: line, flags }: Command): number {
  const tokens = line
    .slice(name.length)
    .split(/[\s()[\]|]+/)
    .filter((token) => token !== "");
  const isValue = (index: number) => flags[(tokens[index - 1] ?? "").replace(/^--/, "")]?.type === "string";
  const isWord = (index: number) => /^[A-Z]/.test(tokens[index] ?? "") && !isValue(index);
  const many = (token: string, index: number) => isWord(/^(…|\.\.\.)$/.test(token) ? index - 1 : index);
  if (tokens.some((token, index) => /…|\.\.\./.test(token) && many(token, index))) return Number.POSITIVE_INFINITY;
  return tokens.filter((_, index) => isWord(index)).length;
}
