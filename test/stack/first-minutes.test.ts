// The README's first minutes, line by line as they are written, against the stack that `dev` keeps up at a terminal of its own: its keys, its
// restart, a burst at it, and its death by SIGKILL, which leaves nothing running.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KeptStack } from "../../cli/stack/kept-stack.ts";
import { run } from "../support/command.ts";

const root = new URL("../..", import.meta.url).pathname;
const readme = readFileSync(join(root, "README.md"), "utf8");
/** A checkout of its own: what it keeps is its own, and the code is this one's. */
const dir = mkdtempSync(join(tmpdir(), "quorate-minutes-"));
const main = join(dir, "cli", "main.ts");
let terminal: ChildProcess;
let screen = "";
let ceremony = "";

const note = () => JSON.parse(readFileSync(join(dir, ".quorate/dev/stack.json"), "utf8")) as KeptStack;
const urlOf = (name: string) => note().parties.find((party) => party.name === name)?.url ?? null;

async function until(what: string, seconds: number, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; !holds(); await sleep(100))
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain: ${what}\n${screen.slice(-3_000)}`);
}

/** At a terminal: `script` gives it one. */
async function startDev(port: string): Promise<void> {
  screen = "";
  const line = `exec '${process.execPath}' '${main}' dev --port ${port} --bidders 12`;
  terminal = spawn("script", ["-qefc", line, "/dev/null"], { cwd: dir, stdio: ["pipe", "pipe", "inherit"] });
  terminal.stdout?.on("data", (part: Buffer) => {
    screen += part.toString();
  });
  await until(
    "the stack is up",
    60,
    () => existsSync(join(dir, ".quorate/dev/stack.json")) && screen.includes("[x] exit"),
  );
}

const STACK_TRACE = /^\s+at .*:\d+:\d+\)?$/m;

const press = (keys: string) => void terminal.stdin?.write(keys);

type Ended = { readonly exit: number; readonly stdout: string };

function sh(line: string): Ended {
  try {
    return {
      exit: 0,
      stdout: execFileSync("sh", ["-c", line], { cwd: dir, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }),
    };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { exit: status, stdout: `${stdout}${stderr}` };
  }
}

/** A command in this process, about that stack. */
const quorate = (...words: readonly string[]) => run(...words, "--stack", join(dir, ".quorate/dev"));

/** Processes that a process has started and that still run. */
function childrenOf(pid: number): readonly number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid=,comm="], { encoding: "utf8" }).split("\n");
  const children = rows.map((row) => row.trim().split(/\s+/)).filter(([, parent]) => Number(parent) === pid);
  return children.filter(([, , name]) => /workerd|nats-server/.test(name ?? "")).map(([child]) => Number(child));
}

function runs(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

beforeAll(async () => {
  const entries = readdirSync(root).filter((name) => !/^\.(git|quorate|wrangler|ci)$|^(dist|coverage)$/.test(name));
  for (const name of entries) symlinkSync(join(root, name), join(dir, name));
  await startDev("0");
});

afterAll(async () => {
  if (existsSync(join(dir, ".quorate/dev/stack.json"))) press("x");
  await until("the stack has ended", 20, () => terminal.exitCode !== null || terminal.signalCode !== null).catch(() => {
    terminal.kill("SIGKILL");
  });
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

describe("the first minutes", () => {
  it("end as the README says, by its own lines", async () => {
    const [, lines = ""] = /<!-- first-minutes -->\n```sh\n([\s\S]*?)```/.exec(readme) ?? [];
    const { exit, stdout } = sh(`set -e\n${lines}\necho "ceremony=$CEREMONY"`);
    ceremony = /ceremony=([0-9a-f]{64})/.exec(stdout)?.[1] ?? "";
    expect([exit, stdout]).toEqual([
      0,
      expect.stringMatching(/FINAL[\s\S]*3 of 3 parties computed the same[\s\S]*PASSED/),
    ]);
    expect(ceremony).not.toBe("");
    expect(screen).not.toMatch(STACK_TRACE);
    expect(screen).toMatch(/a message of acme came to every party within \d+ ms/);
    // Nothing that the start itself needed stands among what people look at.
    const listed = (await quorate("ceremony", "list", "--as", "crux")).data as readonly { ceremony: string }[];
    expect(listed.map((row) => row.ceremony)).toEqual([ceremony]);
  });

  it("answer each exit code where it is meant", async () => {
    const opened = await quorate("ceremony", "open", "approval", "--title", "Risky", "--as", "acme");
    const id = (opened.data as { ceremony: string }).ceremony;
    const short = id.slice(0, 8);
    expect((await quorate("wait", short, "--as", "crux", "--timeout", "1s")).exit).toBe(8);
    for (const name of ["bolt", "crux"])
      expect((await quorate("attest", short, "--as", name, "--reject", "--yes")).exit).toBe(0);
    const rejected = await quorate("wait", short, "--as", "acme");
    expect([rejected.exit, rejected.data]).toMatchObject([5, { phase: "final", final: true }]);
    expect((await quorate("ceremony", "show", "ab".repeat(32), "--as", "acme")).exit).toBe(7);
    expect((await run("whoami", "--url", urlOf("acme") ?? "", "--key", "wrong")).exit).toBe(4);
    const traced = (await quorate("trace", id)).data as { hops: readonly { verdict: string }[] };
    expect(traced.hops.map(({ verdict }) => verdict)).toEqual(["admitted", "admitted", "admitted"]);
  });

  it("account for a burst of bids", async () => {
    const load = ["--count", "96", "--bidders", "12", "--closes-in", "4s", "--duplicates", "8", "--late", "4"];
    const { exit, data } = await quorate("sim", "bids", ...load);
    const all = { accepted: 108, admitted: 96, duplicate: 8, late: 4, notAdmitted: {}, phase: "final" };
    expect([exit, data]).toMatchObject([0, all]);
    const more = await quorate("sim", "bids", "--count", "96", "--bidders", "13");
    expect(more).toMatchObject({ exit: 64, refusal: { code: "USAGE" } });
    expect(more.refusal?.why).toMatch(/recognises 12 bidders.* dev --bidders 13/);
  });
});

describe("the stack that is kept up", () => {
  it("takes keys at its terminal: a party is killed and revived, cut off and joined", async () => {
    press("k3");
    await until("crux is killed", 10, () => urlOf("crux") === null);
    expect((await quorate("whoami", "--as", "crux")).exit).toBe(9);
    press("k3");
    await until("crux runs", 20, () => urlOf("crux") !== null);
    press("p2");
    await until("bolt is cut off", 10, () => screen.includes("bolt is cut off from acme, crux"));
    press("p");
    await until("all are joined", 10, () => screen.includes("all are joined again"));
    press("t");
    await until("a delivery opened a ceremony", 10, () => /opened ceremony [0-9a-f]{12} at acme/.test(screen));
  });

  it("leaves nothing running when it is killed, and has all it had at the next start", async () => {
    const { pid, parties } = note();
    const children = childrenOf(pid);
    expect(children).toHaveLength(4);
    process.kill(pid, "SIGKILL");
    await until("its children are gone", 10, () => !children.some(runs));
    const { port } = new URL(parties[0]?.url ?? "");
    const taken = createServer().listen(Number(port) + 1, "127.0.0.1");
    taken.on("error", () => undefined); // somebody else has it: as good
    await startDev(port);
    taken.close();
    expect(screen).toMatch(new RegExp(`ports from ${port} on are taken: using ${port}, (?!${Number(port) + 1}\\b)`));
    expect(note().parties.map(({ name, key }) => [name, key])).toEqual(parties.map(({ name, key }) => [name, key]));
    expect(urlOf("acme")).toBe(parties[0]?.url);
    expect((await quorate("ceremony", "show", ceremony, "--as", "bolt")).exit).toBe(0);
  });

  it("is emptied by a key, with the parties as they were, and ends by Ctrl-C without a trace of trouble", async () => {
    const { pid, parties } = note();
    press("r");
    await until("all is reset", 40, () => screen.includes("every ceremony is gone"));
    expect(note().parties).toEqual(parties);
    for (const name of ["acme", "bolt", "crux"])
      expect((await quorate("ceremony", "list", "--as", name)).data).toEqual([]);
    const children = childrenOf(pid);
    press("\u0003");
    await until("it has ended", 20, () => terminal.exitCode !== null);
    expect([terminal.exitCode, children.some(runs)]).toEqual([0, false]);
    expect(screen).toContain("keeps keys and ceremonies");
    expect(screen).not.toMatch(STACK_TRACE);
  });
});
