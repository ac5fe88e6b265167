// What repair costs (SPEC §9): a party that missed d contributions gets each of them from its signer, or where
// that one is away from the next who holds it, and nothing else again.
import { describe, expect, it } from "vitest";
import { approvalNetwork } from "../../support/evidence.ts";
import { testParties } from "../../support/parties.ts";

const COUNT = 10;

/** Contributions sent again to one party that missed those of the first `missed` parties, and seconds until it holds all. */
function repaired(
  missed: number,
  gone = 0,
): { readonly held: number; readonly resent: number; readonly seconds: number } {
  const parties = testParties(COUNT);
  const names = parties.map(({ name }) => name);
  const away = names[COUNT - 1] as string;
  const net = approvalNetwork(parties, 600);
  net.open();
  net.deliverAll();
  const kept = (to: string, kind: string) => to === away && kind === "contribution";
  net.delivers = ({ from, to, observation }) => !(kept(to, observation.body.kind) && names.indexOf(from) < missed);
  // Both ways, so that nothing is settled early and the round stays open.
  for (const [index, name] of names.slice(0, -1).entries()) net.attest(name, index % 2 === 0 ? "approve" : "reject");
  net.deliverAll();
  for (const name of names.slice(0, gone)) net.down.add(name);
  let resent = 0;
  net.delivers = ({ to, observation }) => {
    if (kept(to, observation.body.kind)) resent++;
    return true;
  };
  const start = net.now;
  const held = () => net.agent(away).state.rounds[0]?.held.size ?? 0;
  net.run(300, () => held() === COUNT - 1);
  return { held: held(), resent, seconds: (net.now - start) / 1_000_000 };
}

describe("repair", () => {
  it.each([0, 1, 3, 9])("of %i missed contributions sends those and no others again", (missed) => {
    const { held, resent, seconds } = repaired(missed);
    expect(held).toBe(COUNT - 1);
    expect(resent).toBe(missed);
    expect(seconds).toBeLessThan(5);
  });

  it.each([1, 2])("of what %i parties said who are gone is left to those who sit behind them", (gone) => {
    const { held, resent, seconds } = repaired(3, gone);
    expect(held).toBe(COUNT - 1);
    expect(resent).toBeLessThan(3 * COUNT);
    expect(seconds).toBeLessThan(5 + 4 * gone + 15);
  });
});
