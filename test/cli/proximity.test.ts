import { describe, expect, it } from "vitest";
import { run } from "../support/command.ts";

const fence = { kind: "fence", frame: "EPSG:4978", fence: { centre: [6_378_137_000, 0, 0], radius: 50_000 } };

describe("quorate proximity", () => {
  it("answers the shipped example: four of five count, and the fifth is told why not", async () => {
    const files = ["proximity-profile.json", "proximity-references.json"].map((name) => `cli/examples/${name}`);
    const answer = await run("proximity", "--profile", files[0] as string, "--references", files[1] as string);
    expect(answer.exit).toBe(0);
    expect(answer.data).toMatchObject({
      verdict: "satisfied",
      counted: ["acme", "bolt", "crux", "dune"],
      excluded: [{ id: "echo", code: "OUTSIDE_PLACE", do: "attest again from within the fence" }],
    });
  });

  it("takes degrees, rounds them first, and is exact afterwards", async () => {
    const references = [{ id: "acme", wgs84: { latitude: 0, longitude: 0, height: 50 }, uncertainty: 0 }];
    const strict = await run("proximity", "--profile", { constraints: [fence] }, "--references", references);
    // The rounding's own millimetre makes it straddle the fence, which is exactly 50 m up.
    expect([strict.exit, strict.data]).toMatchObject([5, { excluded: [{ code: "PLACE_UNCERTAIN" }] }]);
    const lenient = { mode: "lenient", constraints: [fence] };
    expect((await run("proximity", "--profile", lenient, "--references", references)).exit).toBe(0);
  });

  it("says that it cannot tell where a place is not stated", async () => {
    const answer = await run("proximity", "--profile", { constraints: [fence] }, "--references", [
      { id: "acme", frame: "site", key: "x" },
    ]);
    expect([answer.exit, answer.data]).toMatchObject([
      3,
      { verdict: "indeterminate", unknown: [{ code: "PLACE_MISSING" }] },
    ]);
  });

  it.each([
    ["a profile without constraints", {}, [{ id: "a", frame: "x", key: "y" }]],
    ["an unknown kind", { constraints: [{ kind: "nearby" }] }, [{ id: "a", frame: "x", key: "y" }]],
    [
      "a fractional length",
      { constraints: [{ kind: "range", frame: "x", limit: 0.5 }] },
      [{ id: "a", frame: "x", key: "y" }],
    ],
    [
      "a crossing fence",
      {
        constraints: [
          {
            ...fence,
            frame: "x",
            fence: {
              polygon: [
                [0, 0],
                [2, 2],
                [2, 0],
                [0, 2],
              ],
            },
          },
        ],
      },
      [{ id: "a", frame: "x", key: "y" }],
    ],
    ["no references", { constraints: [fence] }, []],
    ["a place with unknown fields", { constraints: [fence] }, [{ id: "a", frame: "x", key: "y", extra: 1 }]],
    ["half a position", { constraints: [fence] }, [{ id: "a", frame: "x", position: [1, 2] }]],
    ["degrees out of range", { constraints: [fence] }, [{ id: "a", wgs84: { latitude: 100, longitude: 0 } }]],
  ])("shows the expected shape for %s", async (_, profile, references) => {
    const answer = await run("proximity", "--profile", profile, "--references", references);
    expect([answer.exit, answer.refusal?.code]).toEqual([64, "FILE_SHAPE"]);
    expect(answer.refusal?.do).toContain("write it like this: {");
  });
});
