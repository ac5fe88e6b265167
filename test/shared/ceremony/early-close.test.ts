// What an early close takes (SPEC §8.3): statements of each kind, and time over the last contribution.
import { describe, expect, it } from "vitest";
import { currentRound, type Round } from "../../../shared/ceremony/state.ts";
import { statusBody } from "../../../shared/ceremony/status.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { TIMING } from "../../../shared/policy/patterns/parts.ts";
import { approvalNetwork } from "../../support/evidence.ts";
import { type Network, SECOND, type Sent } from "../../support/network.ts";
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

/** Everyone's witness, by when it was signed: microseconds after `since`, smallest first. */
function witnessed(net: Network, since: number): readonly number[] {
  const stamps = net.agents.map(({ state }) =>
    state.rounds[0]?.closing.witnesses.get(state.rounds[0].closing.own ?? -1),
  );
  return stamps.map((own) => (own?.[0]?.at[0] ?? Number.NaN) - since).sort((a, b) => a - b);
}

/** What a party's agent would report, dated as it likes. */
function reportedAt(net: Network, name: string, at: number): VerifiedObservation {
  const { state, author } = net.agent(name);
  const round = currentRound(state) as Round;
  return author({
    ceremony: net.call.id,
    round: 0,
    slot: { seat: round.closing.own, attempt: null, item: null },
    at: [at, at],
    timeToLive: 86_400 * SECOND,
    lineage: { sequence: null, prev: null, parents: [], sources: [], derivation: null },
    body: statusBody(round),
  });
}

/** All approve at once; statements of a kind to some take as long as is told, in seconds. */
function delayed(net: Network, kind: string, seconds: number, isLate: (sent: Sent) => boolean = () => true): void {
  const held: Sent[] = [];
  net.delivers = (sent) => sent.observation.body.kind !== kind || !isLate(sent) || held.push(sent) === 0;
  for (const { party } of net.agents) net.attest(party.name, "approve");
  net.run(seconds);
  net.delivers = () => true;
  net.queue.unshift(...held);
  net.run(3, () => net.digests().every((digest) => digest !== null));
}

describe("an early close", () => {
  it.each([
    [0.3, TIMING.settleMargin],
    [0.7, 700_000],
  ])("waits for the margin and for reports at once: they take %d s, and all close after %d µs", (seconds, took) => {
    const net = openNetwork(4);
    const start = net.now;
    delayed(net, "status", seconds);
    expect(witnessed(net, start)).toEqual([took, took, took, took]);
  });

  it("counts the margin from when the last came to hold all, so that nobody closes before it", () => {
    const net = openNetwork(4);
    const start = net.now;
    delayed(net, "contribution", 0.3, ({ to }) => to === "crux");
    const all = 300_000 + TIMING.settleMargin;
    expect(witnessed(net, start)).toEqual([all, all, all, all]);
  });

  it("waits no longer than a margin from when it heard, whatever a peer's stamp says", () => {
    const net = openNetwork(4);
    const start = net.now;
    delayed(net, "status", 0.3, (sent) => {
      if (sent.from === "crux") Object.assign(sent, { observation: reportedAt(net, sent.from, start + 90 * SECOND) });
      return sent.from === "crux";
    });
    expect(witnessed(net, start).slice(1)).toEqual([700_000, 700_000, 700_000]);
  });

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
