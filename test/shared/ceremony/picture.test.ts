// The picture of a ceremony tells what is held and counted, also of what came in batches, and stays small where much came.
import { describe, expect, it } from "vitest";
import { contributionsOf } from "../../../shared/ceremony/gathered.ts";
import { pictureOf } from "../../../shared/ceremony/picture.ts";
import { bidsIn, close, handIn, openSale } from "../../support/bidders.ts";

describe("a picture", () => {
  it("counts what batches hold and not the batches, and tells the newest one by one", () => {
    const sale = openSale(6);
    handIn(sale, "acme", bidsIn(sale, 18));
    close(sale);
    const { state } = sale.net.agent("bolt");
    const { acts, counts, folded, closings } = pictureOf(state, [], 5);
    const said = acts.filter(({ kind }) => kind === "contribution");
    expect([counts.held, said.length, Object.values(folded)]).toEqual([18, 5, [13]]);
    expect(closings[0]?.set).toBe(18);
    const held = contributionsOf([...(state.rounds[0]?.held.values() ?? [])]).map(({ id }) => id);
    expect(said.map(({ id }) => id)).toEqual(held.slice(-5));
    expect(new Set(said.map(({ verdict, by }) => [verdict, by === "acme"].join()))).toEqual(
      new Set(["admitted,false"]),
    );
  });
});
