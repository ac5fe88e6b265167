// Parties whose hosts have the wrong time: one that is off is put right by what its peers' statements say, and no clock decides what the
// outcome is.
import { describe, expect, it } from "vitest";
import { memoOf, restore } from "../../../shared/ceremony/restore.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { APPROVAL } from "../../../shared/policy/patterns/approval.ts";
import { approvalNetwork, bundleOf, bytesOf, lineageOf, trustIn } from "../../support/evidence.ts";
import { type Agent, Network, SECOND, type Sent, START, storedBy } from "../../support/network.ts";
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

it("a party that sends again what it signed, and only then hears who mentioned it long ago, keeps its clock", () => {
  const net = approvalNetwork(testParties(3), 600);
  const acme = net.agent("acme");
  const inbox: Sent[] = [];
  net.open();
  net.deliverAll();
  net.delivers = (sent) => {
    if (sent.to === "acme") inbox.push(sent);
    return sent.to !== "acme";
  };
  net.run(4); // reports that lack its contribution
  net.attest("acme", "approve");
  net.run(8); // and others that do not
  acme.state = restore(net.call.id, acme.state.self, storedBy(acme), memoOf(acme.state));
  net.now += 100 * SECOND;
  const published = acme.effects.length;
  for (const { observation } of inbox)
    net.turn("acme", { on: "observations", now: net.now, observations: [observation] });
  const again = acme.effects.slice(published).filter((effect) => effect.do === "publish" && !effect.replaceable);
  expect(again.length).toBeGreaterThan(0);
  expect(correction(net, "acme")).toBe(0);
});

describe("five hosts of which no two have the same time", () => {
  const SKEWS = { acme: 0, bolt: -3 * HOUR, crux: 20 * 60 * SECOND, dune: HOUR, echo: 2 * HOUR };
  const NAMES = Object.keys(SKEWS) as (keyof typeof SKEWS)[];

  /** A round of joins and one of votes, four hours each; each of the five speaks once in each, some seconds apart. */
  function twoRounds(): { readonly net: Network; readonly spoken: readonly string[] } {
    const timing = { ...APPROVAL.timing, early: false, statusInterval: 5 * SECOND };
    const policy = pinPolicy({ ...APPROVAL, timing, convening: { roster: "closed-by-name" } });
    if (!policy.ok) throw new Error(JSON.stringify(policy.fault));
    const times = { closesAt: START + 4 * HOUR, expiresAt: START + 30 * HOUR };
    const net = new Network(testParties(5), policy.value, { role: "approver", ...times });
    for (const name of NAMES) net.skew.set(name, SKEWS[name]);
    net.open();
    net.deliverAll();
    const spoken: string[] = [];
    const speak = (choice: string, names: readonly string[]) => {
      for (const name of names) {
        spoken.push(net.attest(name, choice)[0]?.id as string);
        net.run(20);
      }
    };
    net.run(900);
    speak("join", ["echo", "bolt", "acme", "dune", "crux"]);
    net.run(9 * 3_600, () => net.agents.every(({ state }) => state.rounds.length === 2));
    net.run(60);
    speak("approve", ["dune", "crux", "bolt", "echo", "acme"]);
    net.run(9 * 3_600, () => net.agents.every(({ state }) => state.ending !== null));
    net.run(1);
    return { net, spoken };
  }

  it("go by one time: rounds close together, ten statements are dated in their order, and all reach one record", () => {
    const { net, spoken } = twoRounds();
    expect(new Set(net.digests()).size).toBe(1);
    const { rounds, ending } = net.agent("bolt").state;
    expect([ending?.record.status, ending?.record.excluded]).toEqual(["decided", []]);
    const dated = rounds.flatMap(({ held }) => [...held.values()]).sort((a, b) => a.at[0] - b.at[0]);
    expect(dated.map(({ id }) => id)).toEqual(spoken);
    // Without the correction their readings would lie five hours apart.
    const readings = NAMES.map((name) => SKEWS[name] + correction(net, name));
    expect(Math.max(...readings) - Math.min(...readings)).toBeLessThan(5 * SECOND);
    for (const { closing, closesAt } of rounds) {
      expect(closing.decision?.certificate.path).toBe("unanimous");
      const witnessed = [...closing.witnesses.values()].map(([witness]) => (witness?.at[0] ?? 0) - closesAt);
      expect(Math.min(...witnessed)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...witnessed)).toBeLessThan(5 * SECOND);
    }
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
