// What a peer's report says of batches that it lacks: lost, or on their way to it.
import { describe, expect, it } from "vitest";
import { prefixOf } from "../../../shared/ceremony/gather.ts";
import type { Gathered } from "../../../shared/ceremony/gathered.ts";
import { underWay } from "../../../shared/ceremony/under-way.ts";
import type { Observation, StatusBody } from "../../../shared/observation/observation.ts";
import { batchBy, bidsIn, handIn, openSale } from "../../support/bidders.ts";
import { SECOND, START } from "../../support/network.ts";

const INTERVAL = 2 * SECOND;

/** Batches of one elector, one a second. */
function stream(count: number): readonly Gathered[] {
  const sale = openSale(2);
  const bids = bidsIn(sale, count);
  return bids.map((bid) => {
    sale.net.now += SECOND;
    return batchBy(sale, "bolt", [bid]) as Observation as Gathered;
  });
}

function report(of: readonly Gathered[], at: number): Observation<StatusBody> {
  const contributions = of.map(({ id }) => prefixOf(id)).sort();
  const body = { kind: "status", attempt: -1, contributions, messages: [], wants: [], decided: false } as const;
  return { at: [at, at], body } as unknown as Observation<StatusBody>;
}

describe("a batch that a peer lacks", () => {
  const sent = stream(12);
  const held = new Map(sent.map((batch) => [batch.id, batch]));
  const at = (index: number) => (sent[index] as Gathered).at[0];
  const lost = (before: Observation<StatusBody> | undefined, now: Observation<StatusBody>) => {
    const found = underWay({ held }, before?.body, now, INTERVAL);
    const listed = new Set(now.body.contributions);
    return sent.flatMap(({ id }, index) => (found.has(id) || listed.has(prefixOf(id)) ? [] : [index]));
  };

  it("is on its way where it was signed shortly before the report, and lost where it was not", () => {
    expect(lost(undefined, report(sent.slice(0, 2), at(11)))).toEqual([2, 3, 4, 5, 6, 7]);
    expect(lost(undefined, report([], at(0)))).toEqual([]);
  });

  it("is on its way while others of its signer arrive, but for what was overtaken", () => {
    const late = at(11) + 60 * SECOND;
    expect(lost(report(sent.slice(0, 2), late), report(sent.slice(0, 4), late))).toEqual([]);
    const overtaken = [...sent.slice(0, 2), ...sent.slice(6, 8)];
    expect(lost(report(sent.slice(0, 2), late), report(overtaken, late))).toEqual([2, 3, 4, 5]);
  });

  it("is lost once nothing of its signer arrives any more", () => {
    const late = at(11) + 60 * SECOND;
    expect(lost(report(sent.slice(0, 10), late), report(sent.slice(0, 10), late + INTERVAL))).toEqual([10, 11]);
  });
});

it("a batch whose elector is gone is brought to who lacks it by another, however many seats have no agent", () => {
  const sale = openSale(60);
  const { net } = sale;
  net.down.add("bolt");
  handIn(sale, "crux", bidsIn(sale, 2));
  net.run(2);
  expect(net.agent("acme").state.rounds[0]?.held.size).toBe(1);
  net.down.add("crux");
  net.down.delete("bolt");
  net.run(6);
  expect(net.now).toBeLessThan(START + 9 * SECOND);
  expect(net.agent("bolt").state.rounds[0]?.held.size).toBe(1);
});
