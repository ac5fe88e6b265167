// What every command owes: an example, a line of help, one JSON document on stdout where nobody is at the terminal and nothing was ever set
// up, an exit code of the table; and completion, reference and the offline guard that follow from the registry alone.
import { execFileSync, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { COMMANDS } from "../../cli/commands.ts";
import { applySteps } from "../../cli/deploy/apply.ts";
import { documents } from "../../cli/documents.ts";
import { findCommand, readCall } from "../../cli/find.ts";
import { EXITS } from "../../cli/help.ts";
import { goOffline, reachOut } from "../../cli/offline.ts";
import { EXIT, WITHHOLDS } from "../../cli/registry.ts";
import { findNatsServer } from "../../cli/stack/nats-binary.ts";
import { REFUSALS } from "../../shared/refusals.ts";
import { answered } from "../support/answered.ts";
import { bundleOf, bytesOf, finishedApproval, trustIn } from "../support/evidence.ts";
import type { Agent } from "../support/network.ts";
import { testParties } from "../support/parties.ts";
import { scratchFolder } from "../support/scratch.ts";

const root = new URL("../..", import.meta.url).pathname;
const main = join(root, "cli", "main.ts");
/** They start servers or builds, or stay up: their own tests run them. */
const LONG = ["demo", "dev", "build", "deploy", "simulate"];
const short = COMMANDS.filter(({ name }) => !LONG.includes(name));
const { dir, remove } = scratchFolder("first-run");
const here = process.cwd();

beforeAll(() => {
  process.chdir(dir);
  vi.stubEnv("HOME", dir);
});
afterAll(() => {
  vi.unstubAllEnvs();
  process.chdir(here);
  remove();
});

/** No agent runs here. */
const AWAY = ["UNREACHABLE", "OFFLINE_VIOLATION"];
/** They answer a line for each line that they read, whatever the form. */
const isLines = (name: string) => /^(cbor|signature) check$/.test(name);

type Told = { readonly code: string; readonly why: string };
const asRefusal = (exit: number, document: unknown): Told | null =>
  exit !== EXIT.yes && ["code", "what", "why", "do"].every((key) => key in Object(document))
    ? (document as Told)
    : null;

/** What a line is answered with, offline, with nobody at the terminal: one document, and an exit code of the table. */
async function oneDocument(words: readonly string[]): Promise<{ readonly exit: number; readonly document: unknown }> {
  const line = words.join(" ");
  const { exit, stdout } = await answered(...words, "-o", "json", "--offline");
  expect(
    EXITS.map(([code]) => code),
    line,
  ).toContain(exit);
  expect(exit, line).not.toBe(EXIT.bug);
  const lines = stdout.trimEnd().split("\n");
  const documents = isLines(words.slice(0, 2).join(" ")) ? lines : [stdout];
  const parsed = documents.map((document) => JSON.parse(document));
  return { exit, document: parsed[0] };
}

/** What the examples name: what ships, a demo that has run, a policy, and partners. */
async function furnish(): Promise<void> {
  for (const made of ["acme", "hub", "reference"]) rmSync(made, { recursive: true, force: true });
  mkdirSync("cli");
  symlinkSync(join(root, "cli", "examples"), join("cli", "examples"));
  mkdirSync(join(".quorate", "demo"), { recursive: true });
  const file = (name: string) => join(".quorate", "demo", `approval.${name}.json`);
  writeFileSync(file("evidence"), bytesOf(bundleOf(finishedApproval(3).agents[0] as Agent)));
  writeFileSync(file("trust"), JSON.stringify(trustIn(testParties(3))));
  writeFileSync("policy.json", (await answered("policy", "show", "approval")).stdout);
  for (const name of ["bolt", "crux"]) await answered("party", "init", name, "--mesh", "release-board");
}

/** What a reader of the examples has done by then. */
async function before(name: string): Promise<void> {
  if (name === "party device") await answered("party", "add", "--yes", "acme", "bolt/card.json", "crux/card.json");
  if (name !== "party nats renew") return;
  rmSync("hub", { recursive: true });
  await answered(..."party nats --operator --dir hub --url wss://nats.example.org acme bolt crux".split(" "));
}

/** As a shell splits a line. */
const wordsIn = (line: string) => (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ""));

