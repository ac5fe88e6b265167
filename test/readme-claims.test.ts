// What the README says in passing, held against what it speaks of: commands and their flags, exit codes, routes, events, names and numbers.
// Its snippets are run by readme.test.ts and by the tests of a stack.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../cli/commands.ts";
import { SCENARIOS } from "../cli/demo/scenarios.ts";
import { findCommand, readCall } from "../cli/find.ts";
import { EXITS } from "../cli/help.ts";
import { AGENT_CLASSES } from "../cli/stack/agent.ts";
import { KEYS } from "../cli/stack/desk.ts";
import { readAccess, readKeys } from "../durable/keys.ts";
import { ROUTES } from "../functions/http/contract/table.ts";
import { KEY_ENDS_SOON_MS } from "../functions/ops/readiness.ts";
import { fromJson } from "../shared/cbor/json.ts";
import { type Reader, readAs } from "../shared/cbor/read.ts";
import { PATTERNS } from "../shared/policy/catalogue.ts";
import { EVENT_TYPES } from "../shared/webhooks/event.ts";
import { ATTEMPTS_MAX, pauseAfter } from "../shared/webhooks/schedule.ts";
import { wordsOf } from "../shared/words.ts";

const root = new URL("..", import.meta.url).pathname;
const readme = readFileSync(`${root}README.md`, "utf8");
const prose = readme.replace(/```[\s\S]*?```/g, "");
/** What stands between backticks in the text, on one line. */
const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, text]) => (text as string).replace(/\s+/g, " "));

