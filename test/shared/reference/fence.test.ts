import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toGeocentric } from "../../../cli/geodetic.ts";
import { type Fence, flawOfPolygon, reachOfFence } from "../../../shared/reference/fence.ts";
import { GEOCENTRIC, type Vector } from "../../../shared/reference/place.ts";
import { LOCAL } from "../../support/places.ts";

const square: Fence = {
  polygon: [
    [0, 0, 0],
    [100, 0, 0],
    [100, 100, 0],
    [0, 100, 0],
  ],
};
/** Concave: a bite is taken out of the right side. */
const bitten: Fence = {
  polygon: [
    [0, 0, 0],
    [100, 0, 0],
    [50, 50, 0],
    [100, 100, 0],
    [0, 100, 0],
  ],
};

function onGlobe(latitude: number, longitude: number, height = 0): Vector {
  const place = toGeocentric({ latitude, longitude, height }, 0);
  if (!place?.position) throw new Error("not on the globe");
  return place.position;
}
const corners = (...degrees: readonly (readonly [number, number])[]) => degrees.map(([lat, lon]) => onGlobe(lat, lon));

describe("a sphere", () => {
  const sphere = (radius: number): Fence => ({ centre: [0, 0, 0], radius });

  it("contains its surface, and nothing a millimetre beyond", () => {
    expect(reachOfFence(sphere(50_000), LOCAL, [30_000, 40_000, 0], 0)).toBe("within");
    expect(reachOfFence(sphere(49_999), LOCAL, [30_000, 40_000, 0], 0)).toBe("beyond");
  });

  it("is exact where floating point is not", () => {
    // 94,906,268² + 1 is above 2^53 and rounds to its neighbour: a float would call this point on the surface.
    const far: Vector = [94_906_268, 1, 0];
    expect(Number(94_906_268n ** 2n + 1n)).toBe(Number(94_906_268n ** 2n));
    expect(reachOfFence(sphere(94_906_268), LOCAL, far, 0)).toBe("beyond");
  });

  it("straddles where the uncertainty reaches over the surface, to the millimetre", () => {
    const at = (uncertainty: number) => reachOfFence(sphere(50_000), LOCAL, [49_000, 0, 0], uncertainty);
    expect([at(1_000), at(1_001)]).toEqual(["within", "straddles"]);
    const outside = (uncertainty: number) => reachOfFence(sphere(50_000), LOCAL, [51_000, 0, 0], uncertainty);
    expect([outside(999), outside(1_000)]).toEqual(["beyond", "straddles"]);
  });
});

describe("a polygon in a plane", () => {
  it.each([
    ["inside", [50, 50, 0], "within"],
    ["on an edge", [100, 50, 0], "within"],
    ["on a corner", [0, 0, 0], "within"],
    ["a millimetre off an edge", [101, 50, 0], "beyond"],
    ["level with a corner, outside", [-1, 0, 0], "beyond"],
    ["at any height", [50, 50, 9_000_000], "within"],
  ] as const)("%s", (_, position, verdict) => {
    expect(reachOfFence(square, LOCAL, position, 0)).toBe(verdict);
  });

  it("has concave sides", () => {
    expect(reachOfFence(bitten, LOCAL, [80, 50, 0], 0)).toBe("beyond");
    expect(reachOfFence(bitten, LOCAL, [30, 50, 0], 0)).toBe("within");
  });

  it("is straddled where the uncertainty reaches an edge or a corner", () => {
    const from = (x: number, y: number, uncertainty: number) => reachOfFence(square, LOCAL, [x, y, 0], uncertainty);
    expect([from(90, 50, 10), from(90, 50, 11)]).toEqual(["within", "straddles"]);
    // 3-4-5 from the corner at [100, 100]
    expect([from(103, 104, 4), from(103, 104, 5)]).toEqual(["beyond", "straddles"]);
  });

  it("agrees with a ray cast in exact fractions, whatever the polygon's first corner and direction", () => {
    const point = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }));
    fc.assert(
      fc.property(fc.array(point, { minLength: 3, maxLength: 8 }), point, fc.nat(), (polygon, [x, y], start) => {
        const solid = polygon.map(([a, b]): Vector => [a, b, 0]);
        fc.pre(flawOfPolygon(solid, LOCAL) === null);
        const turned = [...solid.slice(start % solid.length), ...solid.slice(0, start % solid.length)];
        const seen = reachOfFence({ polygon: solid }, LOCAL, [x, y, 0], 0);
        expect(seen).toBe(castRay(polygon, x, y) ? "within" : "beyond");
        expect(reachOfFence({ polygon: turned.reverse() }, LOCAL, [x, y, 0], 0)).toBe(seen);
      }),
      { numRuns: 2_000, seed: 7 },
    );
  });
});

