// Ceremonies of several rounds, run by the core among organisations: every party reaches the same record, also one that loses its memory
// after each step, and the bundle proves every round.
import { describe, expect, it } from "vitest";
import { toJson } from "../../../shared/cbor/json.ts";
import type { CborMap, CborValue } from "../../../shared/cbor/value.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { commitTo } from "../../../shared/outcome/sealing.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { AUCTION } from "../../../shared/policy/patterns/auction.ts";
import { CONSENSUS } from "../../../shared/policy/patterns/consensus.ts";
import type { PolicyDocument } from "../../../shared/policy/policy.ts";
import { type BundleDocument, bundleOf, bytesOf, trustIn } from "../../support/evidence.ts";
import { Network, SECOND, START } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

function network(document: PolicyDocument, role: string, count = 3): Network {
  const policy = pinPolicy(document);
  if (!policy.ok) throw new Error(JSON.stringify(policy.fault));
  const times = { closesAt: START + 5 * SECOND, expiresAt: START + 200 * SECOND };
  return new Network(testParties(count), policy.value, { role, ...times });
}

const map = (fields: Readonly<Record<string, CborValue>>): CborMap => new Map(Object.entries(fields));
const say = (net: Network, name: string, content: CborMap) =>
  net.turn(name, { on: "attest", now: net.now, content, item: null });
const revealOf = (amount: number) => map({ bid: map({ amount }), nonce: `nonce ${amount}` });

/** Three bidders commit; those in `open` reveal. */
function sealedAuction(open: readonly string[], restoreAlways = false): Network {
  const net = network({ ...AUCTION, outcome: { ...AUCTION.outcome, rule: "second-price" } as never }, "bidder");
  net.restoreAlways = restoreAlways;
  const bids = { acme: revealOf(70), bolt: revealOf(90), crux: revealOf(80) };
  net.open();
  net.deliverAll();
  for (const [name, reveal] of Object.entries(bids)) say(net, name, map({ commit: commitTo(reveal) }));
  net.run(8);
  expect(net.agents.map(({ state }) => state.rounds.length)).toEqual([2, 2, 2]);
  for (const [name, reveal] of Object.entries(bids)) if (open.includes(name)) say(net, name, map({ reveal }));
  net.run(30, () => net.digests().every((digest) => digest !== null));
  return net;
}

const recordedValue = (net: Network) => net.agents[0]?.state.ending?.record.value;

describe("a sealed auction among organisations", () => {
  it.each([false, true])("awards by the reveals, with one record for all (memory lost: %s)", (restoreAlways) => {
    const net = sealedAuction(["acme", "bolt", "crux"], restoreAlways);
    expect(new Set(net.digests()).size).toBe(1);
    expect(recordedValue(net)).toEqual(map({ winners: [map({ party: "bolt", quantity: 1, price: 80 })] }));
  });

  it("awards without a bidder that does not reveal", () => {
    const net = sealedAuction(["acme", "crux"]);
    expect(recordedValue(net)).toEqual(map({ winners: [map({ party: "crux", quantity: 1, price: 70 })] }));
    expect(net.agents[0]?.state.ending?.record.excluded.map(({ code }) => code)).toEqual(["NOT_REVEALED"]);
  });

  it("leaves a bundle that a stranger verifies, round by round", async () => {
    const net = sealedAuction(["acme", "bolt", "crux"]);
    const bundle = bundleOf(net.agent("crux")) as BundleDocument & { rounds: unknown[] };
    const trust = trustIn(testParties(3));
    expect(bundle.rounds.length).toBe(2);
    expect(await verifyBundle(bytesOf(bundle), { trust })).toMatchObject({ verdict: "passed" });
    const short = { ...bundle, rounds: bundle.rounds.slice(0, 1) };
    expect(await verifyBundle(bytesOf(short), { trust })).toMatchObject({ verdict: "failed" });
  });
});

describe("a deferral", () => {
  const patient: PolicyDocument = { ...CONSENSUS, shortfall: [{ do: "defer", rounds: 2 }] };

  it("waits for whoever is missing, and what was said stands", () => {
    const net = network(patient, "decider");
    net.open();
    net.deliverAll();
    for (const name of ["acme", "bolt"]) net.attest(name, "approve");
    net.run(12);
    expect(net.agents.map(({ state }) => state.rounds.length)).toEqual([3, 3, 3]);
    net.attest("crux", "approve");
    net.run(30, () => net.digests().every((digest) => digest !== null));
    expect(new Set(net.digests()).size).toBe(1);
    expect(recordedValue(net)).toEqual(map({ choice: "approve", by: ["acme", "bolt", "crux"] }));
  });

  it("ends as abandoned, with the same record for all, where nobody comes", () => {
    const net = network(patient, "decider");
    net.open();
    net.deliverAll();
    net.attest("acme", "approve");
    net.run(60, () => net.digests().every((digest) => digest !== null));
    const records = net.agents.map(({ state }) => state.ending?.record);
    expect(new Set(net.digests()).size).toBe(1);
    expect(records[0]).toMatchObject({ status: "abandoned", cause: "THRESHOLD_NOT_REACHED" });
    expect(toJson(records[0]?.value ?? null)).toMatchObject({ absent: ["bolt", "crux"], faulty: [] });
  });

  it("is refused in a call that would expire before its last round", () => {
    const policy = pinPolicy(patient);
    if (!policy.ok) throw new Error(policy.fault.code);
    const times = { closesAt: START + 5 * SECOND, expiresAt: START + 15 * SECOND };
    expect(() => new Network(testParties(3), policy.value, { role: "decider", ...times })).toThrow(/CALL_INVALID/);
  });
});

describe("a party that is behind", () => {
  it("takes up the round in which the others are, from what they send again", () => {
    const net = network(AUCTION, "bidder", 4);
    const bids = { acme: revealOf(70), bolt: revealOf(90), crux: revealOf(80) };
    net.open();
    net.deliverAll();
    net.down.add("dune");
    for (const [name, reveal] of Object.entries(bids)) say(net, name, map({ commit: commitTo(reveal) }));
    net.run(20, () => net.agent("acme").state.rounds.length === 2);
    expect(net.agent("acme").state.rounds.length).toBe(2);
    expect(net.agent("dune").state.rounds.length).toBe(1);
    net.down.delete("dune");
    for (const [name, reveal] of Object.entries(bids)) say(net, name, map({ reveal }));
    net.run(60, () => net.digests().every((digest) => digest !== null));
    expect(new Set(net.digests()).size).toBe(1);
    expect(net.agent("dune").state.ending?.record.status).toBe("decided");
  });
});
