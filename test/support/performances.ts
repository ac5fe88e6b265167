// Plain runs performed as ceremonies: real keys, signed statements, closes and certificates, by the core alone. Who says two things for
// one slot says them past its own agent, as a liar would.
import type { CborMap, CborValue } from "../../shared/cbor/value.ts";
import { type PlainEntry, readPlain } from "../../shared/outcome/plain-document.ts";
import { findPattern } from "../../shared/policy/catalogue.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { setParameters } from "../../shared/policy/parameters.ts";
import type { PinnedPolicy, Policy, PolicyDocument } from "../../shared/policy/policy.ts";
import { type Agent, Network, SECOND, START } from "./network.ts";
import { testParty } from "./parties.ts";
import type { Entry, Settings } from "./trials.ts";

export type Performance = {
  readonly document: PolicyDocument;
  readonly set?: Settings;
  /** `ann:voter ben:voter` */
  readonly parties: string;
  /** One text a round: `ann: {"choice":"approve"}` a line. */
  readonly rounds: readonly string[];
  /** Parties that cannot be reached after the call. */
  readonly down?: readonly string[];
  readonly subject?: CborValue;
  /** In microseconds; the usual start of the tests where absent. */
  readonly startsAt?: number;
};

/** What a policy that does not stand by itself is called under, where no composition is at hand. */
const SOME_PART = new Map([
  ["composition", "0".repeat(64)],
  ["part", "alone"],
]);

/** Length of a round, in seconds. */
const ROUND = 5;

export function patternNamed(id: string): PolicyDocument {
  const found = findPattern(id);
  if (!found.ok) throw new Error(found.fault.code);
  return found.value;
}

/** A document with parameters set, pinned. */
export function pinnedWith(document: PolicyDocument, set: Settings = {}): PinnedPolicy {
  const settings = Object.entries(set).map(([path, value]) => ({ path, value }));
  const changed = setParameters(document as never, settings);
  const pinned = changed.ok ? pinPolicy(changed.value) : changed;
  if (!pinned.ok) throw new Error(JSON.stringify(pinned.fault));
  return pinned.value;
}

/** Lines such as `ann: {"choice":"approve"}`. */
export function readLines(text: string): readonly Entry[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const at = line.indexOf(":");
    return { party: line.slice(0, at), payload: JSON.parse(line.slice(at + 1)) };
  });
}

/** Runs a performance until every party that can be reached has ended. */
export function perform({
  document,
  set = {},
  parties,
  rounds,
  down = [],
  subject,
  startsAt = START,
}: Performance): Network {
  const policy = pinnedWith(document, set);
  const named = fill(policy.policy, parties);
  const plain = readPlain(policy.policy, {
    parties: named.map(([id, role]) => ({ id, role })),
    rounds: rounds.map(readLines),
  });
  if (!plain.ok) throw new Error(JSON.stringify(plain.fault));
  const net = new Network(
    named.map(([name]) => testParty(name)),
    policy,
    {
      role: named.map(([, role]) => role),
      opensAt: startsAt,
      closesAt: startsAt + ROUND * SECOND,
      subject: subject ?? (policy.policy.standalone ? null : SOME_PART),
    },
  );
  net.open();
  net.deliverAll();
  for (const name of down) net.down.add(name);
  const awake = () => net.agents.filter(({ party }) => !net.down.has(party.name));
  const ended = ({ state }: Agent) => state.ending !== null;
  for (const [index, entries] of plain.value.rounds.entries()) {
    net.run(60, () => awake().every(({ state }) => state.rounds.length > index || ended({ state } as Agent)));
    for (const [at, entry] of entries.entries())
      if (!down.includes(entry.party)) speak(net, entries.slice(0, at), entry);
    net.deliverAll();
  }
  net.run(120, () => awake().every(ended));
  net.run(2);
  return net;
}

/** A trial may name fewer parties than a ceremony must have: whoever only looks on makes up for it. */
function fill(policy: Policy, parties: string): readonly (readonly [string, string])[] {
  const named = parties.split(" ").map((word) => word.split(":") as [string, string]);
  const lacking = Math.max(0, policy.parties.least - named.length);
  const watching = Array.from({ length: lacking }, (_, index) => [`watcher${index}`, "observer"] as const);
  return [...named, ...watching];
}

/** Through its own agent what a party may say; past it what its agent would not sign. */
function speak(net: Network, before: readonly PlainEntry[], { party, slot, payload }: PlainEntry): void {
  const item = slot === "" ? null : slot;
  const again = before.some((other) => other.party === party && other.slot === slot);
  const answer = again ? undefined : net.say(party, payload as CborMap, item)[0];
  if (answer === undefined || answer.verdict === "refused") net.forge(party, payload as CborMap, item);
}
