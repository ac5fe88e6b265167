// Help, for people and as a map for programs.
import { PROGRAM } from "./find.ts";
import type { Answer, Command } from "./registry.ts";

/** Exit codes and what they mean. */
export const EXITS: readonly (readonly [number, string])[] = [
  [0, "yes, done"],
  [1, "an unexpected error: a bug"],
  [2, "a plan has changes"],
  [3, "cannot tell"],
  [4, "key or permission"],
  [5, "a definite no"],
  [6, "stopped on purpose"],
  [7, "not found"],
  [8, "pending"],
  [9, "unreachable"],
  [64, "usage"],
  [130, "interrupted"],
];

export function helpOnAll(commands: readonly Command[]): Answer {
  const rows = commands.map(({ usage, about }) => `  ${usage}\n      ${about}`);
  const text = [
    "quorate: independent organisations reach one attributable outcome",
    "",
    `${PROGRAM} COMMAND`,
    "",
    ...rows,
    "",
    `every command takes -o text|json|jsonl, -q (no progress) and --offline (any socket is refused; or set QUORATE_OFFLINE=1);`,
    `${PROGRAM} help COMMAND says more`,
    `exit codes: ${EXITS.map(([code, meaning]) => `${code} ${meaning}`).join(", ")}`,
  ];
  const data = { commands: commands.map(described), exits: Object.fromEntries(EXITS) };
  return { exit: 0, data, text: text.join("\n") };
}

export function helpOn(command: Command): Answer {
  const { usage, about, input = [], example } = command;
  const flags = Object.entries(command.flags).map(([name, { type }]) =>
    type === "string" ? `--${name} …` : `--${name}`,
  );
  const text = [
    `${PROGRAM} ${usage}`,
    `  ${about}`,
    ...input.map((line) => `  ${line}`),
    `  flags: ${[...flags, "-o text|json|jsonl", "-q", "--offline"].join(" ")}`,
    `  example: ${PROGRAM} ${example}`,
  ];
  return { exit: 0, data: described(command), text: text.join("\n") };
}

function described({ name, usage, about, flags, input = [], example }: Command): object {
  const types = Object.fromEntries(
    Object.entries(flags).map(([flag, { type, multiple }]) => [flag, { type, multiple }]),
  );
  return { name, usage, about, flags: types, input, example: `${PROGRAM} ${example}` };
}
