// One run of a pattern, and short ways of writing it.
import type { Settings } from "../../support/trials.ts";

export type Run = {
  readonly pattern: string;
  readonly name: string;
  readonly set?: Settings;
  /** `ann:voter ben:voter` */
  readonly parties: string;
  /** One text a round: `ann: {"choice":"approve"}` a line. */
  readonly rounds: readonly string[];
  readonly gives: { readonly status: string; readonly [field: string]: unknown };
};

/** Everyone in turn says the next word as its choice; `-` is silence, and `a+b` says both. */
export function choices(parties: string, words: string): string {
  const said = words.split(" ");
  return parties
    .split(" ")
    .flatMap((party, index) => {
      const [id = ""] = party.split(":");
      const word = said[index] ?? "-";
      return word === "-" ? [] : word.split("+").map((choice) => `${id}: {"choice":"${choice}"}`);
    })
    .join("\n");
}

export function chosen(pattern: string, role: string, name: string, words: string, gives: Run["gives"]): Run {
  const count = words.split(" ").length;
  const parties = Array.from({ length: count }, (_, index) => `p${index}:${role}`).join(" ");
  return { pattern, name, parties, rounds: [choices(parties, words)], gives };
}

export const decided = (value: object) => ({ status: "decided", value });
export const abandoned = (cause: string) => ({ status: "abandoned", cause, value: null });
export const left = (index: number, code: string) => ({ index, code });
