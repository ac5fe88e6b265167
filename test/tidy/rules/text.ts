// Rules about text: nothing left open, no checker silenced, nothing that is true of one machine only, no empty documents.
import { DOCUMENT_LINES_MIN } from "../lists.ts";
import { type Complaint, type Rule, type Source, withoutLiterals } from "../source.ts";

function matches(text: string, pattern: RegExp, message: (found: string) => string): Complaint[] {
  return Array.from(text.matchAll(pattern), (match) => ({ at: match.index, message: message(match[0]) }));
}

/** Code and comments; for other files the whole text. */
function proseOf(source: Source): string {
  return source.program === null ? source.text : withoutLiterals(source);
}

const leftOpen: Rule = {
  name: "left-open",
  check: (source) => matches(proseOf(source), /\b(TODO|FIXME|XXX|HACK)\b/g, (word) => `${word}: do it, or file it`),
};

const silenced: Rule = {
  name: "silenced",
  check: (source) => {
    // A test may show that a misuse does not compile, which is what expect-error is for.
    const pattern = source.room === "test" ? /@ts-(ignore|nocheck)\b/g : /@ts-(ignore|nocheck|expect-error)\b/g;
    return source.program === null
      ? []
      : matches(proseOf(source), pattern, (word) => `${word} switches the checker off`);
  },
};

/** Folders of a build machine and home folders. */
const MACHINE_PATH = /(?<![\w.~@:/-])\/(?:work|root|home\/[a-z]\w*|Users\/[A-Za-z]\w*)\//g;
/** Hosts that packages are fetched from, in an address or (where the name is plain) bare. */
const REGISTRY_HOST =
  /\/\/[^/\s"'`]*\b(?:registry|npm(?:js)?|pypi|nexus|verdaccio|artifactory)\b[^/\s"'`]*|\bregistry\.[a-z0-9-]+\.(?:org|com|net|io|dev)\b/gi;

const machine: Rule = {
  name: "machine",
  check: (source) => [
    ...matches(source.text, MACHINE_PATH, (path) => `${path} exists on one machine only`),
    ...matches(source.text, REGISTRY_HOST, (host) => `${host} names a package registry`),
  ],
};

const emptyDocument: Rule = {
  name: "empty-document",
  check: (source) => {
    if (!source.path.endsWith(".md")) return [];
    const lines = source.text.trimEnd().split("\n").length;
    return lines >= DOCUMENT_LINES_MIN ? [] : [{ at: 0, message: `${lines} lines say nothing; write it or drop it` }];
  },
};

export const textRules: readonly Rule[] = [leftOpen, silenced, machine, emptyDocument];
