// Running a command of the registry in this process: its answer, or the refusal that a user would see.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { COMMANDS } from "../../cli/commands.ts";
import { findCommand } from "../../cli/find.ts";
import { type Answer, type Flags, Refused } from "../../cli/registry.ts";
import { describeRefusal, type Refusal } from "../../shared/refusals.ts";
import type { Fault } from "../../shared/result.ts";

export type Answered = {
  readonly exit: number;
  readonly data: unknown;
  readonly text: string;
  readonly refusal: Refusal | null;
};

type Word = string | object;

/** `words` as on the command line, without `quorate`; a word that is a document is written to a file and its path given instead. */
export async function run(...words: readonly Word[]): Promise<Answered> {
  const answer = await ended(words);
  return answer instanceof Refused
    ? { exit: answer.exit, data: null, text: "", refusal: answer.told ?? describeRefusal(answer.fault) }
    : shown(answer);
}

/** The fault that a command ends in; null where it answers. */
export async function refusedBy(...words: readonly Word[]): Promise<Fault | null> {
  const answer = await ended(words);
  return answer instanceof Refused ? answer.fault : null;
}

async function ended(words: readonly Word[]): Promise<Answer | Refused> {
  const dir = mkdtempSync(join(tmpdir(), "quorate-command-"));
  const given = words.map((word, index) => {
    if (typeof word === "string") return word;
    const path = join(dir, `${index}.json`);
    writeFileSync(path, word instanceof Uint8Array ? word : JSON.stringify(word));
    return path;
  });
  try {
    const { command, rest } = findCommand(COMMANDS, given);
    const { values, positionals } = parseArgs({ args: [...rest], options: command.flags, allowPositionals: true });
    const flags = values as Flags;
    const call = { args: positionals, flags, output: "json", say: () => undefined } as const;
    return await command.run(call);
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function shown({ exit, data = null, text = "" }: Answer): Answered {
  return { exit, data, text, refusal: null };
}
