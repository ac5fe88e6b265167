// Rules about names of files and folders, and about what may lie at the top.
import { EMPTY_NAMES, TOP_LEVEL } from "../lists.ts";
import type { Rule } from "../source.ts";

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
/** Documents whose names are fixed by custom. */
const CAPITALS = /^[A-Z]+(-[A-Z]+)*\.md$/;

function judgePath(name: string, judge: (path: string, segments: readonly string[]) => string | null): Rule {
  return {
    name,
    check: ({ path }) => {
      const message = judge(path, path.split("/"));
      return message === null ? [] : [{ at: 0, message }];
    },
  };
}

const topLevel = judgePath("top-level", (_path, [top = ""]) =>
  top.startsWith(".") || TOP_LEVEL.includes(top) ? null : `${top} does not belong at the top`,
);

const emptyName = judgePath("empty-name", (_path, segments) => {
  const empty = segments.find((segment) => EMPTY_NAMES.includes(segment.split(".")[0] ?? ""));
  return empty === undefined ? null : `${empty} does not say what is inside`;
});

const kebabCase = judgePath("kebab-case", (_path, segments) => {
  if (segments.length === 1 || segments[0]?.startsWith(".")) return null;
  const odd = segments.find((segment) => !KEBAB.test(segment) && !CAPITALS.test(segment) && !segment.startsWith("."));
  return odd === undefined ? null : `${odd} is not in kebab-case`;
});

export const nameRules: readonly Rule[] = [topLevel, emptyName, kebabCase];
