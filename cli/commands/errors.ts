// `errors`: what a code of a refusal says, offline. Words in angle brackets are filled in where it is met.
import { REFUSALS, type RefusalCode, refusalClass } from "../../shared/refusals.ts";
import { fault } from "../../shared/result.ts";
import { type Answer, type Command, EXIT, Refused } from "../registry.ts";

export const errors: Command = {
  name: "errors",
  usage: "errors [CODE]",
  about: "what a code of a refusal says: what happened, why, and what to do; all codes without one",
  flags: {},
  input: ["CODE      as a refusal shows it, in letters of either case"],
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
  if (known === undefined) throw new Refused(fault("NOT_FOUND", { thing: `code ${code}` }).fault, EXIT.absent);
  const data = entry(known);
  const text = [`${known}  (${data.class})`, `  what  ${data.what}`, `  why   ${data.why}`, `  do    ${data.do}`];
  return { exit: EXIT.yes, data, text: text.join("\n") };
}

function entry(code: RefusalCode) {
  const { what, why, do: remedy } = REFUSALS[code];
  const open = (text: string) => text.replace(/\{(\w+)(?::instant)?\}/g, "<$1>");
  return { code, class: refusalClass(code), what: open(what), why: open(why), do: open(remedy) };
}
