// What reaches a person at a terminal: another's words without anything that it would obey, a question, and a line that is written anew.
import { createInterface } from "node:readline/promises";
import { fault } from "../shared/result.ts";
import { usage } from "./files.ts";
import { EXIT, Refused } from "./registry.ts";

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

/** Asks for a y; where nobody can be asked, `flag` is what must be given instead. */
export async function confirmed(question: string, flag: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw usage(`${flag} is needed: there is no terminal at which to ask "${question}"`);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const stopped = new AbortController();
  asking.once("SIGINT", () => stopped.abort());
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `, { signal: stopped.signal })).trim());
  } catch {
    const reason = "nothing was signed";
    throw new Refused(fault("INTERRUPTED", { signal: "SIGINT", reason }).fault, EXIT.interrupted);
  } finally {
    asking.close();
  }
}

/** One line on stderr: written anew on a terminal; elsewhere a line of its own, each second where it changed and every ten where not. */
export class LiveLine {
  readonly #rewrites: boolean;
  #last = "";
  #writtenMs = 0;

  constructor(plain: boolean) {
    this.#rewrites = !plain && process.stderr.isTTY === true && process.env.TERM !== "dumb";
  }

  /** `nowMs` only paces the heartbeat. */
  show(line: string, nowMs: number): void {
    const width = Math.max(20, (process.stderr.columns ?? 80) - 1);
    if (this.#rewrites) process.stderr.write(`\r\u001b[2K${line.slice(0, width)}`);
    else if (nowMs - this.#writtenMs < (line === this.#last ? HEARTBEAT_MS : PAUSE_MS)) return;
    else process.stderr.write(`${line}\n`);
    this.#last = line;
    this.#writtenMs = nowMs;
  }

  /** A line that stays, above the one that is rewritten. */
  say(line: string): void {
    process.stderr.write(this.#rewrites ? `\r\u001b[2K${line}\n` : `${line}\n`);
  }

  end(): void {
    if (this.#rewrites && this.#last !== "") process.stderr.write("\n");
  }
}

const HEARTBEAT_MS = 10_000;
const PAUSE_MS = 1_000;
