// What every answer owes, whatever the command: fields, exits for dashboards, quiet, a word on Ctrl-C, and a stdout that carries data alone.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Progress } from "../../cli/terminal.ts";
import { answered } from "../support/answered.ts";
import { quorateUnder } from "../support/cli.ts";
import { scratchFolder } from "../support/scratch.ts";

const main = new URL("../../cli/main.ts", import.meta.url).pathname;
const HELD = "--contributions cli/examples/contributions.json --pattern approval".split(" ");

describe("--fields", () => {
  it("leaves these fields of an object, of a list, and of what lies within", async () => {
    const ids = await answered("policy", "list", "--fields", "id", "-o", "json");
    expect(JSON.parse(ids.stdout)[0]).toEqual({ id: "consensus" });
    const deep = await answered("help", "verify", "--fields", "name,flags.trust.type", "-o", "json");
    expect(JSON.parse(deep.stdout)).toEqual({ name: "verify", "flags.trust.type": "string" });
    const lines = await answered("policy", "list", "--fields", "id", "-o", "jsonl");
    expect(JSON.parse(lines.stdout.split("\n")[2] ?? "")).toEqual({ id: "auction" });
  });

  it("gives people and shells a row with tabs between", async () => {
    const { stdout } = await answered("decide", ...HELD, "--fields", "status,value");
    expect(stdout).toMatch(/^decided\t\{"choice":"approve",.*\}\n$/);
  });

  it("says which fields there are not, and takes no empty name", async () => {
    const { exit, stdout, stderr } = await answered("version", "--fields", "version,vresion", "-o", "json");
    expect([exit, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ vresion: null })]);
    expect(stderr).toBe("--fields: the answer has no vresion; it has version, engine, formats, node\n");
    for (const odd of ["", "a,", "a..b"]) expect((await answered("version", "--fields", odd)).exit).toBe(64);
  });

  it("leaves a refusal whole", async () => {
    const { stdout } = await answered("errors", "NOPE", "--fields", "code", "-o", "json");
    expect(JSON.parse(stdout)).toMatchObject({ code: "NOT_FOUND", do: expect.any(String) });
  });
});

describe("--exit-zero", () => {
  it("takes a no for an answer, and nothing else", async () => {
    const lint = ["policy", "lint", "cli/examples/offsets.json"];
    expect((await answered(...lint)).exit).toBe(5);
    expect((await answered(...lint, "--exit-zero")).exit).toBe(0);
    expect((await answered("errors", "NOPE", "--exit-zero")).exit).toBe(7);
    expect((await answered("version", "--exit-zero", "--nonsense")).exit).toBe(64);
  });
});

describe("--time-format", () => {
  const revoked = async (...words: readonly string[]) => {
    const { dir, remove } = scratchFolder("times");
    await answered("party", "init", "acme", "--mesh", "m", "--dir", join(dir, "acme"));
    const { stdout } = await answered("party", "revoke", join(dir, "acme"), "--from", "2026-01-02T03:04:05Z", ...words);
    remove();
    return / from (.*) on\n/.exec(stdout)?.[1];
  };

  it("tells times as one asks for them, for this line alone", async () => {
    expect(await revoked("--time-format", "raw")).toBe("1767323045000000");
    expect(await revoked("--time-format", "relative")).toMatch(/^\d+ d ago$/);
    expect(await revoked("--time-format", "iso")).toBe("2026-01-02 03:04:05Z");
    expect(await revoked()).toBe("2026-01-02 03:04:05Z");
    expect((await answered("version", "--time-format", "local")).exit).toBe(64);
  });

  it("is followed by every command: none writes a time into its text by itself", () => {
    const listed = ["ls-files", "-co", "--exclude-standard", "cli/commands", "cli/online"];
    const files = execFileSync("git", listed, { encoding: "utf8" }).trim().split("\n");
    const own = files.filter((file) => /readableInstant|toISOString\(\)\.slice/.test(readFileSync(file, "utf8")));
    expect(own).toEqual(["cli/commands/online/keys.ts", "cli/commands/party-expirations.ts"]); // in data, each
  });
});

describe("progress", () => {
  afterEach(() => void vi.restoreAllMocks());
  const heard = () => {
    const write = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    return () => write.mock.calls.map(([text]) => String(text)).join("");
  };

  it("says nothing where quiet is asked for, and knows what it would have said", () => {
    const said = heard();
    const progress = new Progress({ quiet: true, plain: false });
    progress.say("a line");
    progress.show("half way");
    progress.beat("demo");
    expect([said(), progress.last]).toEqual(["", "half way"]);
  });

  it("tells that it is still at work after ten seconds of silence, and how far it is where that is known", () => {
    vi.useFakeTimers();
    const said = heard();
    const progress = new Progress({ quiet: false, plain: true });
    for (const _ of Array(25)) {
      vi.advanceTimersByTime(1_000);
      progress.beat("evidence export");
    }
    expect(said()).toBe("evidence export: still at work\n".repeat(2));
    progress.show("3 of 9");
    vi.advanceTimersByTime(10_000);
    progress.beat("evidence export");
    expect(said()).toMatch(/3 of 9\n3 of 9\n$/);
    vi.useRealTimers();
  });
});

describe("stdout", () => {
  it("carries nothing that a library logs", async () => {
    const noisy = `process.once("exit", () => console.log("noise"))`;
    const stdout = await quorateUnder(noisy, "version", "-o", "json");
    expect(JSON.parse(stdout)).toMatchObject({ version: expect.any(String) });
  });

  it("carries no colour, even where colour is forced", async () => {
    for (const words of [["help"], ["errors"], ["doctor"], ["policy", "list"]]) {
      vi.stubEnv("FORCE_COLOR", "3").stubEnv("CLICOLOR_FORCE", "1");
      const { stdout, stderr } = await answered(...words);
      expect(stdout + stderr, words.join(" ")).not.toContain("\u001b");
    }
    vi.unstubAllEnvs();
  });
});

describe("Ctrl-C", () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((_, response) => void response.end(JSON.stringify({ requests: [], cursor: null })));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const ended = (child: ChildProcess) =>
    new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));

  it("ends a command with 130 and one document that says how far it was", async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const child = spawn(process.execPath, [main, "listen", "github", "--url", url, "-o", "json"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stderr.once("data", () => child.kill("SIGINT"));
    const [exit, stdout] = await Promise.all([
      ended(child),
      child.stdout.setEncoding("utf8").reduce((all, part) => `${all}${part}`, ""),
    ]);
    expect([exit, JSON.parse(stdout)]).toMatchObject([130, { code: "INTERRUPTED", what: "stopped by SIGINT" }]);
    expect(JSON.parse(stdout).why).toContain(`ready: github at ${url}`);
  });
});
