// A place travels inside an observation: whole millimetres, and what was measured beside them.
import { describe, expect, it } from "vitest";
import type { CborValue } from "../../../shared/cbor/value.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { frameOf, soundRecipe, trustOf, withField } from "../../support/recipes.ts";

const map = (fields: Readonly<Record<string, CborValue>>) =>
  new Map<string | number, CborValue>(Object.entries(fields));
const range = map({ with: "bolt", distance: 42_000, uncertainty: 500 });
const metric = { frame: "EPSG:4978", position: [3_771_793_968, 140_253_342, -5], uncertainty: 5_000, ranges: [range] };

async function placed(place: CborValue) {
  const recipe = withField(soundRecipe("contribution"), "spatial_reference", place);
  const admitted = await admit(frameOf(recipe), await trustOf(recipe));
  return admitted.ok ? admitted.value.place : admitted.fault;
}

describe("the spatial reference of an observation", () => {
  it("may be a key, a position with ranges, ranges alone, or none", async () => {
    expect(await placed(map({ frame: "site", key: "plant-7" }))).toEqual({ frame: "site", key: "plant-7" });
    expect(await placed(map(metric))).toEqual({
      ...metric,
      ranges: [{ with: "bolt", distance: 42_000, uncertainty: 500 }],
    });
    expect(await placed(map({ ...metric, position: null }))).toMatchObject({ position: null });
    expect(await placed(null)).toBeNull();
  });

  it.each([
    ["two axes", { ...metric, position: [1, 2] }, "spatial_reference.position"],
    ["a position out of range", { ...metric, position: [1e13, 0, 0] }, "spatial_reference.position[0]"],
    ["a negative uncertainty", { ...metric, uncertainty: -1 }, "spatial_reference.uncertainty"],
    ["a key beside a position", { ...metric, key: "plant-7" }, "spatial_reference.key"],
    [
      "a range without its other end",
      { ...metric, ranges: [map({ distance: 1, uncertainty: 0 })] },
      "spatial_reference.ranges[0].with",
    ],
  ])("may not be %s", async (_, place, path) => {
    expect(await placed(map(place as never))).toMatchObject({ detail: { path } });
  });
});
