// The picture of a ceremony tells what is held and counted, also of what came in batches, and stays small where much came.
import { describe, expect, it } from "vitest";
import { contributionsOf } from "../../../shared/ceremony/gathered.ts";
import { paceOf } from "../../../shared/ceremony/pace.ts";
import { pictureOf } from "../../../shared/ceremony/picture.ts";
import { bidsIn, close, handIn, openSale } from "../../support/bidders.ts";

describe("a picture", () => {
  it("counts what batches hold and not the batches, and tells the newest one by one", () => {
    const sale = openSale(6);
    handIn(sale, "acme", bidsIn(sale, 18));
    close(sale);
    const { state } = sale.net.agent("bolt");
    const { acts, counts, folded, closings, pace } = pictureOf(state, [], 5);
    const said = acts.filter(({ kind }) => kind === "contribution");
    expect([counts.held, said.length, Object.values(folded)]).toEqual([18, 5, [13]]);
    expect(closings[0]?.set).toBe(18);
    expect(pace?.counts.reduce((total, count) => total + count, 0)).toBe(18);
    const held = contributionsOf([...(state.rounds[0]?.held.values() ?? [])]).map(({ id }) => id);
    expect(said.map(({ id }) => id)).toEqual(held.slice(-5));
    expect(new Set(said.map(({ verdict, by }) => [verdict, by === "acme"].join()))).toEqual(
      new Set(["admitted,false"]),
    );
  });
});

describe("the newest in a picture", () => {
  it("are those that came last, whatever their ids", () => {
    const sale = openSale(6);
    for (let group = 0; group < 4; group++) {
      handIn(sale, "acme", bidsIn(sale, 24).slice(6 * group, 6 * group + 6)); // stated as they are made
      sale.net.run(2);
    }
    const timesOf = (most: number) =>
      pictureOf(sale.net.agent("bolt").state, [], most)
        .acts.filter(({ kind }) => kind === "contribution")
        .map(({ at }) => at[1]);
    const all = timesOf(1_000);
    const last = Math.max(...all);
    expect([all.length, new Set(all).size]).toEqual([24, 4]);
    expect(timesOf(6)).toEqual(Array.from({ length: 6 }, () => last));
  });
});

describe("a pace", () => {
  const SECOND = 1_000_000;
  const burst = Array.from({ length: 10_000 }, (_, index) => 77 * SECOND + index * 2_000);

  it("counts everything once, in steps that are few", () => {
    const pace = paceOf(burst);
    expect([pace?.step, pace?.counts.length]).toEqual([SECOND, 20]);
    expect(pace?.counts.every((count) => count >= 500 && count <= 700)).toBe(true);
    for (const length of [1, 59, 60, 61, 3_600, 86_400, 40_000_000]) {
      const spread = paceOf(Array.from({ length: 300 }, (_, index) => Math.floor((index * length * SECOND) / 299)));
      expect(spread?.counts.length, String(length)).toBeLessThanOrEqual(60);
      expect(spread?.counts.reduce((total, count) => total + count, 0)).toBe(300);
    }
    expect([paceOf([]), paceOf([5])?.counts]).toEqual([null, [1]]);
  });

  it("is not flattened by who states a wild time", () => {
    const wild = [...burst, ...Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? 0 : 10 ** 15))];
    expect(paceOf(wild)?.step).toBe(SECOND);
    expect(paceOf(wild)?.counts.reduce((total, count) => total + count, 0)).toBe(10_050);
  });
});
