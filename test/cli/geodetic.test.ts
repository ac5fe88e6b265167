import { describe, expect, it } from "vitest";
import { importDegrees, ROUNDING, toGeocentric } from "../../cli/geodetic.ts";
import { squaredDistance, wholeRoot } from "../../shared/reference/vector.ts";
import { needingVectors, readVectors, vectorsDir } from "../support/vectors.ts";

describe("importing WGS 84 degrees", () => {
  it("gives the example of EPSG guidance note 7-2 for method 9602, to the millimetre", () => {
    const latitude = 53 + 48 / 60 + 33.82 / 3_600;
    const longitude = 2 + 7 / 60 + 46.38 / 3_600;
    const place = toGeocentric({ latitude, longitude, height: 73 }, 0);
    expect(place?.position).toEqual([3_771_793_968, 140_253_342, 5_124_304_349]);
    expect(place?.uncertainty).toBe(ROUNDING);
  });

  it("knows the equator, the poles and the antimeridian, without a negative zero", () => {
    const at = (latitude: number, longitude: number) => toGeocentric({ latitude, longitude, height: 0 }, 0)?.position;
    expect(at(0, 0)).toEqual([6_378_137_000, 0, 0]);
    expect(at(90, 77)?.[2]).toBe(6_356_752_314);
    expect(at(0, 180)).toEqual(at(0, -180));
    expect(at(-0, -0)?.some((axis) => Object.is(axis, -0))).toBe(false);
  });

  it.each([
    [91, 0],
    [Number.NaN, 0],
    [0, 400],
  ])("refuses %s, %s", (latitude, longitude) => {
    expect(toGeocentric({ latitude, longitude, height: 0 }, 0)).toBeNull();
  });

  it.skipIf(vectorsDir === null)(needingVectors("gives chords that published geodesics bound from above"), () => {
    const { rows } = readVectors<{ rows: readonly (readonly number[])[] }>("geo/geodesic_20_testcases.json");
    expect(rows.length).toBeGreaterThan(10);
    for (const [lat1 = 0, lon1 = 0, , lat2 = 0, lon2 = 0, , metres = 0] of rows) {
      const a = toGeocentric({ latitude: lat1, longitude: lon1, height: 0 }, 0)?.position;
      const b = toGeocentric({ latitude: lat2, longitude: lon2, height: 0 }, 0)?.position;
      if (!a || !b) throw new Error("a published point is refused");
      const chord = Number(wholeRoot(squaredDistance(a, b))) / 1_000;
      // A chord under a surface curve of that length, on spheres of the smallest and largest radius of curvature.
      const [flat, steep] = [6_335_439, 6_399_594].map(
        (radius) => 2 * radius * Math.sin(Math.min(metres / (2 * radius), Math.PI / 2)),
      );
      expect(chord).toBeLessThan(metres);
      expect(chord).toBeGreaterThan(Math.min(flat as number, steep as number) * 0.99);
    }
  });

  it("leaves a description of degrees alone", () => {
    const schema = { properties: { latitude: { type: "integer" }, longitude: { type: "integer" } } };
    expect(importDegrees(schema)).toEqual(schema);
  });

  it("replaces degrees wherever they stand in a document, and nothing else", () => {
    const document = {
      references: [
        { id: "a", wgs84: { latitude: 0, longitude: 0 }, uncertainty: 500 },
        { id: "b", frame: "site", key: "k" },
      ],
    };
    expect(importDegrees(document)).toEqual({
      references: [
        { id: "a", frame: "EPSG:4978", position: [6_378_137_000, 0, 0], uncertainty: 501, ranges: [] },
        { id: "b", frame: "site", key: "k" },
      ],
    });
  });
});
