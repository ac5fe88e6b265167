// What a revocation reaches: the decisions that rest on it and no other, each judged again once, each with an entry of its own.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Decision, dependantsOf, propagate, type Standing } from "../../../shared/evidence/propagate.ts";
import { firstBrokenLink } from "../../../shared/lineage/entry.ts";
import { idOf } from "../../support/statements.ts";

const REVOCATION = { id: idOf("revocation"), credential: idOf("department 7"), at: 5 };
const passed = (setAside = 0): Standing => ({ verdict: "passed", digest: idOf("same"), setAside });
const lost: Standing = { verdict: "indeterminate", digest: null, setAside: 1 };

function decision(name: string, credentials: readonly string[], cites: readonly string[] = []): Decision {
  return {
    id: idOf(name),
    credentials: new Set(credentials.map(idOf)),
    citable: new Set([idOf(name), idOf(`${name} outcome`)]),
    cites: new Set(cites.map(idOf)),
  };
}

/** 200 decisions under 20 departments of two roots: 10 are signed under department 7, and 27 others rest on one of those. */
function graph(): readonly Decision[] {
  return Array.from({ length: 200 }, (_, index) => {
    const department = index % 20;
    const cites = index >= 108 && index < 136 ? [`decision ${index === 108 ? 7 : index - 1} outcome`] : [];
    return decision(
      `decision ${index}`,
      [`root ${department % 2}`, `department ${department}`, `desk ${index}`],
      cites,
    );
  });
}

describe("a revocation", () => {
  it("has exactly the decisions judged again that rest on it, of two hundred", async () => {
    const all = graph();
    const signed = all.filter(({ credentials }) => credentials.has(REVOCATION.credential)).length;
    const judged: string[] = [];
    const found = await propagate(all, REVOCATION, async ({ id }) => {
      judged.push(id);
      return { before: passed(), after: passed() };
    });
    expect([signed, found.length]).toEqual([10, 37]);
    expect(new Set(judged).size).toBe(judged.length);
    expect([...judged].sort()).toEqual(found.map((one) => one.decision).sort());
  });

  it("tells what continues, what stands on less, and what no longer holds, and passes harm on", async () => {
    const all = [
      decision("sound", ["department 7"]),
      decision("thinner", ["department 7"]),
      decision("gone", ["department 7"]),
      decision("built on gone", ["department 9"], ["gone outcome"]),
      decision("built on that", ["department 9"], ["built on gone"]),
      decision("built on sound", ["department 9"], ["sound"]),
      decision("elsewhere", ["department 9"]),
      decision("never held", ["department 7"]),
    ];
    const after = new Map([
      [idOf("thinner"), passed(1)],
      [idOf("gone"), lost],
    ]);
    const found = await propagate(all, REVOCATION, async ({ id }) =>
      id === idOf("never held")
        ? { before: lost, after: lost }
        : { before: passed(), after: after.get(id) ?? passed() },
    );
    const status = Object.fromEntries(found.map((one) => [one.decision, one.status]));
    const names = all.map(({ id }) => status[id] ?? null);
    expect(names).toEqual([
      "continued",
      "downgraded",
      "deactivated",
      "downgraded",
      "downgraded",
      "continued",
      null,
      "continued",
    ]);
    expect(found.find((one) => one.decision === idOf("built on that"))?.because).toEqual([idOf("built on gone")]);
  });

  it("leaves an entry for each, linked to the one before and to the revocation", async () => {
    const found = await propagate(graph(), REVOCATION, async () => ({ before: passed(), after: lost }));
    const entries = found.map(({ entry }) => entry);
    expect(firstBrokenLink(entries)).toBeNull();
    for (const [index, { about, kind }] of entries.entries())
      expect([kind, about]).toEqual(["re-evaluation", [found[index]?.decision, REVOCATION.id]]);
  });

  it("reaches the same decisions whatever their order, circles included", () => {
    const ring = ["a", "b", "c"].map((name, index) =>
      decision(name, index === 0 ? ["department 7"] : [], [["c", "a", "b"][index] as string]),
    );
    const all = [...graph(), ...ring];
    const reached = dependantsOf(all, REVOCATION.credential).map(({ id }) => id);
    expect(reached).toEqual(expect.arrayContaining(ring.map(({ id }) => id)));
    const law = fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
      expect(dependantsOf(shuffled, REVOCATION.credential).map(({ id }) => id)).toEqual(reached);
    });
    fc.assert(law, { numRuns: 50 });
  });
});
