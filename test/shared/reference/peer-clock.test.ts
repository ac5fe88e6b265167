// Parties whose clocks are wrong talk over a network with delays; each corrects itself by what the stamps that arrive let it conclude.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALONE, hearAt, type PeerClocks, sendAt } from "../../../shared/reference/peer-clock.ts";

const SECOND = 1_000_000;
const HOUR = 3_600 * SECOND;

type Party = {
  readonly name: string;
  readonly wrong: number;
  readonly lie: (to: string) => number;
  clocks: PeerClocks;
};
type Message = {
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly mentions: readonly string[];
  readonly arrives: number;
};

function parties(wrong: readonly number[], lies: readonly ((to: string) => number)[] = []): Party[] {
  return wrong.map((off, index) => ({ name: `p${index}`, wrong: off, lie: lies[index] ?? (() => 0), clocks: ALONE }));
}

/** Everyone sends everyone a statement a second, mentioning what it has last heard; each takes `delay` microseconds to arrive. */
function talk(all: Party[], seconds: number, delay: (from: string, to: string) => number, of = all.length): void {
  const last = new Map<string, Map<string, string>>(all.map(({ name }) => [name, new Map()]));
  let flying: Message[] = [];
  for (let second = 1; second <= seconds; second++) {
    const truth = 1_000 * HOUR + second * SECOND;
    for (const message of flying.filter(({ arrives }) => arrives <= truth)) {
      const to = all.find(({ name }) => name === message.to) as Party;
      const heard = { peer: message.from, at: [message.at, message.at] as const, mentions: message.mentions };
      to.clocks = hearAt(to.clocks, [heard], message.arrives + to.wrong, of);
    }
    flying = flying.filter(({ arrives }) => arrives > truth);
    for (const from of all) {
      const id = `${from.name} ${second}`.padEnd(64, "0");
      const mentions = [...(last.get(from.name) as Map<string, string>).values()];
      from.clocks = sendAt(from.clocks, [id], truth + from.wrong);
      for (const to of all) {
        if (to === from) continue;
        const at = truth + from.wrong + from.clocks.correction + from.lie(to.name);
        flying.push({ from: from.name, to: to.name, at, mentions, arrives: truth + delay(from.name, to.name) });
        (last.get(to.name) as Map<string, string>).set(from.name, id);
      }
    }
  }
}
/** How far each party's mesh time is from the truth in the end. */
const off = (all: readonly Party[]) => all.map(({ wrong, clocks }) => wrong + clocks.correction);

describe("mesh time from what arrives anyway", () => {
  it("leaves clocks alone that are about right", () => {
    const all = parties([0, 40_000, -120_000]);
    talk(all, 20, () => 30_000);
    expect(all.map(({ clocks }) => clocks.correction)).toEqual([0, 0, 0]);
  });

  it("corrects the one of three that is an hour off, and only that one", () => {
    for (const wrong of [HOUR, -HOUR]) {
      const all = parties([0, 0, wrong]);
      talk(all, 20, () => 50_000);
      const [a, b, c = 0] = off(all);
      expect([a, b]).toEqual([0, 0]);
      expect(Math.abs(c)).toBeLessThan(2 * SECOND);
    }
  });

  it.each([
    ["three that differ", [0, HOUR, -HOUR]],
    ["five that differ", [HOUR, 2 * HOUR, -3 * HOUR, 30 * SECOND, -90 * 60 * SECOND]],
    ["two camps", [0, 0, HOUR, HOUR]],
  ] as const)("goes by one of the clocks where no majority agrees: %s", (_, wrong) => {
    const all = parties(wrong);
    talk(all, 20, () => 50_000);
    const [first = 0, ...rest] = off(all);
    for (const error of rest) expect(Math.abs(error - first)).toBeLessThan(2 * SECOND);
    // Neither the earliest nor the latest of them, and no average.
    const [, ...inner] = [...wrong].sort((a, b) => a - b).slice(0, -1);
    const near = (clock: number) => Math.abs(clock - first) < 2 * SECOND;
    expect([...inner, wrong.length === 4 ? 0 : inner[0]].some((clock) => near(clock as number)) || near(0)).toBe(true);
  });

  it("waits as long as those not heard yet could make a majority", () => {
    const all = parties([0, HOUR, -HOUR, 0, 0]);
    talk(all.slice(0, 3), 20, () => 50_000, 5);
    const [first] = all.map(({ clocks }) => clocks) as [PeerClocks];
    expect(first.correction).toBe(0);
    const now = 1_000 * HOUR + 21 * SECOND;
    const last = { peer: "p1", at: [now + HOUR, now + HOUR] as const, mentions: [] };
    const second = hearAt(all[1]?.clocks as PeerClocks, [last], now + HOUR, 5).correction;
    expect([second, hearAt(all[1]?.clocks as PeerClocks, [last], now + HOUR, 3).correction === 0]).toEqual([0, false]);
  });

  it("does not follow fewer than half, whatever they show to whom", () => {
    const arbitrary = fc.array(fc.integer({ min: -HOUR, max: HOUR }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(arbitrary, fc.nat(400_000), (lies, delay) => {
        const two = [lies.slice(0, 4), lies.slice(4)].map(
          (own) => (to: string) => own[Number(to.slice(1)) % 4] as number,
        );
        const honest = () => 0;
        const all = parties([0, 100_000, -100_000, 0, 0], [honest, honest, honest, ...two]);
        talk(all, 12, () => 1_000 + delay);
        for (const error of off(all).slice(0, 3)) expect(Math.abs(error)).toBeLessThan(2 * SECOND + 500_000);
      }),
      { numRuns: 40, seed: 21 },
    );
  });

  it("does not follow two of five before the others are heard", () => {
    const together = () => HOUR;
    const honest = () => 0;
    const all = parties([0, 0, 0, 0, 0], [honest, honest, honest, together, together]);
    talk([all[0], all[3], all[4]] as Party[], 20, () => 50_000, 5);
    expect(off(all)[0]).toBe(0);
  });

  it("shifting every clock by one constant changes no correction", () => {
    const corrections = [0, 17 * HOUR].map((shift) => {
      const all = parties([0, 30_000, 2 * HOUR, -20_000].map((wrong) => wrong + shift));
      talk(all, 15, (from, to) => (from < to ? 20_000 : 90_000));
      return all.map(({ clocks }) => clocks.correction);
    });
    expect(corrections[1]).toEqual(corrections[0]);
    expect(corrections[0]?.[2]).toBeLessThan(-HOUR);
  });

  it("bounds nothing from above by statements that mention none of one's own", () => {
    const mute = { peer: "p", at: [5 * HOUR, 5 * HOUR] as const, mentions: ["0".repeat(64)] };
    const heard = hearAt(hearAt(ALONE, [mute], 0, 3), [{ ...mute, peer: "q" }], 0, 3);
    expect(heard.correction).toBe(0);
  });
});
