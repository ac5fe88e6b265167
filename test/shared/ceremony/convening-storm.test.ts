// Ceremonies of those present in bad weather: lost and repeated messages, parties that are away, join late, say two things or lose their
// memory after every turn. Nobody may compute another record than anybody else, and who has joined in time learns the end.
import { describe, expect, it } from "vitest";
import { Random } from "../../simulation/random.ts";
import { CLOSED, OPEN, opened, pinned, WALK_IN } from "../../support/convened.ts";
import type { Agent, Network } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

const SEEDS = Array.from({ length: 8 }, (_, index) => index + 1);
const nameOf = ({ party }: Agent) => party.name;
const isEnded = ({ state }: Agent) => state.ending !== null;

type Storm = { readonly net: Network; readonly up: readonly Agent[] };

function storm(seed: number): Storm {
  const random = new Random(seed, "plan");
  const guests = random.chance(0.6) ? random.between(1, 2) : 0;
  const count = 3 + guests + random.below(3);
  const net = opened(testParties(count), pinned(guests > 0 ? OPEN : CLOSED), count - guests);
  const names = net.agents.map(nameOf);
  const walkIns = names.slice(count - guests);
  for (const name of walkIns) net.turn(name, { on: "observations", now: net.now, observations: [net.call] });
  const loss = random.below(50) / 100;
  net.delivers = () => !random.chance(loss);
  net.restoreAlways = random.chance(0.3);
  net.copies = random.chance(0.3) ? 2 : 1;
  for (const name of names) {
    if (random.chance(0.15)) continue;
    net.run(random.below(3));
    if (walkIns.includes(name)) net.say(name, WALK_IN);
    else net.attest(name, "join");
    if (random.chance(0.1) && !walkIns.includes(name))
      net.forge(
        name,
        new Map([
          ["choice", "join"],
          ["reason", "once more"],
        ]),
      );
  }
  if (random.chance(0.3)) net.down.add(random.pick(names.slice(0, count - guests)));
  const up = net.agents.filter((agent) => !net.down.has(nameOf(agent)));
  net.run(40, () => up.every((agent) => agent.state.rounds.length === 2 || isEnded(agent)));
  for (const name of names) if (random.chance(0.95)) net.attest(name, random.chance(0.95) ? "approve" : "reject");
  net.run(130, () => up.every(isEnded));
  net.delivers = () => true;
  net.run(100, () => up.every(isEnded));
  return { net, up };
}

/** Whether the first round of somebody else's holds what this party said to join. */
function isHeard({ state }: Agent, by: readonly Agent[]): boolean {
  return by.some((other) => {
    const set = other.state.rounds[0]?.closing.decision?.set ?? [];
    return set.some((id) => state.rounds[0]?.held.get(id)?.key === state.self.key);
  });
}

describe("a ceremony of those present in a storm", () => {
  it("ends alike for all, and for whoever has joined in time", () => {
    const ends = SEEDS.map((seed) => {
      const { net, up } = storm(seed);
      const digests = new Set(net.digests().filter((digest) => digest !== null));
      expect(digests.size, `seed ${seed}`).toBeLessThanOrEqual(1);
      const ended = up.filter(isEnded);
      for (const agent of up)
        if (ended.length > 0 && isHeard(agent, ended))
          expect([seed, nameOf(agent), isEnded(agent)]).toEqual([seed, nameOf(agent), true]);
      const rosters = new Set(ended.map(({ state }) => JSON.stringify(state.ending?.record.roster)));
      expect(rosters.size, `seed ${seed}`).toBeLessThanOrEqual(1);
      return ended[0]?.state.ending?.record;
    });
    // The weather is bad, and not so bad that nothing is tested.
    const decided = ends.filter((record) => record?.status === "decided");
    expect(decided.length).toBeGreaterThan(2);
    expect(new Set(decided.map((record) => record?.roster?.length)).size).toBeGreaterThan(1);
  });
});
