// `policy test`: cases beside a policy, by name.
import { describe, expect, it } from "vitest";
import { APPROVAL } from "../../shared/policy/patterns/approval.ts";
import { run } from "../support/command.ts";

const parties = ["ann", "ben", "cat"].map((id) => ({ id, role: "approver" }));
const input = (...choices: readonly string[]) => ({
  parties,
  rounds: [choices.map((choice, index) => ({ party: parties[index]?.id, payload: { choice } }))],
});

describe("policy test", () => {
  it("says which cases come out as they must, and where one does not", async () => {
    const cases = [
      {
        name: "two of three",
        input: input("approve", "approve"),
        expect: { status: "decided", value: { choice: "approve" } },
      },
      {
        name: "two are too few of all",
        set: { "outcome.threshold": 3 },
        input: input("approve", "approve"),
        expect: { status: "abandoned" },
      },
      {
        name: "two organisations",
        input: { ...input(), parties: parties.slice(1) },
        expect: { code: "POLICY_PARTIES" },
      },
    ];
    const good = await run("policy", "test", APPROVAL, cases);
    expect(good).toMatchObject({ exit: 0, data: { ok: true, passed: 3, failed: [] } });
    const wrong = { name: "all refuse", input: input("reject", "reject"), expect: { value: { choice: "approve" } } };
    const bad = await run("policy", "test", APPROVAL, [...cases, wrong]);
    const failure = { name: "all refuse", path: "value.choice", expected: "approve", found: "reject" };
    expect(bad).toMatchObject({ exit: 5, data: { ok: false, passed: 3, failed: [failure] } });
    expect(bad.text).toContain('✗ all refuse  value.choice: "reject", not "approve"');
  });

  it("refuses what are no cases", async () => {
    expect(await run("policy", "test", APPROVAL, [{ name: "x" }])).toMatchObject({ exit: 64 });
    expect(await run("policy", "test", APPROVAL)).toMatchObject({ exit: 7 });
  });
});
