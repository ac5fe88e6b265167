// Five ways out of a shortfall, promotion by latecomers, and what an abandonment says.
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/cbor/json.ts";
import { CHOOSER } from "../../../shared/policy/patterns/parts.ts";
import { type Entry, trial } from "../../support/trials.ts";

const DECIDERS = ["ann", "ben", "cat", "dan"];
const parties = [...DECIDERS.map((id) => ({ id, role: "decider" })), { id: "chair", role: "chair" }];
const ROLES: Json = {
  decider: CHOOSER,
  chair: { ...CHOOSER, least: 0, most: 1, closes: false },
};

/** What deciders say, and the chair, by words: `ann:approve`. */
const say = (words: string): readonly Entry[] =>
  words
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => {
      const [party = "", choice = ""] = word.split(":");
      return { party, payload: { choice } };
    });

const unanimous: Json = { num: 1, den: 1 };
const chairDecides: Json = {
  function: "threshold",
  threshold: 1,
  carries: ["approve", "reject"],
  refusal: null,
  veto: [],
};

function run(steps: readonly Json[], ...rounds: readonly string[]) {
  return runAll([...steps, escalation], ...rounds);
}

function runAll(shortfall: readonly Json[], ...rounds: readonly string[]) {
  const settings = {
    roles: ROLES,
    "outcome.threshold": unanimous,
    shortfall,
  };
  return trial("consensus", settings, { parties, rounds: rounds.map(say) });
}

/** Keeps the chair out of the ordinary rounds: a role that a shortfall is taken to speaks then only. */
const escalation: Json = { do: "escalate", role: "chair", outcome: chairDecides };
const three = "ann:approve ben:approve cat:approve";

describe("the procedures", () => {
  it("proceed among those present, where they are enough", () => {
    const decision = run([{ do: "proceed", threshold: { num: 3, den: 4 }, requires: ["decider"] }], three);
    expect(decision.value).toEqual({
      choice: "approve",
      by: ["ann", "ben", "cat"],
      procedure: "proceed",
      absent: ["dan"],
    });
  });

  it("do not proceed with fewer, or without a role that must be there", () => {
    const few = run([{ do: "proceed", threshold: { num: 3, den: 4 }, requires: [] }], "ann:approve ben:approve");
    expect(few).toMatchObject({ status: "pending", next: { roles: ["chair"] } });
    const lacking = run([{ do: "proceed", threshold: 1, requires: ["chair"] }], three);
    expect(lacking).toMatchObject({ status: "pending", next: { roles: ["chair"] } });
  });

  it("defer, and are promoted to the full outcome once the missing one speaks", () => {
    const wait = [{ do: "defer", rounds: 2 }];
    const waiting = run(wait, three);
    expect(waiting).toMatchObject({ status: "pending", next: { roles: ["decider"] } });
    expect(waiting.explanation).toContain("present with power 3 of 4; missing: decider dan");
    const promoted = run(wait, three, "", "dan:approve");
    expect(promoted.value).toEqual({ choice: "approve", by: DECIDERS });
    expect(promoted.explanation).toContain("latecomers completed it: promoted to the full outcome");
  });

  it("escalate to a role that decides by a rule of its own, and that did not speak before", () => {
    const decision = run([], `${three} chair:reject`, "chair:approve dan:approve");
    expect(decision.value).toEqual({ choice: "approve", by: ["chair"], procedure: "escalate", role: "chair" });
    expect(decision.excluded).toEqual([
      { index: 3, code: "ROLE_NOT_DUE" },
      { index: 1, code: "ROLE_NOT_DUE", round: 1 },
    ]);
  });

  it("fall back to a less strict rule, with a disclaimer in the value itself", () => {
    const outcome = {
      function: "threshold",
      threshold: { num: 2, den: 3 },
      carries: ["approve"],
      refusal: null,
      veto: [],
    };
    const decision = run([{ do: "fallback", outcome, disclaimer: "by three of four only" }], three);
    expect(decision.value).toMatchObject({
      choice: "approve",
      procedure: "fallback",
      disclaimer: "by three of four only",
    });
    expect(decision.explanation).toContain("disclaimer: by three of four only");
  });

  it("fail", () => {
    expect(runAll([{ do: "fail" }], three)).toMatchObject({ status: "abandoned", cause: "THRESHOLD_NOT_REACHED" });
  });

  it("follow each other, and the ceremony is abandoned when the last leads nowhere", () => {
    const steps = [{ do: "defer", rounds: 1 }];
    const asked = run(steps, three, "");
    expect(asked).toMatchObject({ status: "pending", next: { roles: ["chair"] } });
    const silent = run(steps, three, "", "");
    expect(silent).toMatchObject({ status: "abandoned", cause: "THRESHOLD_NOT_REACHED" });
  });

  it("do not wait where nobody can change it any more", () => {
    const decided = run([{ do: "defer", rounds: 2 }], "ann:approve ben:approve cat:decline dan:abstain");
    expect(decided).toMatchObject({ status: "pending", next: { roles: ["chair"] } });
  });
});

describe("an abandonment", () => {
  const abandoned = () =>
    trial(
      "quorum",
      { equivocation: "void" },
      {
        parties: DECIDERS.map((id) => ({ id, role: "voter" })),
        rounds: [say("ann:approve ben:approve ben:reject cat:abstain")],
      },
    );

  it("names its cause, whom it waited for, who signed two things, and what it releases", () => {
    expect(abandoned()).toMatchObject({
      status: "abandoned",
      value: null,
      cause: "THRESHOLD_NOT_REACHED",
      abandonment: {
        absent: ["ben", "dan"],
        faulty: ["ben"],
        released: [
          { party: expect.any(String), round: 0, statement: expect.stringMatching(/^[0-9a-f]{64}$/) },
          { party: expect.any(String), round: 0, statement: expect.stringMatching(/^[0-9a-f]{64}$/) },
        ],
      },
    });
  });
});
