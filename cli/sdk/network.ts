// A few agents in one process, with real keys and the real core, joined by a queue that a test can bend: the smallest network.
import { toHex } from "../../shared/bytes.ts";
import type { CborMap, CborValue } from "../../shared/cbor/value.ts";
import { composeCall } from "../../shared/ceremony/compose-call.ts";
import type { Effect, Receipt } from "../../shared/ceremony/effect.ts";
import { memoOf, restore } from "../../shared/ceremony/restore.ts";
import {
  type CeremonyState,
  currentRound,
  emptyState,
  type RosterSeat,
  type Round,
  type Self,
} from "../../shared/ceremony/state.ts";
import { type Input, step } from "../../shared/ceremony/step.ts";
import { LINEAGE_START, type LinkedEntry, linkEntry } from "../../shared/lineage/entry.ts";
import { type Author, authorFor } from "../../shared/observation/author.ts";
import type { NamedSeat, VerifiedObservation } from "../../shared/observation/observation.ts";
import type { Under } from "../../shared/observation/under.ts";
import type { PinnedPolicy } from "../../shared/policy/policy.ts";
import { type Party, rootsOf } from "../stack/party.ts";

export const START = 1_800_000_000_000_000;
export const SECOND = 1_000_000;

export type Agent = {
  readonly party: Party;
  readonly author: Author;
  state: CeremonyState;
  wakeAt: number | null;
  readonly effects: Effect[];
};
export type Sent = {
  readonly from: string;
  readonly to: string;
  readonly observation: VerifiedObservation;
  readonly copies?: number;
};

/** A seat for each party, all of one role or each of its own. */
export function seatsFor(
  parties: readonly Party[],
  role: string | readonly string[],
  powers: readonly number[] = [],
): readonly NamedSeat[] {
  return parties.map((party, index) => ({
    authority: party.name,
    role: typeof role === "string" ? role : (role[index] as string),
    root: toHex(party.root.key),
    power: powers[index] ?? 1,
  }));
}

/** What an agent has stored, in order. */
export function storedBy(agent: Agent): readonly VerifiedObservation[] {
  return agent.effects.flatMap((effect) => (effect.do === "append" ? [effect.observation] : []));
}

/** The lineage that an agent recorded, linked. */
export function lineageOf(agent: Agent): readonly LinkedEntry[] {
  const linked: LinkedEntry[] = [];
  for (const effect of agent.effects)
    if (effect.do === "record")
      linked.push(linkEntry(effect.entry, linked.length, linked.at(-1)?.hash ?? LINEAGE_START));
  return linked;
}

export function selfOf(party: Party, parties: readonly Party[]): Self {
  return {
    authority: party.name,
    root: toHex(party.root.key),
    key: toHex(party.identity.signer.key),
    roots: rootsOf(parties),
  };
}

export class Network {
  readonly agents: readonly Agent[];
  readonly call: VerifiedObservation;
  now = START;
  queue: Sent[] = [];
  /** Messages for which it answers false are lost. */
  delivers: (sent: Sent) => boolean = () => true;
  readonly down = new Set<string>();
  /** Copies of each message, delivered in an order that has nothing to do with that of sending. */
  copies = 1;
  /** How far each agent's host clock is ahead of `now`, in microseconds. */
  readonly skew = new Map<string, number>();
  /** Rebuilds an agent's state from what it stored after each of its turns. */
  restoreAlways = false;

  constructor(
    parties: readonly Party[],
    policy: PinnedPolicy,
    options: {
      /** Of all parties, or of each in turn. */
      readonly role: string | readonly string[];
      readonly opensAt?: number;
      readonly closesAt?: number;
      readonly expiresAt?: number;
      readonly subject?: CborValue;
      readonly title?: string;
      /** How many of the parties the call names; all of them if absent. */
      readonly named?: number;
      readonly under?: Under;
    },
  ) {
    this.now = options.opensAt ?? START;
    const [opener] = parties as readonly [Party];
    const plan = {
      title: options.title ?? "Release 2.4",
      policy,
      subject: options.subject ?? null,
      seats: seatsFor(parties.slice(0, options.named), options.role),
      opensAt: this.now,
      closesAt: options.closesAt ?? null,
      expiresAt: options.expiresAt ?? null,
      nonce: new Uint8Array(16),
      ...(options.under === undefined ? {} : { under: options.under }),
    };
    const call = composeCall(plan, authorFor(opener.identity));
    if (!call.ok) throw new Error(`the call is refused: ${call.fault.code}`);
    this.call = call.value;
    this.agents = parties.map((party) => ({
      party,
      author: authorFor(party.identity),
      state: emptyState(call.value.id, selfOf(party, parties)),
      wakeAt: null,
      effects: [],
    }));
  }

