// The command line itself: global options, words that are refused, help, and stdout that carries one document only.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands.ts";
import { findCommand, optionsLast, outputOf, readCall, wordsTaken } from "../../cli/find.ts";
import { helpOn, helpOnAll } from "../../cli/help.ts";
import { Refused } from "../../cli/registry.ts";
import { run } from "../support/command.ts";

const root = new URL("../..", import.meta.url).pathname;
const commandOf = (line: string) => findCommand(COMMANDS, line.split(" ")).command;

function reasonFor(line: string): string {
  try {
    const { command, rest } = findCommand(COMMANDS, line.split(" "));
    readCall(command, rest);
    return "";
  } catch (error) {
    return error instanceof Refused ? `${error.exit} ${error.fault.detail.reason}` : String(error);
  }
}

describe("reading a line", () => {
  it("finds the form of the answer however it is written", () => {
    const lines = [
      "-o json x",
      "x --output=jsonl",
      "x -ojson",
      "x --output json",
      "x json",
      "x -- -o json",
      "x -o yaml",
    ];
    expect(lines.map((line) => outputOf(line.split(" ")))).toEqual([
      "json",
      "jsonl",
      "json",
      "json",
      "text",
      "text",
      "text",
    ]);
  });

  it("takes global options before the command", () => {
    expect(optionsLast(["-o", "json", "verify", "f"])).toEqual(["verify", "f", "-o", "json"]);
  });

  it("knows how many words each command takes", () => {
    const counts = [
      "verify",
      "explain",
      "evidence export",
      "policy show",
      "policy list",
      "demo",
      "decide",
      "simulate",
    ].map((name) => wordsTaken(commandOf(name)));
    expect(counts).toEqual([1, 2, 1, 1, 0, 0, 0, 0]);
  });

  it.each([
    ["verify a b --trust t", '64 verify does not take the word "b"'],
    ["demo surplus", '64 demo does not take the word "surplus"'],
    ["evidence", "64 evidence needs a verb: evidence show, evidence export, evidence prove, evidence included"],
    [
      "evidence burn",
      "64 there is no command evidence burn; there is evidence show, evidence export, evidence prove, evidence included",
    ],
    ["watch 22986fb42965", "64 there is no command watch; there is ceremony watch"],
    ["verfy x", "64 there is no command verfy; did you mean verify?"],
    ["policy lint x -o yaml", "64 -o takes text, json or jsonl"],
  ])("refuses %s", (line, reason) => expect(reasonFor(line)).toBe(reason));
});

describe("the process", () => {
  it("answers a line it cannot read in the form asked for", { timeout: 60_000 }, () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [`${root}cli/main.ts`, "-o", "jsonl", "verify", "--nonsense"],
      {
        encoding: "utf8",
      },
    );
    expect(status).toBe(64);
    expect(JSON.parse(stdout)).toMatchObject({
      code: "USAGE",
      do: expect.stringContaining("npm run -s quorate -- help verify"),
    });
  });

  it("gives help as data", () => {
    expect(helpOn(commandOf("verify"))).toMatchObject({
      data: { name: "verify", example: expect.stringContaining("npm run -s quorate -- verify") },
      text: expect.stringContaining("--trust"),
    });
    expect(helpOnAll(COMMANDS).text).toMatch(/1 an unexpected error.*130 interrupted/);
  });

  it("prints nothing but the document under npm run", { timeout: 60_000 }, () => {
    const npm = spawnSync("npm", ["run", "demo", "--", "--list", "-o", "json"], { cwd: root, encoding: "utf8" });
    expect(JSON.parse(npm.stdout)).toContainEqual(expect.objectContaining({ name: "approval" }));
    const refused = spawnSync("npm", ["run", "quorate", "--", "nonsense", "-o", "json"], {
      cwd: root,
      encoding: "utf8",
    });
    expect([refused.status, JSON.parse(refused.stdout).code]).toEqual([64, "USAGE"]);
  });

  it("ends quietly where its reader has seen enough", () => {
    const line = `"${process.execPath}" cli/main.ts policy schema | true`;
    const { stderr, stdout } = spawnSync("sh", ["-c", line], { cwd: root, encoding: "utf8" });
    expect([stdout, stderr]).toEqual(["", ""]);
  });
});

describe("evidence export", () => {
  it("refuses what is no URL, what does not answer, and an id that is none", async () => {
    const id = "ab".repeat(32);
    const answers = [
      await run("evidence", "export", id, "--url", "notaurl"),
      await run("evidence", "export", "nothing", "--url", "http://127.0.0.1:9"),
      await run("evidence", "export", id, "--url", "http://127.0.0.1:9"),
    ];
    expect(answers.map(({ exit, refusal }) => [exit, refusal?.code])).toEqual([
      [64, "USAGE"],
      [64, "USAGE"],
      [9, "UNREACHABLE"],
    ]);
    expect(answers[2]?.refusal?.why).not.toBe("fetch failed");
  });
});

describe("writing a file the user named", () => {
  it("leaves what was there where it cannot write, and no half file", async () => {
    const { makeFolder, writeNamed } = await import("../../cli/files.ts");
    const dir = mkdtempSync(join(tmpdir(), "quorate-files-"));
    writeFileSync(join(dir, "old"), "old");
    writeNamed(join(dir, "old"), "new");
    expect(() => writeNamed(join(dir, "absent", "file"), "x")).toThrow("FILE_UNWRITABLE");
    expect(() => writeNamed(dir, "x")).toThrow("FILE_UNWRITABLE");
    expect(readdirSync(dir)).toEqual(["old"]);
    expect(() => makeFolder(join(dir, "old", "below"))).toThrow("FILE_UNWRITABLE");
    expect(() => makeFolder("/proc/quorate/below")).toThrow("FILE_UNWRITABLE");
    expect(makeFolder(join(dir, "new", "below"))).toBe(join(dir, "new", "below"));
    rmSync(dir, { recursive: true });
  });
});
