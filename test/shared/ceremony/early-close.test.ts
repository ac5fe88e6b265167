// What an early close takes (SPEC §8.3): statements of each kind, and time over the last contribution.
import { describe, expect, it } from "vitest";
import { TIMING } from "../../../shared/policy/patterns/parts.ts";
import { approvalNetwork } from "../../support/evidence.ts";
import type { Network, Sent } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

function openNetwork(count: number): Network {
  const net = approvalNetwork(testParties(count), 600);
  net.open();
  net.deliverAll();
  return net;
}

/** Messages by kind until everyone has ended, and the time that took in microseconds. */
function close(net: Network): { readonly took: number; readonly messages: Readonly<Record<string, number>> } {
  const messages: Record<string, number> = {};
  net.delivers = ({ observation: { body } }) => {
    messages[body.kind] = (messages[body.kind] ?? 0) + 1;
    return true;
  };
  const start = net.now;
  net.run(30, () => net.digests().every((digest) => digest !== null));
  return { took: net.now - start, messages };
}

/** Two of three have settled on what they said; what they sent to the third comes as it has spoken itself. */
function settledWithout(late: string): Network {
  const net = openNetwork(3);
  const held: Sent[] = [];
  net.delivers = (sent) => sent.to !== late || held.push(sent) === 0;
  for (const { party } of net.agents) if (party.name !== late) net.attest(party.name, "approve");
  net.run(0.1);
  net.delivers = () => true;
  net.attest(late, "approve");
  net.queue.unshift(...held);
  return net;
}

describe("an early close", () => {
  it.each([3, 4, 7, 10])("takes one message of each kind from each of %i parties to each other", (count) => {
    const net = openNetwork(count);
    for (const { party } of net.agents) net.attest(party.name, "approve");
    const { took, messages } = close(net);
    const each = count * (count - 1);
    expect(messages).toEqual({ contribution: each, status: each, witness: each, outcome: each });
    expect(took).toBe(TIMING.settleMargin);
  });

  it("waits for nobody's next report where one hears all at once, while the others have settled on less", () => {
    const net = settledWithout("crux");
    expect(close(net).took).toBeLessThanOrEqual(TIMING.settleMargin);
  });

  it("counts what a witness lists as held by its elector, whose last status told less", () => {
    const net = settledWithout("crux");
    net.delivers = ({ observation }) => observation.body.kind !== "status";
    net.run(5, () => net.digests().every((digest) => digest !== null));
    const ways = net.agents.map(({ state }) => state.rounds[0]?.closing.decision?.certificate.path);
    expect(ways).toEqual(["unanimous", "unanimous", "unanimous"]);
  });
});
