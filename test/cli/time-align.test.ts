import { describe, expect, it } from "vitest";
import { run } from "../support/command.ts";

describe("quorate time align", () => {
  it("answers the shipped examples", async () => {
    const offsets = await run("time", "align", "cli/examples/offsets.json");
    expect([offsets.exit, offsets.data]).toMatchObject([
      0,
      {
        estimate: 130_000,
        dispersion: 20_000,
        used: ["acme", "bolt", "crux"],
        excluded: [
          { id: "dune", code: "TIME_OUTLIER" },
          { id: "echo", code: "TIME_ATTESTER" },
        ],
      },
    ]);
    const clocks = await run("time", "align", "cli/examples/clocks.json");
    expect([clocks.exit, clocks.data]).toMatchObject([
      0,
      { estimate: { acme: 0, bolt: -3_600_000_000 }, order: [["release"], ["accept"]] },
    ]);
  });

  it("cannot tell where clocks are split, and shows the camps", async () => {
    const split = [0, 5, 1_000, 1_005].map((least, index) => ({ attester: `c${index}`, offset: [least, least + 10] }));
    const answer = await run("time", "align", split);
    expect([answer.exit, answer.data]).toMatchObject([
      3,
      { estimate: null, code: "TIME_SPLIT", used: [], camps: [{ ids: ["c0", "c1"] }, { ids: ["c2", "c3"] }] },
    ]);
  });

  it.each([
    ["no observations", {}],
    ["a bare number", [{ id: "a", offset: 5 }]],
    ["bounds out of order", [{ id: "a", offset: [5, 4] }]],
    ["a fraction", [{ id: "a", offset: [0.5, 1] }]],
    ["an unknown field", [{ id: "a", offset: [0, 1], skew: 3 }]],
    ["an offset of nobody", [{ offset: [0, 1] }]],
    [
      "too many clocks",
      Array.from({ length: 65 }, (_, index) => ({ id: `o${index}`, from: "hub", to: `c${index}`, offset: [0, 1] })),
    ],
  ])("shows the expected shape for %s", async (_, document) => {
    const answer = await run("time", "align", document as object);
    expect([answer.exit, answer.refusal?.code]).toEqual([64, "FILE_SHAPE"]);
  });
});
