// Help, for people and as a map for programs.
import type { ParseArgsOptionsConfig } from "node:util";
import { GLOBAL, PROGRAM } from "./find.ts";
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
    "every command takes:",
    ...globalFlags().map(([flag, about]) => `  ${flag.padEnd(26)} ${about}`),
    `${PROGRAM} help COMMAND says more`,
    `exit codes: ${EXITS.map(([code, meaning]) => `${code} ${meaning}`).join(", ")}`,
  ];
  const data = { commands: commands.map(described), every: typesOf(GLOBAL), exits: Object.fromEntries(EXITS) };
  return { exit: 0, data, text: text.join("\n") };
}

export function helpOn(command: Command): Answer {
  const { usage, about, input = [], example } = command;
  const text = [
    `${PROGRAM} ${usage}`,
    `  ${about}`,
    ...input.map((line) => `  ${line}`),
    `  flags: ${[...spelt(command.flags), ...spelt(GLOBAL)].join(" ")}`,
    `  example: ${PROGRAM} ${example}`,
  ];
  return { exit: 0, data: described(command), text: text.join("\n") };
}

/** Every flag that all commands take, as it is written, and what it does. */
export function globalFlags(): readonly (readonly [string, string])[] {
  return Object.values(GLOBAL).map(({ about }, index) => [spelt(GLOBAL)[index] as string, about]);
}

function spelt(flags: ParseArgsOptionsConfig): readonly string[] {
  return Object.entries(flags).map(([name, { type, short, ...more }]) => {
    const value = "value" in more ? ` ${more.value}` : type === "string" ? " …" : "";
    return `${short === undefined ? "" : `-${short}, `}--${name}${value}`;
  });
}

function described({ name, usage, about, flags, input = [], example }: Command): object {
  return { name, usage, about, flags: typesOf(flags), input, example: `${PROGRAM} ${example}` };
}

function typesOf(flags: ParseArgsOptionsConfig): object {
  return Object.fromEntries(Object.entries(flags).map(([flag, { type, multiple }]) => [flag, { type, multiple }]));
}
