// What a peer's report says of batches that it lacks: lost, or on their way to it.
import { describe, expect, it } from "vitest";
import { batchesOf } from "../../../shared/ceremony/gathered.ts";
import { memoOf, restore } from "../../../shared/ceremony/restore.ts";
import { bidsIn, ELECTORS, handIn, openSale, type Sale } from "../../support/bidders.ts";
import { SECOND, type Sent, START, storedBy } from "../../support/network.ts";

/** What is sent to `slow` waits before it, in the order of sending, and `loses` may lose it there; how often each batch was sent to whom is counted. */
function inboxOf(slow: string, { net }: Sale, loses: (sent: Sent) => boolean = () => false) {
  const inbox: Sent[] = [];
  const sent = new Map<string, number>();
  net.delivers = (message) => {
    const { from, to, observation } = message;
    if (observation.body.kind === "batch") {
      const name = `${observation.id.slice(0, 8)} from ${from} to ${to}`;
      sent.set(name, (sent.get(name) ?? 0) + 1);
    }
    if (to !== slow) return true;
    if (!loses(message)) inbox.push(message);
    return false;
  };
  /** It works off so many messages. */
  const work = (most: number) => {
    for (const { observation } of inbox.splice(0, most))
      net.turn(slow, { on: "observations", now: net.now, observations: [observation] });
  };
  return { sent, work };
}

const heldBy = ({ net }: Sale, name: string) =>
  batchesOf([...(net.agent(name).state.rounds[0]?.held.values() ?? [])]).length;

/** Two electors bring a batch each, every second, while the third works off so many messages a second; both at each, and its own, in the end. */
function burst(seconds: number, workedOff: number, loses?: (sent: Sent) => boolean) {
  const sale = openSale(4, undefined, START + 600 * SECOND);
  const { net } = sale;
  const { sent, work } = inboxOf("crux", sale, loses);
  const bids = bidsIn(sale, 4 * seconds);
  for (let second = 0; second < seconds; second++) {
    handIn(sale, "acme", bids.slice(4 * second, 4 * second + 2));
    handIn(sale, "bolt", bids.slice(4 * second + 2, 4 * second + 4));
    net.run(1);
    work(workedOff);
  }
  return { sale, net, sent, work };
}

const twice = (sent: ReadonlyMap<string, number>) => [...sent].filter(([, times]) => times > 1);
/** Of each batch and receiver, from how many it was sent. */
const ways = (sent: ReadonlyMap<string, number>) => {
  const roads = [...sent.keys()].map((name) => name.replace(/ from \w+/, ""));
  return roads.length - new Set(roads).size;
};

describe("a batch that a peer lacks", () => {
  it.each([0, 1, 2])("is sent to it once while it works off %i messages a second, and the rest later", (workedOff) => {
    const { sale, net, sent, work } = burst(20, workedOff);
    for (let second = 0; second < 120 && heldBy(sale, "crux") < heldBy(sale, "acme"); second++) {
      net.run(1);
      work(workedOff === 0 ? 3 : workedOff);
    }
    expect(heldBy(sale, "acme")).toBeGreaterThan(30);
    for (const name of ELECTORS) expect(heldBy(sale, name)).toBe(heldBy(sale, "acme"));
    expect(twice(sent)).toEqual([]);
    expect(ways(sent)).toBe(0);
  });

  it("is sent to it once while it is away and works off, once it is back, what waits for it", () => {
    const { sale, net, sent, work } = burst(4, 8);
    const agent = net.agent("crux");
    const bids = bidsIn(sale, 136);
    for (let second = 4; second < 34; second++) {
      agent.wakeAt = null; // away: what is sent to it stays with its server
      handIn(sale, "acme", bids.slice(4 * second, 4 * second + 4));
      net.run(1);
    }
    expect(heldBy(sale, "crux")).toBeLessThan(heldBy(sale, "acme") / 2);
    agent.state = restore(agent.state.ceremony, agent.state.self, storedBy(agent), memoOf(agent.state));
    agent.wakeAt = net.now;
    for (let second = 0; second < 60; second++) {
      net.run(1);
      work(2);
    }
    expect(heldBy(sale, "crux")).toBe(heldBy(sale, "acme"));
    expect(twice(sent)).toEqual([]);
    expect(ways(sent)).toBe(0);
  });

  it("is sent again, once and by its signer, where it was lost", () => {
    let lost = 0;
    const { sale, net, sent, work } = burst(10, 8, ({ observation: { body } }) => body.kind === "batch" && ++lost <= 6);
    for (let second = 0; second < 60; second++) {
      net.run(1);
      work(8);
    }
    expect(heldBy(sale, "crux")).toBe(heldBy(sale, "acme"));
    expect(twice(sent).map(([, times]) => times)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(ways(sent)).toBe(0);
  });

  it("is sent again until it arrives", () => {
    let lost = 0;
    const { sale, net, work } = burst(10, 8, ({ observation: { body } }) => body.kind === "batch" && ++lost % 4 !== 0);
    for (let second = 0; second < 120; second++) {
      net.run(1);
      work(8);
    }
    expect(heldBy(sale, "crux")).toBe(heldBy(sale, "acme"));
  });
});

it("a batch whose elector is gone is brought to who lacks it by another, however many seats have no agent", () => {
  const sale = openSale(60, undefined, START + 60 * SECOND);
  const { net } = sale;
  net.down.add("bolt");
  handIn(sale, "crux", bidsIn(sale, 2));
  net.run(2);
  expect(net.agent("acme").state.rounds[0]?.held.size).toBe(1);
  net.down.add("crux");
  net.down.delete("bolt");
  net.run(50, () => net.agent("bolt").state.rounds[0]?.held.size === 1);
  expect(net.now).toBeLessThan(START + 20 * SECOND);
  expect(net.agent("bolt").state.rounds[0]?.held.size).toBe(1);
});