const wordsIn = (line: string) => (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/["']/g, ""));

/** Lines of its snippets, and spans, that call a command. */
const called = [
  ...[...readme.matchAll(/^.*npm run -s quorate -- ([^\n`)…]+)/gm)].map(([, line]) => line as string),
  ...[...readme.matchAll(/`npm run -s quorate -- ([^`…]+)`/g)].map(([, line]) => line as string),
  ...spans.filter((span) => COMMANDS.some(({ name }) => span === name || span.startsWith(`${name} `))),
].filter((line) => !line.includes("…") && !line.startsWith("help"));

describe("a command that the README names", () => {
  it("is one, and takes what it is given there", () => {
    expect(called.length).toBeGreaterThan(45);
    for (const line of called) {
      const read = () => {
        const { command, rest } = findCommand(COMMANDS, wordsIn(line));
        const last = command.flags[(rest.at(-1) ?? "").replace(/^--/, "")];
        return readCall(command, last?.type === "string" ? [...rest, "VALUE"] : rest);
      };
      expect(read, line).not.toThrow();
    }
  });

  it("is not missing where two words look like one", () => {
    const nouns = new Set(COMMANDS.flatMap(({ name }) => (name.includes(" ") ? [name.split(" ")[0]] : [])));
    const looks = spans.filter((span) => /^[a-z]+ [a-z-]+\b/.test(span) && nouns.has(span.split(" ")[0]));
    expect(looks.length).toBeGreaterThan(20);
    for (const span of looks) expect(() => findCommand(COMMANDS, wordsIn(span)), span).not.toThrow();
  });

  it("ends with the exit codes that are listed", () => {
    const [, listed = ""] = /Exit codes: ([^.]+)\./.exec(prose.replace(/\s+/g, " ")) ?? [];
    expect(listed.split(", ").map((code) => Number(code.split(" ")[0]))).toEqual(EXITS.map(([code]) => code));
  });

  it("of a stack that is kept up takes the keys that are named", () => {
    const named = [...readme.matchAll(/`([a-z])` (kills|cuts|empties)/g)].map(([, key]) => key as string);
    expect(named).toHaveLength(3);
    for (const key of named) expect(KEYS).toContain(`[${key}]`);
  });
});

describe("what the README says of an agent", () => {
  it("names only routes that there are", () => {
    const paths = ROUTES.map(({ method, path }) => ({ method, path: path.replace(/\{\w+\}/g, "ID") }));
    const named = spans.flatMap((span) => {
      const [, method = null, path = null] =
        /^(?:(GET|POST|DELETE) )?(\/(?:v1|hooks|readyz|metrics|docs|openapi)[\w/.:-]*)$/.exec(span) ?? [];
      return path === null ? [] : [{ method, path }];
    });
    expect(named.length).toBeGreaterThan(10);
    for (const { method, path } of named)
      expect(
        paths.some((route) => route.path === path && (method === null || route.method === method)),
        path,
      ).toBe(true);
    const below = spans.filter((span) => /^\/(outcome|lineage|events|evidence|observations\/ID\/explain)$/.test(span));
    expect(below).toHaveLength(5);
    for (const rest of below)
      expect(
        paths.some(({ path }) => path.replace("/observations/ID/ID", "") === `/v1/ceremonies/ID${rest}`),
        rest,
      ).toBe(true);
  });

  it("shows entries of API_KEYS and ACCESS that are taken", () => {
    const example = (start: string) => spans.find((span) => span.startsWith(start)) as string;
    const takes = (reader: Reader<unknown>, text: string) => {
      const value = fromJson(JSON.parse(text));
      return value.ok && readAs(value.value, reader).ok;
    };
    expect(takes(readKeys, example('[{"id"').replace("…", "ab".repeat(32)))).toBe(true);
    expect(takes(readAccess, example('{"issuer"'))).toBe(true);
  });

  it("names its objects, all of them", () => {
    const [row = ""] = /^\| `durable\/` .*$/m.exec(readme) ?? [];
    const named = [...row.matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => name);
    expect(named.sort()).toEqual([...AGENT_CLASSES].sort());
  });

  it("tells its events, how often it tries, and what is refused before a week is over", () => {
    const [, first = "", rest = ""] = /\(`(ceremony\.\w+)`, ((?:`\.[\w-]+`(?:,\s+)?)+)\)/.exec(readme) ?? [];
    const named = [first, ...[...rest.matchAll(/`\.([\w-]+)`/g)].map(([, name]) => `ceremony.${name}`)];
    expect(named.sort()).toEqual([...EVENT_TYPES].sort());
    expect([prose.includes("tried ten times in some 32 hours"), ATTEMPTS_MAX]).toEqual([true, 10]);
    const pauses = Array.from({ length: ATTEMPTS_MAX - 1 }, (_, at) => pauseAfter(at + 1, 128, null) ?? 0);
    expect(pauses.reduce((sum, ms) => sum + ms, 0) / 3_600_000).toBeCloseTo(32, 0);
    expect([prose.includes("ends within a week"), KEY_ENDS_SOON_MS]).toEqual([true, 7 * 86_400_000]);
  });
});

describe("what the README counts and lists", () => {
  it("is what there is: patterns, scenarios, modules, words of a root", () => {
    expect([prose.includes("the seventeen that ship"), PATTERNS.length]).toEqual([true, 17]);
    expect([prose.includes("the eight words"), wordsOf("ab".repeat(32)).split(/[ -]/).length]).toEqual([true, 8]);
    const [, listed = ""] = /scenarios come from the working day: ([\s\S]*?)Other scenarios/.exec(prose) ?? [];
    const named = [...listed.matchAll(/`(?:--scenario )?([\w-]+)`/g)].map(([, name]) => name as string);
    expect(named.length).toBeGreaterThan(10);
    for (const name of [...named, "opener-lost"]) expect(SCENARIOS.map((one) => one.name)).toContain(name);
    const { exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { exports: Record<string, object> };
    const modules = spans.filter((span) => /^quorate(\/\w+)?$/.test(span)).map((name) => name.replace("quorate", "."));
    for (const name of modules) expect(Object.keys(exports)).toContain(name);
    expect(new Set(modules).size).toBe(Object.keys(exports).length - 1); // package.json is no module
  });

  it("is there on disk: each room, and what it says to start with", () => {
    const rooms = [...readme.matchAll(/^\| `(\w+)\/` \|/gm)].map(([, room]) => room as string);
    expect(rooms.sort()).toEqual(["cli", "durable", "functions", "shared", "test"]);
    const [, first = ""] = /Start with ([^|]+)\|/.exec(readme) ?? [];
    const files = [...first.matchAll(/`([\w./-]+)`/g)].map(([, path]) => `shared/${path}`);
    expect(files).toHaveLength(4);
    for (const file of files) expect(existsSync(`${root}${file}`), file).toBe(true);
    expect(readdirSync(root)).toContain("LICENSE");
    expect(readme.split("\n").length).toBeLessThanOrEqual(290);
  });
});
