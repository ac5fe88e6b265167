// `decide` as programs use it: answers, exit codes, and refusals for whatever cannot be read.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { PATTERNS } from "../../shared/policy/catalogue.ts";
import { quorate } from "../support/cli.ts";
import { run } from "../support/command.ts";

const parties = ["a", "b", "c"].map((id) => ({ id, role: "decider" }));
const say = (...words: readonly string[]) => [
  words.map((choice, index) => ({ party: "abc"[index], payload: { choice } })),
];
const decide = (contributions: string | object, ...more: readonly (string | object)[]) =>
  run("decide", "--pattern", "consensus", "--contributions", contributions, ...more);

describe("decide", () => {
  it.each([
    [0, "decided", say("approve", "approve", "approve")],
    [5, "abandoned", say("approve", "approve", "abstain")],
    [8, "pending", []],
  ])("exits with %i where it is %s", async (exit, status, rounds) => {
    expect(await decide({ parties, rounds })).toMatchObject({ exit, data: { status } });
  });

  it("takes a policy from a file, and sets its parameters by path", async () => {
    const policy = { ...PATTERNS[0], id: "mine" };
    const input = { parties, rounds: say("approve", "approve", "abstain") };
    const words = ["--policy", policy, "--set", 'outcome.threshold={"num":2,"den":3}', "--contributions", input];
    expect(await run("decide", ...words)).toMatchObject({
      exit: 0,
      data: { value: { choice: "approve", by: ["a", "b"] } },
    });
  });

  it.each([
    ["an unknown pattern", 7, "POLICY_UNKNOWN", ["--pattern", "nothing", "--contributions", {}]],
    ["no pattern", 64, "USAGE", ["--contributions", {}]],
    ["no contributions", 64, "USAGE", ["--pattern", "consensus"]],
    ["a pattern and a policy", 64, "USAGE", ["--pattern", "vote", "--policy", {}, "--contributions", {}]],
    ["a file that is not there", 7, "FILE_UNREADABLE", ["--pattern", "consensus", "--contributions", "none.json"]],
    [
      "a file that is not JSON",
      64,
      "FILE_UNREADABLE",
      ["--pattern", "consensus", "--contributions", Uint8Array.of(123)],
    ],
    ["a setting without a value", 64, "USAGE", ["--pattern", "vote", "--set", "sealed", "--contributions", {}]],
    [
      "a parameter that is not there",
      5,
      "POLICY_SET_PATH",
      ["--pattern", "vote", "--set", "seald=true", "--contributions", {}],
    ],
    [
      "a parameter of another type",
      5,
      "POLICY_INVALID",
      ["--pattern", "vote", "--set", "sealed=1", "--contributions", {}],
    ],
    ["a policy that is none", 5, "POLICY_INVALID", ["--policy", [1], "--contributions", {}]],
    ["a document without parties", 5, "BODY_INVALID", ["--pattern", "vote", "--contributions", { rounds: [] }]],
    [
      "a party twice",
      5,
      "BODY_INVALID",
      ["--pattern", "vote", "--contributions", { parties: [{ id: "a" }, { id: "a" }], rounds: [] }],
    ],
    [
      "a fraction",
      5,
      "BODY_INVALID",
      ["--pattern", "vote", "--contributions", { parties: [{ id: "a", power: 0.5 }], rounds: [] }],
    ],
    [
      "two parties",
      5,
      "POLICY_PARTIES",
      ["--pattern", "quorum", "--contributions", { parties: [{ id: "a" }, { id: "b" }], rounds: [[]] }],
    ],
    [
      "faults of a third among three",
      5,
      "POLICY_TOLERANCE",
      ["--pattern", "consensus", "--set", 'faults={"num":1,"den":3}', "--contributions", { parties, rounds: [[]] }],
    ],
  ])("refuses %s", async (_what, exit, code, words) => {
    expect(await run("decide", ...(words as (string | object)[]))).toMatchObject({ exit, refusal: { code } });
  });

  it("answers thousands of lines in one process, and goes on after one it refuses", () => {
    const one = {
      pattern: "vote",
      set: { "outcome.rule": "schulze" },
      input: { parties: [{ id: "t" }], rounds: [[{ party: "t", payload: { choice: "A" } }]] },
    };
    const lines = [
      JSON.stringify(one),
      "nothing",
      JSON.stringify({ ...one, pattern: "none" }),
      JSON.stringify({ policy: PATTERNS[1], input: { parties, rounds: say("approve", "approve", "reject") } }),
    ];
    const { stdout } = quorateWith(lines.join("\n"));
    const answers = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers).toMatchObject([
      { status: "decided", value: { winner: "A" } },
      { code: "BODY_INVALID" },
      { code: "POLICY_UNKNOWN" },
      { status: "decided", value: { choice: "approve" } },
    ]);
  });
});

function quorateWith(stdin: string) {
  const main = new URL("../../cli/main.ts", import.meta.url).pathname;
  const { stdout, status } = spawnSync(process.execPath, [main, "decide", "--jsonl"], {
    input: stdin,
    encoding: "utf8",
  });
  return { stdout, exit: status };
}

describe("policy list and show", () => {
  it("name seventeen patterns, and print each as the document that it is", async () => {
    expect((await run("policy", "list")).data).toHaveLength(17);
    for (const { id } of PATTERNS) expect((await run("policy", "show", id)).data).toMatchObject({ id });
    expect(await run("policy", "show", "none")).toMatchObject({ exit: 7, refusal: { code: "POLICY_UNKNOWN" } });
  });

  it("print documents that lint finds sound", async () => {
    for (const pattern of PATTERNS) expect((await run("policy", "lint", pattern)).exit, pattern.id).toBe(0);
    expect((await quorate("policy", "show", "vote", "-o", "json")).exit).toBe(0);
  });
});
