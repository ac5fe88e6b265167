// Ceremonies of those present: a round of joins first, then a vote.
import type { Party } from "../../cli/stack/party.ts";
import type { CeremonyState } from "../../shared/ceremony/state.ts";
import { verifyBundle } from "../../shared/evidence/verify.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { QUORUM } from "../../shared/policy/patterns/quorum.ts";
import type { PinnedPolicy } from "../../shared/policy/policy.ts";
import { bundleOf, bytesOf, trustIn } from "./evidence.ts";
import { type Agent, Network, SECOND, START } from "./network.ts";

export const CLOSED = { convening: { roster: "closed-by-name" } };
/** How whoever has no seat asks for one. */
export const WALK_IN = new Map([
  ["choice", "join"],
  ["role", "voter"],
]);
export const OPEN = { convening: { roster: "open-by-class", class: "coordination" } };
export function pinned(...changes: readonly object[]): PinnedPolicy {
  const policy = pinPolicy(Object.assign({}, QUORUM, ...changes));
  if (!policy.ok) throw new Error(JSON.stringify(policy.fault));
  return policy.value;
}

export function opened(parties: readonly Party[], policy: PinnedPolicy, named = parties.length): Network {
  const times = { closesAt: START + 10 * SECOND, expiresAt: START + 200 * SECOND };
  const role = policy.policy.roles.has("voter") ? "voter" : "bidder";
  const net = new Network(parties, policy, { role, named, ...times });
  net.open();
  net.deliverAll();
  return net;
}

const nameOf = ({ party }: Agent) => party.name;
export const joinAll = (net: Network, names = net.agents.map(nameOf)) => {
  for (const name of names) net.attest(name, "join");
};
const roundOf = (net: Network, name: string) => net.agent(name).state.rounds[1];
/** Lets round 0 close, and those with a seat vote; `rejecting` do not approve. */
export function voteAndEnd(net: Network, rejecting: readonly string[] = []): void {
  const alive = net.agents.filter((agent) => !net.down.has(nameOf(agent)));
  net.run(40, () => alive.every(({ state }) => state.rounds.length === 2 || state.ending !== null));
  for (const { seats } of [roundOf(net, nameOf(alive[1] as Agent))].flatMap((round) => round ?? []))
    for (const { authority } of seats) net.attest(authority, rejecting.includes(authority) ? "reject" : "approve");
  net.run(60, () => alive.every(({ state }) => state.ending !== null));
  net.run(1);
}
export const recordOf = (net: Network, name = "bolt") => net.agent(name).state.ending?.record;
export const rosterIn = (net: Network, name = "bolt") =>
  recordOf(net, name)
    ?.roster?.map(({ authority }) => authority)
    .sort();
export const joinOf = (net: Network, name: string) => {
  const { rounds } = net.agent("bolt").state as CeremonyState;
  const key = net.agent(name).state.self.key;
  return [...(rounds[0]?.held.values() ?? [])].find((held) => held.key === key)?.id;
};
export const passes = async (net: Network, parties: readonly Party[], by: string) =>
  verifyBundle(bytesOf(bundleOf(net.agent(by))), { trust: trustIn(parties) });
