// Things of which there should be one of a kind: which share a key, whatever their number.
import { describe, expect, it } from "vitest";
import { severalBy } from "../../shared/several.ts";

describe("what shares a key with another", () => {
  it("comes in lists, in the order in which the keys came", () => {
    expect(severalBy(["b1", "a1", "c1", "a2", "b2", "a3"], ([letter = ""]) => letter)).toEqual([
      ["b1", "b2"],
      ["a1", "a2", "a3"],
    ]);
    expect(severalBy(["a1", "b1"], ([letter = ""]) => letter)).toEqual([]);
  });

  it("is found among very many of one key as fast as among others: a hostile bundle may hold them", {
    timeout: 2_000,
  }, () => {
    const [all = []] = severalBy(
      Array.from({ length: 60_000 }, (_, index) => index),
      () => "one slot",
    );
    expect(all).toHaveLength(60_000);
  });
});
