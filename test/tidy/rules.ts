// Every tidy rule, and the one way to run them: findings come back as lines that an editor can jump to.
import { importRules } from "./rules/imports.ts";
import { nameRules } from "./rules/names.ts";
import { outwardRules } from "./rules/outward.ts";
import { purityRules } from "./rules/purity.ts";
import { shapeRules } from "./rules/shape.ts";
import { testRules } from "./rules/tests.ts";
import { textRules } from "./rules/text.ts";
import { lineOf, type Rule, type Source, toSource } from "./source.ts";

export const RULES: readonly Rule[] = [
  ...importRules,
  ...purityRules,
  ...shapeRules,
  ...testRules,
  ...textRules,
  ...nameRules,
  ...outwardRules,
];

/** `path:line rule message`, one per finding. */
export function findings(sources: readonly Source[], rules: readonly Rule[] = RULES): string[] {
  const lines = sources.flatMap((source) =>
    rules.flatMap(({ name, check }) =>
      check(source).map(({ at, message }) => `${source.path}:${lineOf(source.text, at)} ${name} ${message}`),
    ),
  );
  return [...new Set(lines)];
}

/** The names of the rules that a file of this text would break. */
export function rulesBroken(path: string, text: string): string[] {
  const source = toSource(path, text);
  return RULES.filter(({ check }) => check(source).length > 0).map(({ name }) => name);
}
