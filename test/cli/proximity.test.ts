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

  const yard = (limit: number | string, more: object = {}) => ({
    constraints: [{ kind: "range", frame: "local:yard", limit }],
    ...more,
  });
  const at = (id: string, x: number, more: object = {}) => ({
    id,
    frame: "local:yard",
    position: [x, 0, 0],
    uncertainty: 0,
    ...more,
  });
  const seen = [at("acme", 0), at("bolt", 49_000, { uncertainty: 5_000 })];
  const judged = async (profile: object, references: object) => {
    const { exit, data } = await run("proximity", "--profile", profile, "--references", references);
    const { verdict, counted } = data as { readonly verdict: string; readonly counted: readonly string[] };
    return [exit, verdict, counted.join(" ")];
  };

  it.each([
    ["49 m ± 5 m against 50 m, conservative", yard(50_000), seen, [5, "not satisfied", ""]],
    ["the same, called strict", yard(50_000, { mode: "strict" }), seen, [5, "not satisfied", ""]],
    ["the same, lenient", yard(50_000, { mode: "lenient" }), seen, [0, "satisfied", "acme bolt"]],
    ["exactly the limit", yard(50_000), [at("acme", 0), at("bolt", 50_000)], [0, "satisfied", "acme bolt"]],
    ["a millimetre more", yard(50_000), [at("acme", 0), at("bolt", 50_001)], [5, "not satisfied", ""]],
    [
      "a frame to which nothing leads",
      yard(50_000),
      [at("acme", 0), at("bolt", 0, { frame: "local:dock" })],
      [3, "indeterminate", "acme"],
    ],
  ])("judges %s", async (_, profile, references, expected) => {
    expect(await judged(profile, references)).toEqual(expected);
  });

  it("judges across frames by a transform, with the uncertainty of its own", async () => {
    const transform = { from: "local:dock", to: "local:yard", translation: ["40 m", 0, 0], uncertainty: "1 m" };
    const there = [at("acme", 0), at("bolt", 9_000, { frame: "local:dock" })];
    expect(await judged(yard("50 m", { transforms: [transform] }), there)).toEqual([0, "satisfied", "acme bolt"]);
    expect(await judged(yard("49 m", { transforms: [transform] }), there)).toEqual([5, "not satisfied", ""]);
    expect(await judged(yard("50 m"), there)).toEqual([3, "indeterminate", "acme"]);
  });

  it("tells co-signed ranges from a bare claim and from one side's word", async () => {
    const range = (other: string) => ({ ranges: [{ with: other, distance: 10_000, uncertainty: 100 }] });
    const profile = yard(50_000, { corroboration: 1, least: 2 });
    const both = [at("acme", 0, range("bolt")), at("bolt", 10_000, range("acme")), at("crux", 20_000)];
    expect(await judged(profile, both)).toEqual([0, "satisfied", "acme bolt"]);
    expect(await judged(profile, [at("acme", 0, range("bolt")), at("bolt", 10_000)])).toEqual([3, "indeterminate", ""]);
  });

  it("sees across the antimeridian and round the poles, by range and by fence", async () => {
    const degrees = (id: string, latitude: number, longitude: number) => ({ id, wgs84: { latitude, longitude } });
    const range = { constraints: [{ kind: "range", frame: "EPSG:4978", limit: "50 m" }] };
    const antimeridian = [degrees("acme", 0, 179.9999), degrees("bolt", 0, -179.9999)];
    expect(await judged(range, antimeridian)).toEqual([0, "satisfied", "acme bolt"]);
    const pole = [degrees("acme", 89.9999, 0), degrees("bolt", 89.9999, 180), degrees("crux", 90, 77)];
    expect(await judged(range, pole)).toEqual([0, "satisfied", "acme bolt crux"]);
    const corners = [
      [-1, 179],
      [-1, -179],
      [1, -179],
      [1, 179],
    ].map(([lat, lon]) => ({ lat, lon }));
    const inside = { least: 2, constraints: [{ kind: "fence", frame: "EPSG:4978", fence: { polygon: corners } }] };
    const found = await judged(inside, [degrees("acme", 0, 180), degrees("bolt", 0, 178), degrees("crux", 0, -179.5)]);
    expect(found).toEqual([0, "satisfied", "acme crux"]);
  });

  it("holds apart keys that only begin alike, and takes nested ones", async () => {
    const jurisdiction = { least: 1, constraints: [{ kind: "jurisdiction", within: ["NL"] }] };
    const in_ = (id: string, key: string, frame = "jurisdiction") => ({ id, frame, key });
    expect(await judged(jurisdiction, [in_("acme", "NL/ZH"), in_("bolt", "NLX")])).toEqual([0, "satisfied", "acme"]);
    const shared = { least: 2, constraints: [{ kind: "shared-key", frame: "tenant" }] };
    const tenants = ["x", "x", "y"].map((key, index) => in_(["acme", "bolt", "crux"][index] as string, key, "tenant"));
    expect(await judged(shared, tenants)).toEqual([0, "satisfied", "acme bolt"]);
    const split = [...tenants, in_("dune", "y", "tenant")];
    expect(await judged(shared, split)).toEqual([5, "not satisfied", ""]);
  });

  it("takes the ways in which people write a list of places, and judges them alike", async () => {
    const degrees = { latitude: 0, longitude: 0.0001 };
    const written = [
      [{ id: "acme", ...degrees, uncertainty: "1 m" }],
      { references: [{ id: "acme", lat: 0, lon: 0.0001, uncertainty: 1_000 }] },
      { participants: [{ id: "acme", place: { wgs84: { ...degrees, uncertainty: "100 cm" } } }] },
      [{ id: "acme", spatial_reference: { lat: 0, lng: 0.0001, uncertainty: 1_000 } }],
    ];
    const centre = { lat: 0, lon: 0 };
    const profile = (radius: string) => ({
      constraints: [{ kind: "fence", frame: "EPSG:4978", fence: { centre, radius } }],
    });
    for (const references of written) {
      expect(await judged(profile("12.133 m"), references)).toEqual([0, "satisfied", "acme"]);
      expect(await judged(profile("12.132 m"), references)).toEqual([5, "not satisfied", ""]);
    }
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
    ["half a millimetre", { constraints: [{ ...fence, fence: { centre: [0, 0, 0], radius: "0.0005 m" } }] }, []],
    ["a latitude alone", { constraints: [fence] }, [{ id: "a", latitude: 5 }]],
    ["degrees in words", { constraints: [fence] }, [{ id: "a", lat: "north", lon: 0 }]],
    ["degrees out of range", { constraints: [fence] }, [{ id: "a", wgs84: { latitude: 100, longitude: 0 } }]],
  ])("shows the expected shape for %s", async (_, profile, references) => {
    const answer = await run("proximity", "--profile", profile, "--references", references);
    expect([answer.exit, answer.refusal?.code]).toEqual([64, "FILE_SHAPE"]);
    expect(answer.refusal?.do).toContain("write it like this: {");
  });
});
