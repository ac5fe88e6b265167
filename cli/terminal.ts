// What reaches a person at a terminal: another's words without anything that it would obey, a question, and a line that is written anew.
import { createInterface } from "node:readline/promises";
import { usage } from "./files.ts";
import { type Call, refused } from "./registry.ts";

/** Control and format characters (escapes, overrides of direction, what has no width), line breaks, and what no standard names. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** Another's words on this terminal, in one line: what would not be seen as it is stands there as JSON writes it. */
export function shown(text: unknown): string {
  return String(text).replace(UNSEEN, (unseen) =>
    [...Array(unseen.length).keys()].map((at) => `\\u${unseen.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** A whole text of ours, in which others' words may have been left: lines and tabs stay. JSON remains what it was. */
export function shownText(text: string): string {
  return text.replace(/[^\n\t]+/g, shown);
}

let isAsking = false;

type Asking = Pick<Call, "flags">;

/** Asks for a y, unless `--yes` said so before. */
export async function confirmed({ flags }: Asking, question: string): Promise<boolean> {
  return flags.yes === true || /^y(es)?$/i.test(await answerTo(flags, `${question} [y/N]`));
}

/** The same for what cannot be undone: `name` is what it takes away, and is typed, so that nobody says yes to another. */
export async function nameTyped({ flags }: Asking, effect: string, name: string): Promise<boolean> {
  if (flags.yes === true) return true;
  const typed = await answerTo(flags, `${effect}\nType ${shown(name)} to go on:`);
  return typed === name || typed === shown(name);
}

async function answerTo(flags: Call["flags"], question: string): Promise<string> {
  if (flags["no-input"] === true || process.env.QUORATE_NO_INPUT === "1")
    throw usage(`--yes is needed: nothing may be asked, and "${question}" would be`);
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw usage(`--yes is needed: there is no terminal at which to ask "${question}"`);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const stopped = new AbortController();
  isAsking = true;
  asking.once("SIGINT", () => stopped.abort());
  try {
    return (await asking.question(`${question} `, { signal: stopped.signal })).trim();
  } catch {
    throw refused("INTERRUPTED", { signal: "SIGINT", reason: "nothing was done" });
  } finally {
    isAsking = false;
    asking.close();
  }
}

/** Progress on stderr. A line that stands for the one before is written anew on a terminal; elsewhere each second where it changed. */
export class Progress {
  readonly #quiet: boolean;
  readonly #rewrites: boolean;
  #shown = "";
  #last = "";
  #writtenMs = Date.now();

  constructor(how: { readonly quiet: boolean; readonly plain: boolean }) {
    this.#quiet = how.quiet;
    this.#rewrites = !how.plain && process.stderr.isTTY === true && process.env.TERM !== "dumb";
  }

  /** What was told last, also where nobody was to hear it. */
  get last(): string {
    return this.#last;
  }

  show(line: string): void {
    this.#last = line;
    const isDue = Date.now() - this.#writtenMs >= PAUSE_MS || this.#shown === "";
    if (this.#rewrites) this.#write(`\r\u001b[2K${line.slice(0, Math.max(20, (process.stderr.columns ?? 80) - 1))}`);
    else if (line !== this.#shown && isDue) this.#write(`${line}\n`);
    else return;
    this.#shown = line;
  }

  /** A line that stays, above the one that is rewritten. */
  say(line: string): void {
    this.#write(this.#rewrites && this.#shown !== "" ? `\r\u001b[2K${line}\n` : `${line}\n`);
    this.#last = line;
  }

  /** Called now and then: where nothing was told for long, the last line is told again, or that `name` is still at work. */
  beat(name: string): void {
    if (isAsking || Date.now() - this.#writtenMs < HEARTBEAT_MS) return;
    this.#write(
      this.#rewrites && this.#shown !== "" ? "" : `${this.#shown === "" ? `${name}: still at work` : this.#last}\n`,
    );
  }

  end(): void {
    if (this.#rewrites && this.#shown !== "") this.#write("\n");
    this.#shown = "";
  }

  #write(text: string): void {
    if (!this.#quiet) process.stderr.write(text);
    this.#writtenMs = Date.now();
  }
}

const HEARTBEAT_MS = 10_000;
const PAUSE_MS = 1_000;
