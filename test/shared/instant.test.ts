import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readableInstant } from "../../shared/instant.ts";

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
