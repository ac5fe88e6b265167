// The README's snippets are run, so that they cannot go stale: the commands by the stack tests and CI, the rest here.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildSdk } from "../cli/stack/sdk.ts";
import { bundleOf, bytesOf, finishedApproval, trustIn } from "./support/evidence.ts";
import type { Agent } from "./support/network.ts";
import { testParties } from "./support/parties.ts";
import { scratchFolder } from "./support/scratch.ts";

const root = new URL("..", import.meta.url).pathname;
const readme = readFileSync(`${root}README.md`, "utf8");
const scripts = (JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { scripts: Record<string, string> })
  .scripts;
const snippets = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, body]) => (body as string).trim());

describe("the README", () => {
  it("names only npm scripts that exist", () => {
    const named = [...readme.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map(([, name]) => name as string);
    expect(named.length).toBeGreaterThan(4);
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  it("has scripts that run files that exist", () => {
    const files = Object.values(scripts).flatMap((line) => [...line.matchAll(/[\w/.-]+\.ts\b/g)].map(([file]) => file));
    expect(files).toContain("cli/main.ts");
    for (const file of files) expect(existsSync(`${root}${file}`), file).toBe(true);
  });

  it("gives one line for the demo and one for the tests", () => {
    expect(snippets).toContain("npm ci --loglevel=error && npm run demo");
    expect(snippets).toContain("npm ci --loglevel=error && npm test");
  });

  it("shows a policy command that prints the policy", () => {
    const [line] = snippets.filter((snippet) => snippet.includes("policy show"));
    const words = (line as string).split(" -- ")[1]?.split(" ") ?? [];
    const shown = JSON.parse(
      execFileSync(process.execPath, [`${root}cli/main.ts`, ...words], { encoding: "utf8" }),
    ) as { id: string };
    expect(shown.id).toBe("approval");
  });

  it("makes parties that recognise each other, step by step as it is written", () => {
    const { dir, remove } = scratchFolder("readme");
    const steps = snippets.filter((snippet) => snippet.includes("-- party "));
    const quorate = (line: string) => {
      const words = line.split(" -- ")[1]?.split(" ") ?? [];
      return execFileSync(process.execPath, [`${root}cli/main.ts`, ...words], { encoding: "utf8", cwd: dir });
    };
    try {
      const [init, add, nats] = steps as [string, string, string];
      for (const name of ["acme", "bolt", "crux"]) quorate(init.replace("acme", name));
      expect(quorate(add)).toContain("recognised");
      quorate(nats);
      const { partners } = JSON.parse(readFileSync(`${dir}/acme/party.json`, "utf8")) as {
        partners: { name: string }[];
      };
      expect(partners.map(({ name }) => name)).toEqual(["bolt", "crux"]);
      const named = [...readme.matchAll(/\b((?:acme|hub)\/[\w.-]+\.json)\b/g)].map(([, path]) => path as string);
      expect(named.length).toBeGreaterThan(3);
      for (const path of named) expect(existsSync(`${dir}/${path}`), path).toBe(true);
    } finally {
      remove();
    }
  }, 60_000);

  it("verifies evidence in five lines", async () => {
    const { dir, remove } = scratchFolder("readme-sdk", `${root}dist`);
    const [program] = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, body]) => body as string);
    try {
      expect(program?.trim().split("\n")).toHaveLength(5);
      await buildSdk({ types: false });
      writeFileSync(`${dir}/use.mjs`, program as string);
      writeFileSync(`${dir}/evidence.json`, bytesOf(bundleOf(finishedApproval(4).agents[0] as Agent)));
      writeFileSync(`${dir}/trust.json`, JSON.stringify(trustIn(testParties(4))));
      const said = execFileSync(process.execPath, ["use.mjs"], { cwd: dir, encoding: "utf8" });
      expect(said).toMatch(/^passed \{ choice: 'approve'/);
      writeFileSync(`${dir}/trust.json`, JSON.stringify(trustIn(testParties(3))));
      const untrusted = execFileSync(process.execPath, ["use.mjs"], { cwd: dir, encoding: "utf8" });
      expect(untrusted).toBe("indeterminate undefined [ 'TRUST_MISSING' ]\n");
    } finally {
      remove();
    }
  });

  it("names only files that exist", () => {
    for (const [, path] of readme.matchAll(/`((?:shared|durable|functions|cli|test)\/[\w./-]+)`/g))
      expect(readFileSync.bind(null, `${root}${path}`), path).not.toThrow(/ENOENT/);
  });
});
