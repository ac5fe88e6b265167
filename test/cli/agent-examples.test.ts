// Every command that asks an agent is run as its example says, against one in this process: one document, an exit code of the table, and the
// agent was really asked. What needs a terminal names the flag that stands for it.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { COMMANDS } from "../../cli/commands.ts";
import { EXITS } from "../../cli/help.ts";
import { type Command, EXIT } from "../../cli/registry.ts";
import { agentHere } from "../support/agent-here.ts";
import { type Answered, answered } from "../support/answered.ts";
import { testParties } from "../support/parties.ts";
import { scratchFolder } from "../support/scratch.ts";

const parties = testParties(3);
const agent = agentHere(parties[0] as (typeof parties)[number], parties);
const AGENT = ["--url", "http://agent", "--key", "a key for the tests"];
const OPEN = ["ceremony", "open", "approval", "--title", "T", "--with", parties.map(({ name }) => name).join(",")];
const { dir, remove } = scratchFolder("agent-examples");
const here = process.cwd();
const root = new URL("../..", import.meta.url).pathname;
let asked = 0;
/** What the words in capitals of an example stand for here. */
const NAMES: Record<string, string> = {};

beforeAll(async () => {
  process.chdir(dir);
  mkdirSync("cli");
  symlinkSync(join(root, "cli", "examples"), join("cli", "examples"));
  writeFileSync("deliveries.jsonl", "");
  vi.stubGlobal("fetch", (url: URL, init?: RequestInit) => {
    asked += 1;
    if (url.pathname === "/v1/health") return Promise.resolve(Response.json({ link: { connected: true } }));
    return agent.request(`${url.pathname}${url.search}`, init);
  });
  await answered("party", "init", "acme", "--mesh", parties[0]?.mesh ?? "");
  NAMES.CEREMONY = (await answered(...OPEN, ...AGENT, "--fields", "ceremony")).stdout.trim();
  const said = await answered("attest", NAMES.CEREMONY, "--approve", "--yes", ...AGENT, "--fields", "observation");
  NAMES.OBSERVATION = said.stdout.trim();
});
afterAll(() => {
  vi.unstubAllGlobals();
  process.chdir(here);
  remove();
});

const AT_AGENT = COMMANDS.filter(({ flags, example }) => "url" in flags && "as" in flags && asksAgent(example));

/** An example that names files alone is run elsewhere. */
function asksAgent(example: string): boolean {
  return /--as \w+|OBSERVATION$/.test(example);
}

/** The example's words, with this agent in the place of the one that it names, and no longer than a moment. */
function linesOf({ example, flags }: Command): readonly string[] {
  const words = (example.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ""));
  const at = words.indexOf("--as");
  if (at >= 0) words.splice(at, 2);
  const timeout = words.indexOf("--timeout");
  if (timeout >= 0) words.splice(timeout, 2);
  const patience = "timeout" in flags ? ["--timeout", "1s"] : [];
  return [...words.map((word) => NAMES[word] ?? word), ...AGENT, ...patience, "-o", "json"];
}

function documentIn({ stdout }: Answered): { readonly code?: string; readonly why?: string } {
  return JSON.parse(stdout);
}

it.each(AT_AGENT.map((command) => [command.name, command] as const))(
  "%s is answered by the agent in one document",
  { timeout: 30_000 },
  async (_, command) => {
    asked = 0;
    const words = linesOf(command);
    const told = await answered(...words);
    const document = documentIn(told);
    expect(EXITS.map(([code]) => code)).toContain(told.exit);
    expect(told.exit, told.stderr).not.toBe(EXIT.bug);
    expect(document.code, `${words.join(" ")}: ${told.stderr}`).not.toBe("UNREACHABLE");
    if (told.exit === EXIT.usage) expect(document.why).toMatch(/--[a-z-]+.* is needed/);
    else if (document.code !== "FILE_UNREADABLE" && !words.includes("--dry-run")) expect(asked).toBeGreaterThan(0);
  },
);

it("are all there", () => expect(AT_AGENT.length).toBeGreaterThan(20));
