// Auctions whose bidders run no agent: three electors take in their bids and bring them in batches. In one process, with real keys.
import type { Party } from "../../cli/stack/party.ts";
import type { Json } from "../../shared/cbor/json.ts";
import type { Receipt } from "../../shared/ceremony/effect.ts";
import { batchOf, type Member } from "../../shared/observation/batch.ts";
import type { Observation, VerifiedObservation } from "../../shared/observation/observation.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { type Setting, setParameters } from "../../shared/policy/parameters.ts";
import { AUCTION } from "../../shared/policy/patterns/auction.ts";
import type { PinnedPolicy } from "../../shared/policy/policy.ts";
import { AUCTION_SETTINGS, ELECTOR_ROLES, makeBidders, signBids } from "../bench/bids.ts";
import { Network, SECOND, START } from "./network.ts";
import { MESH, testParties } from "./parties.ts";

export const ELECTORS = ["acme", "bolt", "crux"] as const;

export function auctionWith(changes: Readonly<Record<string, Json>> = {}): PinnedPolicy {
  const settings: readonly Setting[] = [
    ...AUCTION_SETTINGS,
    ...Object.entries(changes).map(([path, value]) => ({ path, value })),
  ];
  const document = setParameters(AUCTION as unknown as Json, settings);
  const pinned = document.ok ? pinPolicy(document.value) : document;
  if (!pinned.ok) throw new Error(JSON.stringify(pinned.fault));
  return pinned.value;
}

export type Sale = { readonly net: Network; readonly bidders: readonly Party[]; readonly parties: readonly Party[] };

/** An auction that is open at its three electors; it closes after ten seconds. */
export function openSale(bidders: number, policy = auctionWith()): Sale {
  const guests = makeBidders(bidders, MESH);
  const electors = testParties(ELECTORS.length);
  const parties = [...electors, ...guests];
  const role = [...ELECTOR_ROLES, ...guests.map(() => "bidder")];
  const net = new Network(parties, policy, { role, closesAt: START + 10 * SECOND, expiresAt: START + 200 * SECOND });
  for (const { name } of guests) net.down.add(name);
  net.open();
  net.deliverAll();
  return { net, bidders: guests, parties };
}

/** Bids of all in turn, one for each lot. */
export function bidsIn({ net, bidders }: Sale, count: number): readonly VerifiedObservation[] {
  return signBids(bidders, count, net.call.id, ELECTORS.length, net.now);
}

export function handIn({ net }: Sale, elector: string, bids: readonly VerifiedObservation[]): readonly Receipt[] {
  return net.turn(elector, { on: "observations", now: net.now, observations: bids });
}

/** Lets the sale close; the electors' digests. */
export function close({ net }: Sale): readonly (string | null)[] {
  const electors = ELECTORS.map((name) => net.agent(name));
  net.run(60, () => electors.every(({ state }) => state.ending !== null));
  net.run(1);
  return electors.map(({ state }) => state.ending?.digest ?? null);
}

/** A batch that somebody signs past its agent's rules, whatever it holds. */
export function batchBy({ net }: Sale, by: string, held: readonly Observation[]): VerifiedObservation {
  const seat = net.agents.findIndex(({ party }) => party.name === by);
  return net.agent(by).author({
    ceremony: net.call.id,
    round: 0,
    slot: { seat, attempt: null, item: "batch 1" },
    at: [net.now, net.now],
    timeToLive: 86_400 * SECOND,
    lineage: { sequence: 70, prev: null, parents: [], sources: [], derivation: null },
    body: batchOf(held as readonly Member[]),
  });
}
