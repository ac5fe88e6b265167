// Layers: each sees what was there when it was made, whoever adds to it or to what came before it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Growing, type Layers, lookUp, NO_ENTRIES } from "../../../shared/ceremony/layers.ts";

const KEYS = ["a", "b", "c", "d", "e", "f", "g", "h"];

function withEntries(before: Layers, entries: readonly (readonly [string, string])[]): Layers {
  const growing = new Growing(before);
  for (const [key, value] of entries) {
    const known = growing.find(key);
    growing.add(key, value);
    expect(growing.find(key)).toBe(known ?? value);
  }
  return growing.take();
}

const seen = (layers: Layers) => KEYS.flatMap((key) => (lookUp(layers, key) === undefined ? [] : [key]));

describe("layers", () => {
  it("keep the first value of a key", () => {
    const one = withEntries(NO_ENTRIES, [["a", "1"]]);
    const two = withEntries(one, [
      ["a", "2"],
      ["b", "3"],
    ]);
    expect([lookUp(two, "a"), lookUp(two, "b"), lookUp(one, "b")]).toEqual(["1", "3", undefined]);
  });

  it("are as they were, whatever is added to any of them in whatever order", () => {
    const steps = fc.array(fc.record({ from: fc.nat(20), keys: fc.uniqueArray(fc.constantFrom(...KEYS)) }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(steps, (adding) => {
        const made: { layers: Layers; held: readonly string[] }[] = [{ layers: NO_ENTRIES, held: [] }];
        for (const { from, keys } of adding) {
          const { layers, held } = made[from % made.length] as (typeof made)[number];
          const next = withEntries(
            layers,
            keys.map((key) => [key, key]),
          );
          made.push({ layers: next, held: KEYS.filter((key) => held.includes(key) || keys.includes(key)) });
        }
        for (const { layers, held } of made) expect(seen(layers)).toEqual(held);
      }),
    );
  });
});
