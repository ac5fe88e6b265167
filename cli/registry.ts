// What a command is. The one registry (commands.ts) gives dispatch, help and the map for programs.
import type { ParseArgsOptionsConfig } from "node:util";
import { EXIT, exitOf } from "../shared/refusals/effects.ts";
import type { Refusal, RefusalCode } from "../shared/refusals.ts";
import type { Fault } from "../shared/result.ts";

export { EXIT };

/** Of a question that was judged. */
export const VERDICT_EXIT = { passed: EXIT.yes, failed: EXIT.no, indeterminate: EXIT.indeterminate } as const;

export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
export type Call = {
  readonly args: readonly string[];
  readonly flags: Flags;
  readonly output: "text" | "json" | "jsonl";
  /** A line of progress, for people: on stderr, or nowhere where they asked for quiet. */
  readonly say: (line: string) => void;
  /** How far it is: one line of progress that takes the place of the one before. */
  readonly show?: (line: string) => void;
  /** What is known before the answer: a line of `-o jsonl`, or `text` in text form; nothing in the form of one document. */
  readonly emit?: (item: object, text?: string) => void;
};

/** `data` is what goes to stdout: one JSON document, or in text form the lines that `text` makes of it. */
export type Answer = { readonly exit: number; readonly data?: unknown; readonly text?: string };

/** `--dry-run` of a command that writes files and does nothing else: all is done but that. */
export const WITHHOLDS = { type: "boolean", withholds: true } as const;

/** Of a command that asks before it does something. */
export const YES = { yes: { type: "boolean", short: "y" } } as const;
export const YES_INPUT = "--yes         without being asked; needed where there is no terminal, and under --no-input";

export type Command = {
  /** Words of the command, such as "evidence show". */
  readonly name: string;
  readonly usage: string;
  readonly about: string;
  readonly flags: ParseArgsOptionsConfig;
  /** What its files hold, line by line, for `help COMMAND`. */
  readonly input?: readonly string[];
  /** A call as one may write it, without `npm run -s quorate --`: there is no command without one. */
  readonly example: string;
  /** Stays up on purpose, and tells of itself: nobody need be told that it is still at work. */
  readonly stays?: true;
  readonly run: (call: Call) => Promise<Answer>;
};

/** A refusal on its way to the user. */
export class Refused extends Error {
  readonly fault: Fault;
  readonly exit: number;
  /** In the words of the agent that refused; null where they follow from the fault. */
  readonly told: Refusal | null;
  /** With another exit than the code's own where what was asked for makes it so. */
  constructor(fault: Fault, exit: number = exitOf(fault.code), told: Refusal | null = null) {
    super(fault.code);
    this.fault = fault;
    this.exit = exit;
    this.told = told;
  }
}

/** The refusal of that code. */
export function refused(code: RefusalCode, detail: Readonly<Record<string, unknown>> = {}): Refused {
  return new Refused({ code, detail });
}