/** Even-odd rule, boundary inside: another algorithm than the one under test. */
function castRay(polygon: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let inside = false;
  for (const [index, [ax, ay]] of polygon.entries()) {
    const [bx, by] = polygon[(index + 1) % polygon.length] as readonly [number, number];
    const area = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
    const within = Math.min(ax, bx) <= x && x <= Math.max(ax, bx) && Math.min(ay, by) <= y && y <= Math.max(ay, by);
    if (area === 0 && within) return true;
    if (ay > y !== by > y && (by > ay ? area > 0 : area < 0)) inside = !inside;
  }
  return inside;
}

describe("a polygon on the globe", () => {
  it("reaches over the antimeridian", () => {
    const fiji: Fence = { polygon: corners([-15, 176], [-20, 176], [-20, -178], [-15, -178]) };
    expect(reachOfFence(fiji, GEOCENTRIC, onGlobe(-17, 180), 0)).toBe("within");
    expect(reachOfFence(fiji, GEOCENTRIC, onGlobe(-17, -179), 0)).toBe("within");
    expect(reachOfFence(fiji, GEOCENTRIC, onGlobe(-17, 175), 0)).toBe("beyond");
    expect(reachOfFence(fiji, GEOCENTRIC, onGlobe(17, 0), 0)).toBe("beyond");
  });

  it("holds a pole", () => {
    const arctic: Fence = { polygon: corners([80, 0], [80, 90], [80, 180], [80, -90]) };
    expect(reachOfFence(arctic, GEOCENTRIC, onGlobe(90, 0), 0)).toBe("within");
    expect(reachOfFence(arctic, GEOCENTRIC, onGlobe(89, 45), 0)).toBe("within");
    expect(reachOfFence(arctic, GEOCENTRIC, onGlobe(79, 0), 0)).toBe("beyond");
    expect(reachOfFence(arctic, GEOCENTRIC, onGlobe(-90, 0), 0)).toBe("beyond");
  });

  it("counts every height alike, and the uncertainty against its side walls", () => {
    const box: Fence = { polygon: corners([52, 4], [52, 6], [53, 6], [53, 4]) };
    const high = onGlobe(52.5, 5, 400_000);
    expect(reachOfFence(box, GEOCENTRIC, high, 1_000)).toBe("within");
    const nearWall = onGlobe(52.5, 5.999);
    expect(reachOfFence(box, GEOCENTRIC, nearWall, 10_000)).toBe("within");
    expect(reachOfFence(box, GEOCENTRIC, nearWall, 100_000)).toBe("straddles");
  });

  it("does not depend on how the axes are named", () => {
    const unit = fc.integer({ min: -1_000, max: 1_000 });
    const vector = fc.tuple(unit, unit, unit);
    const rotate = ([x, y, z]: Vector): Vector => [y, z, x];
    fc.assert(
      fc.property(
        fc.array(vector, { minLength: 3, maxLength: 6 }),
        vector,
        fc.nat(300),
        (polygon, point, uncertainty) => {
          fc.pre(flawOfPolygon(polygon, GEOCENTRIC) === null);
          const seen = reachOfFence({ polygon }, GEOCENTRIC, point, uncertainty);
          expect(reachOfFence({ polygon: polygon.map(rotate) }, GEOCENTRIC, rotate(point), uncertainty)).toBe(seen);
        },
      ),
      { numRuns: 1_000, seed: 11 },
    );
  });
});

describe("flaws of polygons", () => {
  it.each([
    [
      "on one line",
      [
        [0, 0, 0],
        [1, 1, 0],
        [2, 2, 0],
      ],
      LOCAL,
    ],
    [
      "a bow tie",
      [
        [0, 0, 0],
        [2, 2, 0],
        [2, 0, 0],
        [0, 2, 0],
      ],
      LOCAL,
    ],
    [
      "doubling back",
      [
        [0, 0, 0],
        [4, 0, 0],
        [2, 0, 0],
        [2, 4, 0],
      ],
      LOCAL,
    ],
    [
      "a corner twice",
      [
        [0, 0, 0],
        [4, 0, 0],
        [4, 0, 0],
        [2, 4, 0],
      ],
      LOCAL,
    ],
    [
      "touching itself",
      [
        [0, 0, 0],
        [4, 0, 0],
        [4, 4, 0],
        [2, 0, 0],
        [0, 4, 0],
      ],
      LOCAL,
    ],
    [
      "round the whole globe",
      [
        [1, 0, 0],
        [-1, 1, 0],
        [-1, -1, 0],
      ],
      GEOCENTRIC,
    ],
  ] as const)("%s", (_, polygon, frame) => {
    expect(flawOfPolygon(polygon, frame)).not.toBeNull();
  });

  it("finds none in a sound one", () => {
    expect(
      flawOfPolygon(
        [
          [0, 0, 0],
          [4, 0, 0],
          [4, 4, 0],
          [0, 4, 0],
        ],
        LOCAL,
      ),
    ).toBeNull();
  });
});
