// What all Byzantine strategies share: the keys of the faulty seats and of no other, a memory of everything those seats were sent,
// copies of the real core that can be bent, and sending at will. Statements of honest seats it can only repeat.
import { electorateFor } from "../../shared/ceremony/call.ts";
import type { Input } from "../../shared/ceremony/step.ts";
import { derivedSet, seatOf } from "../../shared/closing/derive.ts";
import { type Electorate, powerOf } from "../../shared/closing/power.ts";
import { rotationOf } from "../../shared/closing/proposer.ts";
import { rootOfSet } from "../../shared/closing/root.ts";
import type { Witness } from "../../shared/closing/state.ts";
import type { Author } from "../../shared/observation/author.ts";
import type { Body, Id, Observation, VerifiedObservation } from "../../shared/observation/observation.ts";
import type { Agent, Sent } from "./agent.ts";
import { symbolicAuthor, symbolicParties } from "./parties.ts";
import { Random } from "./random.ts";
import type { Behaviour, Strategy } from "./strategies/strategy.ts";
import type { World } from "./world.ts";

type Saying = Exclude<Body, { kind: "unknown" | "call" }>;
type Where = {
  readonly attempt?: number;
  readonly item?: string;
  readonly round?: number;
  readonly ceremony?: Id;
  /** The seat that the statement claims; the key is always the signer's. */
  readonly claims?: number;
};

export type Justified = { readonly witnesses: readonly Id[]; readonly root: Id; readonly set: readonly Id[] };

export class Adversary {
  readonly world: World;
  readonly seats: readonly number[];
  readonly targets: readonly number[];
  readonly random: Random;
  readonly electorate: Electorate;
  /** Who proposes when, as everyone knows. */
  readonly rotation: number;
  readonly heard = new Map<Id, VerifiedObservation>();
  readonly #puppets = new Map<number, readonly Agent[]>();
  readonly #authors = new Map<number, Author>();
  readonly #strategy: Strategy;
  #behaviour: Behaviour = {};

  constructor(world: World, strategy: Strategy) {
    this.world = world;
    this.#strategy = strategy;
    this.seats = world.plan.faulty;
    this.targets = world.honest.map(({ agent }) => agent.seat);
    this.random = new Random(world.plan.seed, "adversary");
    const seats = world.plan.powers.map((power, index) => ({
      index,
      power,
      authority: "",
      root: "",
      role: world.policy.role,
    }));
    this.electorate = electorateFor(world.policy.pinned.policy, seats);
    this.rotation = rotationOf(world.call.id, 0, this.electorate);
    for (const seat of this.seats) {
      const party = symbolicParties(seat + 1)[seat] as Parameters<typeof symbolicAuthor>[0];
      this.#authors.set(seat, symbolicAuthor(party, world.signed));
      const cores = Array.from({ length: strategy.cores ?? 1 }, () => world.makeAgent(seat));
      this.#puppets.set(seat, cores);
    }
  }

  begin(): void {
    if (this.seats.length > 0) this.#behaviour = this.#strategy.begin(this);
  }

  get now(): number {
    return this.world.now;
  }

  puppet(seat: number): Agent | undefined {
    return this.#strategy.withholds ? undefined : this.#puppets.get(seat)?.[0];
  }

  puppets(): readonly Agent[] {
    return [...this.#puppets.values()].flat();
  }

  /** A faulty seat is sent something. */
  hear(seat: number, observation: VerifiedObservation): void {
    this.heard.set(observation.id, observation);
    this.#behaviour.hear?.(seat, observation);
    for (const agent of this.#puppets.get(seat) ?? []) {
      const takes = this.#behaviour.takes?.(agent, observation) ?? observation.key !== agent.self.key;
      if (takes)
        this.world.dispatch(agent, {
          on: "observations",
          now: agent.local(this.now),
          observations: [observation],
        });
    }
  }

  puppetTurn(agent: Agent, input: Input): void {
    const { sent } = agent.turn(input, { ends: "well" });
    for (const one of sent) this.#leave(one, agent);
    this.world.scheduleWake(agent);
  }

  #leave(sent: Sent, agent: Agent): void {
    this.heard.set(sent.observation.id, sent.observation);
    const bent = this.#behaviour.bend?.(sent, agent) ?? [sent.observation];
    for (const observation of bent) this.tell(sent.to, observation);
  }

  /** Sends to one seat, faulty ones included; nothing of the adversary's is lost. */
  tell(to: number, observation: VerifiedObservation, delay = this.random.below(20_000)): void {
    this.world.at(this.now + 1 + delay, { is: "deliver", to, observation });
  }

  tellAll(observation: VerifiedObservation, to: readonly number[] = this.targets): void {
    for (const seat of to) this.tell(seat, observation);
  }

  later(at: number, run: () => void): void {
    this.world.at(Math.max(at, this.now), { is: "call", run });
  }

  sign(seat: number, body: Saying, where: Where = {}): VerifiedObservation {
    const author = this.#authors.get(seat);
    if (author === undefined) throw new Error("the adversary signs for its own seats only");
    const signed = author({
      ceremony: where.ceremony ?? this.world.call.id,
      round: where.round ?? 0,
      slot: { seat: where.claims ?? seat, attempt: where.attempt ?? null, item: where.item ?? null },
      at: [this.now, this.now],
      timeToLive: this.world.plan.expiresAt,
      lineage: { sequence: 0, prev: null, parents: [], sources: [], derivation: null },
      body,
    });
    this.heard.set(signed.id, signed);
    return signed;
  }

  contribute(seat: number, choice: number, item?: string): VerifiedObservation {
    const { role } = this.world.policy;
    const content = this.world.contentOf(choice);
    return this.sign(seat, { kind: "contribution", role, content }, item === undefined ? {} : { item });
  }

  witness(seat: number, ids: readonly Id[]): VerifiedObservation {
    const sorted = [...new Set(ids)].sort();
    return this.sign(seat, { kind: "witness", ids: sorted, root: rootOfSet(sorted) });
  }

  heardOf(kind: Body["kind"]): readonly VerifiedObservation[] {
    return [...this.heard.values()].filter((observation) => observation.body.kind === kind);
  }

  /** Witnesses of this ceremony, honest ones and its own. */
  witnesses(): readonly Witness[] {
    const { id } = this.world.call;
    return this.heardOf("witness").filter(
      ({ ceremony }) => ceremony === id,
    ) as readonly Observation[] as readonly Witness[];
  }

  /** Roots that several random choices of witnesses justify; a faulty seat's second witness makes them differ. */
  justified(tries = 6): readonly Justified[] {
    const witnesses = this.witnesses();
    const found = new Map<Id, Justified>();
    for (let round = 0; round < tries; round++) {
      const chosen = new Map<number, Witness>();
      for (const witness of this.random.shuffled(witnesses)) {
        if (powerOf(this.electorate, chosen.keys()) >= this.electorate.quorum && round % 2 === 0) break;
        if (!chosen.has(seatOf(witness))) chosen.set(seatOf(witness), witness);
      }
      if (powerOf(this.electorate, chosen.keys()) < this.electorate.quorum) continue;
      const set = derivedSet(this.electorate, [...chosen.values()]);
      const root = rootOfSet(set);
      const ids = [...chosen.values()].map(({ id }) => id).sort();
      if (!found.has(root)) found.set(root, { witnesses: ids, root, set });
    }
    return [...found.values()];
  }
}