  agent(name: string): Agent {
    const found = this.agents.find((agent) => agent.party.name === name);
    if (found === undefined) throw new Error(`no agent ${name}`);
    return found;
  }

  turn(name: string, input: Input): readonly Receipt[] {
    const agent = this.agent(name);
    const skew = this.skew.get(name) ?? 0;
    const { state, effects, receipts } = step(agent.state, { ...input, now: input.now + skew }, agent.author);
    agent.effects.push(...effects);
    agent.state = this.restoreAlways ? restore(state.ceremony, state.self, storedBy(agent), memoOf(state)) : state;
    for (const effect of effects) {
      if (effect.do === "wake") agent.wakeAt = effect.at === null ? null : effect.at - skew;
      if (effect.do === "publish")
        this.queue.push(...effect.to.map((to) => ({ from: name, to, observation: effect.observation })));
    }
    return receipts;
  }

  open(): readonly Receipt[] {
    return this.turn(this.agents[0]?.party.name as string, { on: "open", now: this.now, call: this.call });
  }

  attest(name: string, choice: string): readonly Receipt[] {
    return this.say(name, new Map([["choice", choice]]));
  }

  /** Contributes any content, in a slot of its own where an item is named. */
  say(name: string, content: CborMap, item: string | null = null): readonly Receipt[] {
    return this.turn(name, { on: "attest", now: this.now, content, item });
  }

  /** Signs a contribution to the present round past the party's own rules, and sends it to everyone: what a liar's agent does. */
  forge(name: string, content: CborMap, item: string | null = null): VerifiedObservation {
    const agent = this.agent(name);
    const round = currentRound(agent.state) as Round;
    const seat = round.seats.find(({ authority }) => authority === name) as RosterSeat;
    const said = agent.author({
      ceremony: this.call.id,
      round: round.index,
      slot: { seat: seat.index, attempt: null, item },
      at: [this.now, this.now],
      timeToLive: 86_400 * SECOND,
      lineage: { sequence: 90, prev: null, parents: [], sources: [], derivation: null },
      body: { kind: "contribution", role: seat.role, content },
    });
    for (const { party } of this.agents) this.queue.push({ from: name, to: party.name, observation: said });
    return said;
  }

  deliverAll(): void {
    for (let sent = this.take(); sent !== undefined; sent = this.take()) {
      if (this.down.has(sent.to) || !this.delivers(sent)) continue;
      this.turn(sent.to, { on: "observations", now: this.now, observations: [sent.observation] });
    }
  }

  private take(): Sent | undefined {
    if (this.copies === 1) return this.queue.shift();
    const waiting = this.queue.flatMap((sent) =>
      sent.copies === undefined ? Array.from({ length: this.copies }, () => ({ ...sent, copies: 1 })) : [sent],
    );
    const [taken] = waiting.splice(((waiting.length * 7) % 11) % Math.max(waiting.length, 1), 1);
    this.queue = waiting;
    return taken;
  }

  /** Lets time pass until `until` holds or `seconds` are over, delivering and waking as it goes. */
  run(seconds: number, until: () => boolean = () => false): void {
    const end = this.now + seconds * SECOND;
    for (this.deliverAll(); !until() && this.now < end; this.deliverAll()) {
      const due = this.agents
        .filter((agent) => !this.down.has(agent.party.name) && agent.wakeAt !== null)
        .map((agent) => agent.wakeAt as number);
      const next = Math.min(end, ...due);
      this.now = Math.max(this.now + 1_000, next);
      for (const agent of this.agents) {
        if (!this.down.has(agent.party.name) && agent.wakeAt !== null && agent.wakeAt <= this.now)
          this.turn(agent.party.name, { on: "clock", now: this.now });
      }
    }
  }

  digests(): readonly (string | null)[] {
    return this.agents.map((agent) => agent.state.ending?.digest ?? null);
  }
}
