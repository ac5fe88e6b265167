// `errors`: what a code of a refusal says, offline. Words in angle brackets are filled in where it is met.
import { exitOf, isRetryable, statusOf } from "../../shared/refusals/effects.ts";
import { REFUSALS, type RefusalCode, refusalClass, textOf } from "../../shared/refusals.ts";
import { type Answer, type Command, EXIT, refused } from "../registry.ts";

export const errors: Command = {
  name: "errors",
  usage: "errors [CODE]",
  about: "what a code of a refusal says: what happened, why, and what to do; all codes without one",
  flags: {},
  input: [
    "CODE      as a refusal shows it, in letters of either case",
    "answer    with the exit code of a command that ends so, the HTTP status that an agent answers, and whether the same may succeed later",
  ],
  example: "errors TIME_SPLIT",
  run: async ({ args: [given] }) => (given === undefined ? allCodes() : oneCode(given.toUpperCase())),
};

const codes = Object.keys(REFUSALS).sort() as readonly RefusalCode[];

function allCodes(): Answer {
  const data = codes.map(entry);
  return { exit: EXIT.yes, data, text: data.map(({ code, what }) => `${code.padEnd(28)} ${what}`).join("\n") };
}

function oneCode(code: string): Answer {
  const known = codes.find((each) => each === code);
  if (known === undefined) throw refused("NOT_FOUND", { thing: `code ${code}` });
  const data = entry(known);
  const effects = `exit ${data.exit}, status ${data.status}, ${data.retryable ? "may succeed later as it is" : "not to be sent again as it is"}`;
  const text = [
    `${known}  (${data.class}: ${effects})`,
    `  what  ${data.what}`,
    `  why   ${data.why}`,
    `  do    ${data.do}`,
  ];
  return { exit: EXIT.yes, data, text: text.join("\n") };
}

function entry(code: RefusalCode) {
  const effects = {
    class: refusalClass(code),
    status: statusOf(code),
    exit: exitOf(code),
    retryable: isRetryable(code),
  };
  return { code, ...effects, ...textOf(code) };
}
