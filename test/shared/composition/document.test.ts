// Compositions by themselves: what is refused when one is read, and how tracks meet.
import { describe, expect, it } from "vitest";
import { type PinnedComposition, readComposition } from "../../../shared/composition/document.ts";
import { type Ending, progressOf } from "../../../shared/composition/progress.ts";

const POLICY = "a".repeat(64);

function read(document: unknown): PinnedComposition {
  const pinned = readComposition(document);
  if (!pinned.ok) throw new Error(JSON.stringify(pinned.fault));
  return pinned.value;
}

describe("a composition that cannot work is refused", () => {
  const part = (fields: object = {}) => ({ policy: POLICY, ...fields });
  const load = (parts: object, more: object = {}) =>
    readComposition({ format: 1, id: "x", title: "x", parts, outcome: "a", ...more });
  const chain = (depth: number) =>
    Object.fromEntries(
      Array.from({ length: depth + 1 }, (_, at) => [
        at === 0 ? "a" : `a${at}`,
        part(at === 0 ? {} : { nested: { part: at === 1 ? "a" : `a${at - 1}`, role: "voter" } }),
      ]),
    );

  it.each<[string, unknown, string]>([
    ["a part that follows itself", load({ a: part({ after: ["a"] }) }), "COMPOSITION_CIRCLE"],
    [
      "a circle over three",
      load({ a: part({ after: ["b"] }), b: part({ after: ["c"] }), c: part({ after: ["a"] }) }),
      "COMPOSITION_CIRCLE",
    ],
    [
      "a circle through a fallback",
      load({
        a: part({ abandoned: { do: "fallback", part: "b" } }),
        b: part({ abandoned: { do: "fallback", part: "a" } }),
      }),
      "COMPOSITION_CIRCLE",
    ],
    ["nesting of five levels", load(chain(5)), "COMPOSITION_DEPTH"],
    ["a part that is not there", load({ a: part({ after: ["b"] }) }), "COMPOSITION_INVALID"],
    ["an outcome that is not there", load({ b: part() }), "COMPOSITION_INVALID"],
    [
      "a meeting of more than its tracks",
      load({ a: part({ after: ["m"] }), b: part() }, { meetings: { m: { of: ["b"], least: 2, by: null } } }),
      "COMPOSITION_INVALID",
    ],
  ])("%s", (_what, loaded, code) => {
    expect(loaded).toMatchObject({ ok: false, fault: { code } });
  });

  it("and nesting of four levels is not", () => {
    expect(load(chain(4))).toMatchObject({ ok: true });
  });
});

describe("parallel tracks", () => {
  const parts = {
    a: { policy: POLICY, after: ["m"] },
    b: { policy: POLICY, abandoned: { do: "proceed" } },
    c: { policy: POLICY, abandoned: { do: "proceed" } },
    d: { policy: POLICY, abandoned: { do: "proceed" } },
  };
  const meeting = read({
    format: 1,
    id: "x",
    title: "x",
    parts,
    meetings: { m: { of: ["b", "c", "d"], least: 2, by: 100 } },
    outcome: "a",
  });
  const ended = (status: Ending["status"], closedAt = 50): Ending => ({
    ceremony: "1".repeat(64),
    digest: "2".repeat(64),
    status,
    value: null,
    cause: null,
    closedAt,
  });
  const stateOf = (endings: Readonly<Record<string, Ending>>) => {
    const { parts: states, whole } = progressOf(meeting, new Map(Object.entries(endings)));
    return [states.get("a"), whole.is];
  };

  it("meet once enough of them have an outcome, in time", () => {
    expect(stateOf({ b: ended("decided") })).toEqual(["waiting", "open"]);
    expect(stateOf({ b: ended("decided"), c: ended("decided") })).toEqual(["due", "open"]);
    expect(stateOf({ b: ended("decided"), c: ended("abandoned") })).toEqual(["waiting", "open"]);
    expect(stateOf({ b: ended("decided"), c: ended("decided", 101) })).toEqual(["waiting", "open"]);
    expect(stateOf({ b: ended("decided"), c: ended("decided", 101), d: ended("decided") })).toEqual(["due", "open"]);
  });

  it("never meet once too few are left, which ends the whole", () => {
    expect(stateOf({ b: ended("abandoned"), c: ended("abandoned") })).toEqual(["dropped", "abandoned"]);
    expect(stateOf({ b: ended("decided"), c: ended("decided", 101), d: ended("abandoned") })).toEqual([
      "dropped",
      "abandoned",
    ]);
  });
});
