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

  const HOURS = 3_600_000_000;
  const said = (id: string, offset: number | string, uncertainty: number | string = 1_000) => ({
    id,
    offset,
    uncertainty,
  });

  it("outvotes a minority whose clocks are off by hours, however people write them", async () => {
    const honest = [said("acme", 0), said("bolt", "200 µs", "1 ms"), said("crux", -100)];
    const answer = await run("time", "align", [...honest, said("liar", -3 * HOURS), said("other liar", "2 h")]);
    expect([answer.exit, answer.data]).toMatchObject([
      0,
      {
        estimate: 50,
        dispersion: 850,
        used: ["acme", "bolt", "crux"],
        excluded: [
          { id: "liar", code: "TIME_OUTLIER" },
          { id: "other liar", code: "TIME_OUTLIER" },
        ],
      },
    ]);
  });

  it.each([
    ["too few attesters", [said("acme", 0), said("bolt", 0)], "TIME_FEW"],
    [
      "three clocks of one organisation",
      ["a", "b", "c"].map((id) => ({ ...said(id, 0), authority: "acme" })),
      "TIME_FEW",
    ],
    [
      "a wide dispersion",
      { maxDispersion: "2 s", observations: ["a", "b", "c"].map((id) => said(id, 0, "5 s")) },
      "TIME_DISPERSED",
    ],
  ])("gives no estimate from %s", async (_, document, code) => {
    const answer = await run("time", "align", document);
    expect([answer.exit, answer.data]).toMatchObject([3, { estimate: null, code }]);
  });

  it("orders ten events of five clocks, hours apart, of which one reading lies", async () => {
    const off = { acme: -3, bolt: 2, crux: 1, dune: -1, echo: 0 };
    const clocks = Object.entries(off);
    const observations = clocks.flatMap(([from, early], index) =>
      clocks.slice(index + 1).map(([to, late]) => {
        const lie = from === "acme" && to === "bolt" ? HOURS : 0;
        return { from, to, offset: (late - early) * HOURS + lie, uncertainty: "500 µs" };
      }),
    );
    const events = Array.from({ length: 10 }, (_, index) => {
      const [clock, hours] = clocks[(index * 3) % 5] as (typeof clocks)[number];
      return { id: `e${index}`, clock, at: 1_800_000_000_000_000 + index * 1_000_000 + hours * HOURS };
    });
    const answer = await run("time", "align", { observations, events: [...events].reverse() });
    expect([answer.exit, answer.data]).toMatchObject([
      0,
      { order: events.map(({ id }) => [id]), excluded: [{ id: "observations[0]", code: "TIME_OUTLIER" }], adrift: [] },
    ]);
  });

  it("cannot tell which of two clocks is right that contradict each other twice", async () => {
    const offset = (least: number) => ({ from: "acme", to: "bolt", offset: [least, least + 10] });
    const answer = await run("time", "align", [offset(0), offset(100)]);
    expect([answer.exit, answer.data]).toMatchObject([3, { adrift: [{ id: "bolt", code: "TIME_UNLINKED" }] }]);
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
