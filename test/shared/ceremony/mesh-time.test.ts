// Parties whose hosts have the wrong time: one that is off is put right by what its peers' statements say, and no clock decides what the
// outcome is.
import { describe, expect, it } from "vitest";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { approvalNetwork, bundleOf, bytesOf, lineageOf, trustIn } from "../../support/evidence.ts";
import { type Agent, type Network, SECOND } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

const HOUR = 3_600 * SECOND;

/** Four parties of which the last has a clock that is `wrong`; they talk for a while, then attest. */
function ceremony(wrong: number, pause = 20): Network {
  const net = approvalNetwork(testParties(4), 60);
  net.skew.set("dune", wrong);
  net.open();
  net.deliverAll();
  net.run(pause);
  for (const { party } of net.agents) net.attest(party.name, "approve");
  net.run(100, () => net.agents.every(({ state }) => state.ending !== null));
  net.run(1);
  return net;
}

const correction = (net: Network, name: string) => net.agent(name).state.clock.correction;

describe("a party whose clock is wrong", () => {
  it.each([
    ["an hour slow", -HOUR],
    ["a minute slow", -60 * SECOND],
    ["a minute fast", 60 * SECOND],
  ])("is put right where it is %s, and ends with the others", (_, wrong) => {
    const net = ceremony(wrong);
    expect(Math.abs(wrong + correction(net, "dune"))).toBeLessThan(15 * SECOND);
    for (const name of ["acme", "bolt", "crux"]) expect(correction(net, name)).toBe(0);
    expect(new Set(net.digests()).size).toBe(1);
    expect(net.agent("dune").state.ending?.record.excluded).toEqual([]);
    expect(net.agent("dune").state.outcomes.size).toBe(4);
  });

  it("says so, to people", () => {
    const net = ceremony(-HOUR);
    const alerts = lineageOf(net.agent("dune")).filter(
      ({ kind, detail }) => kind === "alert" && detail.code === "TIME_OUTLIER",
    );
    expect(alerts.length).toBeGreaterThan(0);
    expect(Math.abs((alerts[0]?.detail.off as number) + HOUR)).toBeLessThan(15 * SECOND);
  });

  it("keeps its correction over a restart", () => {
    const net = approvalNetwork(testParties(4), 60);
    net.skew.set("dune", -HOUR);
    net.restoreAlways = true;
    net.open();
    net.deliverAll();
    net.run(20);
    // The bounds are learnt anew after every restart; what was corrected stays corrected meanwhile.
    expect(correction(net, "dune")).toBe(0);
    net.restoreAlways = false;
    net.run(20);
    const corrected = correction(net, "dune");
    net.restoreAlways = true;
    net.run(2);
    expect([corrected > HOUR / 2, correction(net, "dune")]).toEqual([true, corrected]);
  });
});

describe("wall clocks", () => {
  /** The same contributions, delivered in another order to hosts whose clocks are off by `skews` from then on. */
  function closed(skews: readonly number[], backwards: boolean): Network {
    const net = approvalNetwork(testParties(4), 60);
    net.open();
    net.deliverAll();
    for (const { party } of net.agents) net.attest(party.name, "approve");
    for (const [index, { party }] of net.agents.entries()) net.skew.set(party.name, skews[index] as number);
    if (backwards) net.queue.reverse();
    net.run(110, () => net.agents.every(({ state }) => state.ending !== null));
    net.run(1);
    return net;
  }

  it("decide no byte of a record: shifted together, each by its own, or with messages the other way round", async () => {
    const digests = new Set<string | null>();
    for (const skews of [
      [0, 0, 0, 0],
      [45, 45, 45, 45],
      [-30, -30, -30, -30],
      [20, -15, 3, 40],
      [0, 0, 0, 50],
    ])
      for (const backwards of [false, true]) {
        const net = closed(
          skews.map((seconds) => seconds * SECOND),
          backwards,
        );
        for (const digest of net.digests()) digests.add(digest);
      }
    expect([...digests]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    const [agent] = closed(
      [45, -20, 0, 7].map((seconds) => seconds * SECOND),
      true,
    ).agents;
    const { verdict } = await verifyBundle(bytesOf(bundleOf(agent as Agent)), { trust: trustIn(testParties(4)) });
    expect(verdict).toBe("passed");
  });
});
