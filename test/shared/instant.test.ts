import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readableInstant, spanIn } from "../../shared/instant.ts";

describe("an instant as people read it", () => {
  it("is the platform's own date for every instant that it knows", () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_000_000_000, max: 9_000_000_000 }), fc.nat(999_999), (seconds, micros) => {
        const iso = new Date(seconds * 1_000).toISOString().slice(0, 19).replace("T", " ");
        const fraction = micros === 0 ? "" : `.${String(micros).padStart(6, "0").replace(/0+$/, "")}`;
        expect(readableInstant(seconds * 1_000_000 + micros)).toBe(`${iso}${fraction}`);
      }),
    );
  });
});

describe("a length of time", () => {
  it("is told in the largest unit of which there are two", () => {
    const told = [0, 119, 120, 7_199, 7_200, 172_799, 172_800, 63_115_199, 63_115_200].map((seconds) =>
      spanIn(seconds).join(" "),
    );
    expect(told).toEqual(["0 s", "119 s", "2 min", "120 min", "2 h", "48 h", "2 d", "730 d", "2 years"]);
  });
});
