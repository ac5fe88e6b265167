// Style is a test: every rule of test/tidy runs over every file that git would carry.
import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findings, RULES } from "./tidy/rules.ts";
import { type Source, toSource } from "./tidy/source.ts";

const repository = join(import.meta.dirname, "..");

function sources(): Source[] {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], {
    cwd: repository,
    encoding: "utf8",
  });
  return listed
    .split("\0")
    .filter((path) => path !== "" && isFile(join(repository, path)))
    .map((path) => toSource(path, readFileSync(join(repository, path), "utf8")));
}

/** Listed files may just have been removed from the work tree. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

const files = sources();

describe("tidy", () => {
  it("reads the whole repository", () => {
    expect(files.map(({ path }) => path)).toContain("test/tidy.test.ts");
    expect(files.map(({ path }) => path)).toContain("package.json");
  });

  it.each(RULES.map((rule) => [rule.name, rule] as const))("%s", (_name, rule) => {
    expect(findings(files, [rule])).toEqual([]);
  });
});
