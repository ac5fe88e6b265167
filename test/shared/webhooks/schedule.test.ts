// When a failed delivery is tried again.
import { describe, expect, it } from "vitest";
import { ATTEMPTS_MAX, PAUSE_MAX_MS, pauseAfter, retryAfterMs } from "../../../shared/webhooks/schedule.ts";

describe("the pause after a failed attempt", () => {
  const all = (chance: number) =>
    Array.from({ length: ATTEMPTS_MAX }, (_, index) => pauseAfter(index + 1, chance, null));

  it("grows fourfold to half a day, and ends after the last attempt", () => {
    expect(all(0).slice(0, 4)).toEqual([4_000, 16_000, 64_000, 256_000]);
    expect(all(255).slice(0, 4)).toEqual([6_000, 24_000, 96_000, 384_000]);
    expect(all(0).at(-1)).toBeNull();
    const hours = all(127).reduce<number>((sum, pause) => sum + (pause ?? 0), 0) / 3_600_000;
    expect(hours).toBeGreaterThan(24);
    expect(hours).toBeLessThan(48);
  });

  it("is as long as the receiver asks, up to half a day", () => {
    expect(pauseAfter(1, 0, 120_000)).toBe(120_000);
    expect(pauseAfter(1, 0, 1)).toBe(4_000);
    expect(pauseAfter(1, 0, 10 * PAUSE_MAX_MS)).toBe(PAUSE_MAX_MS);
  });

  it("is not read from anything but whole seconds", () => {
    expect([
      retryAfterMs("120"),
      retryAfterMs("Wed, 21 Oct 2026 07:28:00 GMT"),
      retryAfterMs("-1"),
      retryAfterMs(null),
    ]).toEqual([120_000, null, null, null]);
  });
});
