// What a close costs in statements: those that honest parties sign, not the copies that repair sends again.
import { describe, expect, it } from "vitest";
import type { Settings } from "./plan.ts";
import { runSchedule } from "./schedule.ts";

const CLOSING = ["witness", "propose", "prevote", "precommit"];

/** Statements of the close and the path of the certificate, for schedules without faulty parties or crashes in which all decided. */
function closes(parties: number, first: number, last: number) {
  const settings: Settings = { parties, faulty: 0, strategy: "silent", pattern: "approval", loss: null };
  return Array.from({ length: last - first + 1 }, (_, at) => runSchedule(first + at, settings).account)
    .filter(({ plan, honest }) => plan.crashes === 0 && honest.every(({ agent }) => agent.state.ending !== null))
    .map(({ counts, honest }) => {
      const closing = honest.map(({ agent }) => agent.state.rounds[0]?.closing);
      return {
        statements: CLOSING.reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0),
        witnesses: counts.get("witness") ?? 0,
        paths: new Set(closing.map((one) => one?.decision?.certificate.path)),
        attempts: Math.max(...closing.map((one) => one?.attempt ?? -1)),
      };
    });
}

describe("the cost of a close", { timeout: 60_000 }, () => {
  it.each([3, 4, 7])("is one statement for each of %i electors where it is unanimous from the start", (parties) => {
    const quiet = closes(parties, 1, 60).filter(({ attempts }) => attempts < 0);
    expect(quiet.length).toBeGreaterThan(5);
    for (const { statements, witnesses, paths } of quiet) {
      expect([...paths]).toEqual(["unanimous"]);
      expect([statements, witnesses]).toEqual([parties, parties]);
    }
  });

  it.each([3, 4, 7])(
    "is at most three statements for each of %i electors and one proposal where one attempt decides",
    (parties) => {
      const contested = closes(parties, 1, 60).filter(
        ({ attempts, paths }) => attempts === 0 && paths.has("contested"),
      );
      expect(contested.length).toBeGreaterThan(2);
      for (const { statements } of contested) expect(statements).toBeLessThanOrEqual(3 * parties + 1);
    },
  );
});
