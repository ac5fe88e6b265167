// An operation of four under a coalition, in tests: acme is home, and crux is the one that leaves.
import type { Under } from "../../shared/observation/under.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { QUORUM } from "../../shared/policy/patterns/quorum.ts";
import { Nation } from "./coalition.ts";
import { type Agent, Network, SECOND, START } from "./network.ts";
import { testParties } from "./parties.ts";
import { underOf, withdrawal } from "./under.ts";

export const NAMES = ["acme", "bolt", "crux", "dune"] as const;
export const parties = testParties(4);
export type Name = (typeof NAMES)[number];
type More = Parameters<Nation["revoke"]>[2];
export const nation = (name: Name) => new Nation(parties[NAMES.indexOf(name)] as (typeof parties)[number]);
/** Signed by a nation in its own name, or, where that is said, in another's. */
export const signed = (by: Name, revokes: string, after: number, more: More = {}) =>
  withdrawal(nation(by).revoke(revokes, after, more));

export type Bend = {
  readonly copies?: number;
  readonly restore?: boolean;
  /** Whether the withdrawal is carried before crux speaks. */
  readonly first?: boolean;
  readonly carrier?: Name;
  /** Who hears nothing until the round is about to close. */
  readonly deaf?: string;
  readonly under?: Partial<Under>;
  readonly policy?: object;
};

export function operation({ copies = 1, restore = false, deaf, under = {}, policy = {} }: Bend): Network {
  const pinned = pinPolicy({ ...QUORUM, timing: { ...QUORUM.timing, early: false }, ...policy });
  if (!pinned.ok) throw new Error(JSON.stringify(pinned.fault));
  const net = new Network(parties, pinned.value, {
    role: "voter",
    closesAt: START + 10 * SECOND,
    expiresAt: START + 100 * SECOND,
    under: underOf(parties, under),
  });
  net.copies = copies;
  net.restoreAlways = restore;
  net.open();
  net.deliverAll();
  if (deaf !== undefined) net.delivers = ({ to }) => to !== deaf || net.now > START + 9 * SECOND;
  net.run(2);
  return net;
}

export const carry = (net: Network, name: string, statement: ReturnType<typeof withdrawal>) =>
  net.turn(name, { on: "revocation", now: net.now, revocation: statement })[0];

/** crux approves two seconds in, and the withdrawal that `make` gives for what it said is carried. */
export async function ceremony(bend: Bend, make: (said: string) => ReturnType<typeof withdrawal>): Promise<Network> {
  const net = operation(bend);
  const { carrier = "bolt", first = false } = bend;
  const said = first ? "" : (net.attest("crux", "approve")[0]?.id as string);
  const verdict = carry(net, carrier, make(said))?.verdict;
  if (verdict !== "admitted") throw new Error(`it is not carried: ${verdict}`);
  if (first) net.attest("crux", "approve");
  for (const name of NAMES) if (name !== "crux") net.attest(name, name === "dune" ? "reject" : "approve");
  net.run(80, () => net.digests().every((digest) => digest !== null));
  net.run(1);
  return net;
}

export const recordOf = (net: Network) => (net.agents[0] as Agent).state.ending?.record;