describe("every command", () => {
  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    "%s has an example that can be read",
    (name, command) => {
      const { command: found, rest } = findCommand(COMMANDS, wordsIn(command.example));
      expect(found.name).toBe(name);
      expect(readCall(found, rest).wantsHelp).toBe(false);
    },
  );

  it("is answered by one JSON document and an exit code of the table, by its example and by nothing", async () => {
    for (const { name, example } of short)
      for (const words of [wordsIn(example), name.split(" ")]) {
        if (isLines(name) && words.length === 2) continue; // it would read this process's own stdin
        const { exit, document } = await oneDocument(words);
        const refusal = asRefusal(exit, document);
        if (refusal !== null) expect(Object.keys(REFUSALS), words.join(" ")).toContain(refusal.code);
        else expect([EXIT.yes, EXIT.changes], words.join(" ")).toContain(exit);
      }
    const made = ["reference", "acme", "hub", ".quorate"];
    expect(readdirSync(dir).filter((entry) => !made.includes(entry))).toEqual([]);
  });

  it("refuses a flag that it does not take, in the form asked for, and names its own help", async () => {
    for (const { name } of COMMANDS) {
      const { exit, document } = await oneDocument([...name.split(" "), "--nonsense"]);
      expect([exit, document], name).toMatchObject([
        EXIT.usage,
        { code: "USAGE", do: expect.stringContaining(`help ${name}`) },
      ]);
    }
  });

  it("gives lines of JSON where lines are asked for", async () => {
    for (const { example } of short) {
      const { stdout } = await answered(...wordsIn(example), "-o", "jsonl", "--offline");
      for (const line of stdout.trimEnd().split("\n")) expect(JSON.parse(line), example).toBeTypeOf("object");
    }
  });

  it("does what its example says where its files are there; without them the refusal names what is missing", async () => {
    await furnish();
    const done: string[] = [];
    for (const { name, example } of short) {
      await before(name);
      const { exit, document } = await oneDocument(wordsIn(example));
      const refusal = asRefusal(exit, document);
      const named = /\b[A-Z]{2,}\b/.test(example.replace(/'[^']*'/g, "")) ? ["USAGE"] : ["FILE_UNREADABLE"];
      if (refusal !== null) expect([...named, ...AWAY], `${example}: ${refusal.why}`).toContain(refusal.code);
      else expect([EXIT.yes, EXIT.changes], example).toContain(exit);
      if (refusal === null) done.push(name);
    }
    expect(done.length, done.join(", ")).toBeGreaterThan(35);
  });
});

describe("--dry-run", () => {
  const tree = () =>
    readdirSync(dir, { recursive: true, encoding: "utf8" })
      .filter((path) => statSync(path).isFile())
      .map((path) => [path, readFileSync(path, "latin1")]);

  it("does all but write, where a command writes files and does nothing else", async () => {
    const writers = COMMANDS.filter(({ flags }) => flags["dry-run"] === WITHHOLDS);
    const clauses = { authority: "acme", clauses: [{ id: "C1", effect: "permit", value: "radio" }], admits: [] };
    writeFileSync("clauses.json", JSON.stringify(clauses));
    writeFileSync("rule.json", JSON.stringify({ issuers: ["acme"], needed: 1 }));
    const before = tree();
    const done: string[] = [];
    for (const { name, example } of writers) {
      const { exit, document } = await oneDocument([...wordsIn(example), "--dry-run"]);
      if (exit === EXIT.yes) done.push(name);
      if (exit === EXIT.yes) expect(document, name).toMatchObject({ dryRun: true });
    }
    expect(done).toEqual(expect.arrayContaining(["source sign", "party device", "party revoke", "party rotate"]));
    expect(tree()).toEqual(before);
    const { stderr } = await answered("party", "revoke", "acme", "--dry-run");
    expect(stderr).toMatch(/dry run: acme\/revocation-[0-9a-f]{8}\.json is not written/);
  });
});

