// Completion of commands and flags, written for each shell from the registry: there is no other list of them.
import { GLOBAL } from "./find.ts";
import type { Command } from "./registry.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export function completionFor(shell: Shell, commands: readonly Command[]): string {
  return { bash, zsh, fish }[shell](commands);
}

const flagsOf = ({ flags }: Command) => Object.keys({ ...flags, ...GLOBAL }).map((name) => `--${name}`);

/** The words that may follow each beginning of a command: "" → all first words, "policy" → its verbs, "policy show" → its flags. */
function following(commands: readonly Command[]): ReadonlyMap<string, readonly string[]> {
  const after = new Map<string, Set<string>>();
  const add = (before: string, word: string) => after.set(before, (after.get(before) ?? new Set()).add(word));
  for (const command of commands) {
    const words = command.name.split(" ");
    for (const [index, word] of words.entries()) add(words.slice(0, index).join(" "), word);
    for (const flag of flagsOf(command)) add(command.name, flag);
  }
  return new Map([...after].sort().map(([before, words]) => [before, [...words].sort()]));
}

function bash(commands: readonly Command[]): string {
  const cases = [...following(commands)].map(([before, after]) => `    "${before}") words="${after.join(" ")}" ;;`);
  return `# quorate: completion for bash
_quorate() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words="" count
  # The longest beginning that something follows; what is no flag after it is a file.
  for count in 3 2 1 0; do
    [ "$count" -lt "$COMP_CWORD" ] && [ -z "$words" ] && _quorate_words "\${COMP_WORDS[*]:1:$count}"
  done
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  [ "\${#COMPREPLY[@]}" -eq 0 ] && mapfile -t COMPREPLY < <(compgen -f -- "$current")
  return 0
}
_quorate_words() {
  case "$1" in
${cases.join("\n")}
    *) words="" ;;
  esac
}
complete -F _quorate quorate
`;
}

function zsh(commands: readonly Command[]): string {
  const cases = [...following(commands)].map(([before, after]) => `    "${before}") reply=(${after.join(" ")}) ;;`);
  return `#compdef quorate
_quorate_words() {
  case "$1" in
${cases.join("\n")}
    *) reply=() ;;
  esac
}
_quorate() {
  local -a reply
  local count
  for count in 3 2 1 0; do
    (( count < CURRENT - 1 && ! \${#reply} )) && _quorate_words "\${(j: :)words[2,count+1]}"
  done
  compadd -- $reply || _files
}
compdef _quorate quorate
`;
}

function fish(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const abouts = new Map(commands.map(({ name, about }) => [name, about]));
  const lines = [...following(commands)].flatMap(([before, after]) =>
    after.map((word) => {
      const when = `__quorate_${word.startsWith("--") ? "within" : "after"} ${before}`.trimEnd();
      const about = abouts.get(`${before} ${word}`.trimStart());
      const offered = word.startsWith("--") ? `-l ${word.slice(2)}` : `-a ${word}`;
      return `complete -c quorate -n ${quoted(when)} ${offered}${about === undefined ? "" : ` -d ${quoted(about)}`}`;
    }),
  );
  return `# quorate: completion for fish
function __quorate_after
  set -l words (commandline -opc)
  test "$words[2..-1]" = "$argv"
end
function __quorate_within
  set -l words (commandline -opc)
  string match -q -- "$argv *" "$words[2..-1] "
end
${lines.join("\n")}
`;
}
