// Completion as shells do it: every command and every flag, offered by the shells that this machine has (bash at the least).
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands.ts";
import { completionFor, SHELLS, type Shell } from "../../cli/completion.ts";
import { GLOBAL } from "../../cli/find.ts";
import { scratchFolder } from "../support/scratch.ts";

const { dir, remove } = scratchFolder("completion");
afterAll(remove);

/** Asks for each line by itself; answers what is offered, a line for each. */
const ASKING: Readonly<
  Record<Shell, { readonly options: readonly string[]; readonly ask: (words: readonly string[]) => string }>
> = {
  bash: {
    options: ["--norc"],
    ask: (words) =>
      `COMP_WORDS=(quorate ${quoted(words)}); COMP_CWORD=${words.length}; _quorate; echo "\${COMPREPLY[@]}"`,
  },
  zsh: {
    options: ["-f"],
    ask: (words) => `words=(quorate ${quoted(words)}); CURRENT=${words.length + 1}; _quorate`,
  },
  fish: {
    options: ["--no-config"],
    ask: (words) => `echo (complete -C ${quoted([`quorate ${words.join(" ")}`])} | string replace -r '\\t.*' '')`,
  },
};
/** What stands in for the parts of zsh that need a terminal. */
const ZSH = `compdef() { }; compadd() { shift; print -r -- "\${(@M)@:#\${words[CURRENT]}*}" }; _files() { print files }\n`;

const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(" ");
const installed = SHELLS.filter((shell) => spawnSync(shell, ["-c", "exit 0"]).status === 0);

function offered(shell: Shell, lines: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const file = join(dir, `quorate.${shell}`);
  writeFileSync(file, completionFor(shell, COMMANDS));
  const { options, ask } = ASKING[shell];
  const script = join(dir, `ask.${shell}`);
  writeFileSync(script, `${shell === "zsh" ? ZSH : ""}source ${file}\n${lines.map(ask).join("\n")}\n`);
  const said = execFileSync(shell, [...options, script], { encoding: "utf8", cwd: dir });
  return said
    .split("\n")
    .slice(0, lines.length)
    .map((line) => line.split(" "));
}

describe.each(installed)("completion in %s", (shell) => {
  it("offers each word of every command, and then every flag of it", () => {
    const words = COMMANDS.flatMap(({ name }) => {
      const all = name.split(" ");
      return all.map((word, index) => ({ before: all.slice(0, index), word }));
    });
    const nexts = offered(
      shell,
      words.map(({ before }) => [...before, ""]),
    );
    for (const [at, { before, word }] of words.entries())
      expect(nexts[at], [...before, word].join(" ")).toContain(word);
    const flags = offered(
      shell,
      COMMANDS.map(({ name }) => [...name.split(" "), "--"]),
    );
    for (const [at, command] of COMMANDS.entries())
      for (const flag of Object.keys({ ...command.flags, ...GLOBAL }))
        expect(flags[at], command.name).toContain(`--${flag}`);
  });

  it("offers what is begun, and nothing of another command", () => {
    const lines = [
      ["poli"],
      ["policy", "li"],
      ["policy", "lint", "--pa"],
      ["party", "nats", "re"],
      ["verify", "b.json", "--tr"],
    ];
    expect(offered(shell, lines)).toEqual([
      ["policy"],
      ["lint", "list"],
      ["--parties"],
      ["renew", "revoke"],
      ["--trust"],
    ]);
  });
});