describe("the reference", () => {
  it("tells in the README the exit codes that there are", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8").replace(/\s+/g, " ");
    const [, told = ""] = /Exit codes: ([^.]*)\./.exec(readme) ?? [];
    expect(told.split(", ").map((each) => Number.parseInt(each, 10))).toEqual(EXITS.map(([code]) => code));
  });

  it("has a page for every command, exit code and refusal", () => {
    const pages = documents(COMMANDS);
    for (const { name, example } of COMMANDS) {
      expect(pages["commands.md"]).toContain(`## ${name}\n`);
      expect(pages["commands.md"]).toContain(example);
    }
    for (const [code, meaning] of EXITS) expect(pages["exit-codes.md"]).toContain(`| ${code} | ${meaning} |`);
    for (const code of Object.keys(REFUSALS)) expect(pages["errors.md"]).toContain(`## ${code}\n`);
    expect(pages["errors.md"]).not.toMatch(/\{\w+\}/);
  });
});

describe("--offline", () => {
  it("refuses any socket, also one whose failure is swallowed, and lets go afterwards", async () => {
    const guard = goOffline();
    const swallowed = await fetch("http://example.test:8123/").catch(() => "swallowed");
    expect([swallowed, guard.attempt()]).toEqual(["swallowed", "example.test:8123"]);
    expect(() => createServer().listen(0)).toThrow("offline");
    expect(() => createSocket("udp4").send("x", 9, "127.0.0.1")).toThrow("offline");
    guard.lift();
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    server.close();
    expect(server.listening).toBe(false);
  });

  it("holds for programs that would reach out by themselves", async () => {
    const guard = goOffline();
    const step = { what: "worker", words: ["deploy"] };
    await expect(applySteps([step], () => undefined)).rejects.toThrow("offline");
    expect(guard.attempt()).toBe("Cloudflare, by wrangler");
    const nowhere = { path: "", standard: [], cache: dir, root: false, say: () => undefined };
    await expect(findNatsServer(nowhere)).rejects.toThrow("offline");
    guard.lift();
    expect(reachOut("anywhere")).toBeUndefined();
  });

  it("ends a command that asks an agent, and not one that reads files", async () => {
    const ask = ["evidence", "export", "ab".repeat(32), "--url", "http://127.0.0.1:8123", "-o", "json", "--offline"];
    const asked = await answered(...ask);
    expect([asked.exit, JSON.parse(asked.stdout).code]).toEqual([6, "OFFLINE_VIOLATION"]);
    expect((await answered("policy", "list", "-o", "json", "--offline")).exit).toBe(0);
  });

  it("lets evidence be verified where there is no network at all", () => {
    const without = spawnSync("unshare", ["-rn", "true"]).status === 0 ? ["unshare", "-rn"] : [];
    writeFileSync("evidence.json", bytesOf(bundleOf(finishedApproval(3).agents[0] as Agent)));
    writeFileSync("trust.json", JSON.stringify(trustIn(testParties(3))));
    const verify = ["verify", "evidence.json", "--trust", "trust.json", "-o", "json", "--offline"];
    const [program, ...words] = [...without, process.execPath, main, ...verify];
    const said = execFileSync(program as string, words, { encoding: "utf8" });
    expect(JSON.parse(said)).toMatchObject({ verdict: "passed", network: 0 });
  });
});

describe("the program", () => {
  it("says in its first line that a Node is too old", () => {
    const old = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.20.2"})';
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", old, join(root, "cli", "quorate.js"), "version"],
      { encoding: "utf8" },
    );
    expect([status, stderr.split("\n")[0]]).toEqual([
      64,
      expect.stringContaining("needs Node 22.18 or newer, and this is 20.20.2"),
    ]);
    const now = spawnSync(process.execPath, [join(root, "cli", "quorate.js"), "--version"], { encoding: "utf8" });
    expect([now.status, now.stdout.trim()]).toEqual([
      0,
      JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version,
    ]);
  });
});
