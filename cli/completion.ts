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
  const words = new Map<string, Set<string>>();
  const add = (before: string, word: string) => words.set(before, (words.get(before) ?? new Set()).add(word));
  for (const command of commands) {
    const [first = "", second] = command.name.split(" ");
    add("", first);
    if (second !== undefined) add(first, second);
    for (const flag of flagsOf(command)) add(command.name, flag);
  }
  return new Map([...words].sort().map(([before, after]) => [before, [...after].sort()]));
}

function bash(commands: readonly Command[]): string {
  const cases = [...following(commands)].map(([before, after]) => `    "${before}") words="${after.join(" ")}" ;;`);
  return `# quorate: completion for bash
_quorate() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words="" two="\${COMP_WORDS[*]:1:2}" one="\${COMP_WORDS[1]}"
  local before="$two"
  [ "$COMP_CWORD" -le 1 ] && before=""
  [ "$COMP_CWORD" -eq 2 ] && before="$one"
  _quorate_words "$before"
  [ -z "$words" ] && _quorate_words "$one"
  # What is no flag is a file.
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
  case $CURRENT in
    2) _quorate_words "" ;;
    3) _quorate_words "$words[2]" ;;
    *) _quorate_words "$words[2] $words[3]"; (( \${#reply} )) || _quorate_words "$words[2]" ;;
  esac
  compadd -- $reply || _files
}
compdef _quorate quorate
`;
}

function fish(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap((command) => {
    const [first = "", second] = command.name.split(" ");
    const about = quoted(command.about);
    const seen =
      second === undefined
        ? `__fish_seen_subcommand_from ${first}`
        : `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`;
    return [
      second === undefined
        ? `complete -c quorate -n __fish_use_subcommand -a ${first} -d ${about}`
        : `complete -c quorate -n ${quoted(`__fish_seen_subcommand_from ${first}`)} -a ${second} -d ${about}`,
      ...flagsOf(command).map((flag) => `complete -c quorate -n ${quoted(seen)} -l ${flag.slice(2)}`),
    ];
  });
  const rooms = [...new Set(commands.filter(({ name }) => name.includes(" ")).map(({ name }) => name.split(" ")[0]))];
  const first = rooms.map((room) => `complete -c quorate -n __fish_use_subcommand -a ${room}`);
  return `# quorate: completion for fish\n${[...first, ...lines].join("\n")}\n`;
}
