import { describe, expect, it } from "vitest";
import { run } from "../support/command.ts";

const policy = { factors: [{ kind: "attested", name: "license" }] };
const license = (state: string) => ({ id: "o", authority: "acme", profiles: [{ profile: "license", state }] });

describe("quorate admit", () => {
  it("answers the shipped example with its factor table and the nearest change", async () => {
    const file = (name: string) => `cli/examples/admission-${name}.json`;
    const answer = await run(
      "admit",
      "--policy",
      file("policy"),
      "--observation",
      file("observation"),
      "--context",
      file("context"),
    );
    expect([answer.exit, answer.data]).toMatchObject([
      5,
      {
        verdict: "refuse",
        score: 486_000,
        code: "ADMISSION_BELOW_THRESHOLD",
        factors: [
          { name: "time window", verdict: "met", score: 1_000_000 },
          { name: "place", verdict: "not met", score: 0, code: "OUTSIDE_PLACE" },
          { name: "standing", verdict: "met", score: 620_000 },
        ],
        nearest: [
          { factors: ["place"], score: 886_000 },
          { by: "policy", score: 810_000 },
        ],
      },
    ]);
  });

  it.each([
    ["admit", 0],
    ["admit-with-conditions", 0],
    ["defer", 8],
    ["refuse", 5],
  ])("%s exits with %s", async (state, exit) => {
    const answer = await run("admit", "--policy", policy, "--observation", license(state), "--context", {});
    expect(answer.exit).toBe(exit);
  });

  it.each([
    ["a policy", { factors: [] }, license("admit"), {}],
    ["an observation", policy, { id: "o" }, {}],
    ["an observation's time", policy, { id: "o", authority: "a", at: [2, 1] }, {}],
    ["a context", policy, license("admit"), { clock: 3 }],
  ])("shows the expected shape of %s", async (_, rule, observation, context) => {
    const answer = await run("admit", "--policy", rule, "--observation", observation, "--context", context);
    expect([answer.exit, answer.refusal?.code]).toEqual([64, "FILE_SHAPE"]);
  });
});
