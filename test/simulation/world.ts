// One schedule: honest hosts of the real core, an adversary that holds the keys of the faulty seats, a network between them and one
// clock that they do not see. Everything follows from the seed.
import type { CborMap } from "../../shared/cbor/value.ts";
import { composeCall } from "../../shared/ceremony/compose-call.ts";
import type { Input } from "../../shared/ceremony/step.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import { Adversary } from "./adversary.ts";
import { Agent, type Backup, type Fate, type Sent } from "./agent.ts";
import { Heap } from "./heap.ts";
import { Network } from "./network.ts";
import { SECOND, START, selfOf, symbolicAuthor, symbolicParties } from "./parties.ts";
import type { Plan, Settings } from "./plan.ts";
import { type SimulatedPolicy, simulatedPolicy } from "./policy.ts";
import { Random } from "./random.ts";
import type { Strategy } from "./strategies/strategy.ts";
import { Trace } from "./trace.ts";
import { type Account, forget, type HonestAccount, noteSent, noteTaken, noteTurn, openAccount } from "./watch.ts";

type Event =
  | { readonly is: "deliver"; readonly to: number; readonly observation: VerifiedObservation }
  | { readonly is: "drain"; readonly agent: Agent }
  | { readonly is: "wake"; readonly agent: Agent; readonly due: number }
  | { readonly is: "input"; readonly agent: Agent; readonly input: (now: number) => Input }
  | { readonly is: "restart"; readonly agent: Agent }
  | { readonly is: "call"; readonly run: () => void };

const WELL: Fate = { ends: "well" };
/** More events than any schedule needs; one that reaches it is reported as endless. */
const EVENTS_MAX = 400_000;

export class World {
  readonly plan: Plan;
  readonly policy: SimulatedPolicy;
  readonly call: VerifiedObservation;
  readonly network: Network;
  readonly honest: readonly HonestAccount[];
  readonly adversary: Adversary;
  readonly signed = { signed: 0 };
  readonly trace: Trace;
  readonly counts = new Map<string, number>();
  now = START;
  readonly #heap = new Heap<Event>();
  readonly #storage: Random;
  readonly #bySeat = new Map<number, HonestAccount>();
  /** What has arrived at each host since its last batch. */
  readonly #inboxes = new Map<Agent, VerifiedObservation[]>();

  constructor(plan: Plan, settings: Settings, strategy: Strategy, log: ((line: string) => void) | null = null) {
    this.plan = plan;
    this.policy = simulatedPolicy(settings.pattern, plan.early);
    this.trace = new Trace(log);
    this.network = new Network(plan);
    this.#storage = new Random(plan.seed, "storage");
    this.call = this.#compose();
    const byzantine = new Set(plan.faulty);
    this.honest = plan.powers
      .map((_, seat) => seat)
      .filter((seat) => !byzantine.has(seat))
      .map((seat) => openAccount(this.makeAgent(seat)));
    for (const account of this.honest) this.#bySeat.set(account.agent.seat, account);
    this.adversary = new Adversary(this, strategy);
  }

  #compose(): VerifiedObservation {
    const parties = symbolicParties(this.plan.powers.length);
    const { pinned, role } = this.policy;
    const seats = this.plan.powers.map((power, seat) => {
      const { name, root } = parties[seat] as (typeof parties)[number];
      return { authority: name, role, root, power };
    });
    const { closesAt, expiresAt } = this.plan;
    const nonce = new Uint8Array(16);
    const plan = {
      title: "Simulated",
      policy: pinned,
      subject: null,
      seats,
      opensAt: START,
      closesAt,
      expiresAt,
      nonce,
    };
    const call = composeCall(plan, symbolicAuthor(parties[0] as (typeof parties)[number], this.signed));
    if (!call.ok) throw new Error(`the call is refused: ${call.fault.code}`);
    return call.value;
  }

  makeAgent(seat: number): Agent {
    const party = symbolicParties(seat + 1)[seat] as ReturnType<typeof symbolicParties>[number];
    const clock = { offset: this.plan.offsets[seat] ?? 0, drift: this.plan.drifts[seat] ?? 0 };
    return new Agent(this.call.id, seat, selfOf(party), symbolicAuthor(party, this.signed), clock);
  }

  /** Runs to the end: every honest party has decided or given up, or `deadline` after the faults stop. */
  run(deadline: (world: World) => number): Account {
    this.#prepare();
    let limit = Number.POSITIVE_INFINITY;
    for (let events = 0; events < EVENTS_MAX; events++) {
      const next = this.#heap.pop();
      if (next === undefined || next.at > limit) break;
      this.now = Math.max(this.now, next.at);
      this.#happen(next.what);
      if (limit === Number.POSITIVE_INFINITY && this.now >= this.plan.healsAt && this.now >= this.plan.closesAt)
        limit = deadline(this);
      if (this.#isOver()) break;
    }
    return { plan: this.plan, honest: this.honest, call: this.call, endedAt: this.now, counts: this.counts };
  }

  #prepare(): void {
    const opener = this.honest[0] as HonestAccount;
    this.at(START, { is: "input", agent: opener.agent, input: (now) => ({ on: "open", now, call: this.call }) });
    for (const { seat, at, choice } of this.plan.attestations) {
      const agent = this.#bySeat.get(seat)?.agent ?? this.adversary.puppet(seat);
      if (agent !== undefined) this.at(at, { is: "input", agent, input: (now) => this.attestation(now, choice) });
    }
    this.#scheduleRestore();
    this.adversary.begin();
  }

  contentOf(choice: number): CborMap {
    const { contents } = this.policy;
    return contents[choice % contents.length] as CborMap;
  }

  attestation(now: number, choice: number): Input {
    return { on: "attest", now, content: this.contentOf(choice), item: null };
  }

  #scheduleRestore(): void {
    const account = this.plan.restored === null ? undefined : this.#bySeat.get(this.plan.restored);
    if (account === undefined) return;
    const random = this.#storage;
    const span = this.plan.healsAt - START;
    const saved = START + random.below(span);
    let backup: Backup | null = null;
    this.at(saved, { is: "call", run: () => (backup = account.agent.backup()) });
    this.at(saved + random.below(this.plan.healsAt - saved), {
      is: "call",
      run: () => {
        if (backup === null) return;
        account.agent.restartFrom(backup, this.plan.restoredKnowing);
        forget(account);
        this.dispatch(account.agent, { on: "clock", now: account.agent.local(this.now) });
      },
    });
  }

  /** Nobody has anything left to learn: all have ended, or all have expired with no end that they could still be told of. */
  #isOver(): boolean {
    const { healsAt } = this.plan;
    if (this.now < healsAt && this.plan.restored !== null) return false;
    const states = this.honest.map(({ agent }) => agent.state);
    const ended = states.filter(({ ending }) => ending !== null).length;
    if (!this.honest.every(({ agent }) => agent.up)) return false;
    return ended === states.length || (ended === 0 && states.every(({ expired }) => expired));
  }

  at(instant: number, event: Event): void {
    this.#heap.push(instant, event);
  }

  #happen(event: Event): void {
    switch (event.is) {
      case "deliver":
        this.#deliver(event.to, event.observation);
        break;
      case "drain":
        this.#drain(event.agent);
        break;
      case "wake":
        if (event.agent.up && event.agent.wakeAt === event.due)
          this.dispatch(event.agent, { on: "clock", now: Math.max(event.due, event.agent.local(this.now)) });
        break;
      case "input":
        if (event.agent.up) this.dispatch(event.agent, event.input(event.agent.local(this.now)));
        else this.at(this.now + SECOND / 5, event);
        break;
      case "restart":
        event.agent.restart();
        this.trace.add(this.now, event.agent.seat, "restart", null);
        this.dispatch(event.agent, { on: "clock", now: event.agent.local(this.now) });
        break;
      case "call":
        event.run();
    }
  }

  #deliver(to: number, observation: VerifiedObservation): void {
    const account = this.#bySeat.get(to);
    this.trace.add(this.now, to, "deliver", observation);
    if (account === undefined) {
      this.adversary.hear(to, observation);
      return;
    }
    const { agent } = account;
    if (!agent.up) this.#miss(to, observation);
    else if (this.plan.batching === 0) this.#take(agent, [observation]);
    else this.#collect(agent, observation);
  }

  /** What reaches a host that is down is lost, or comes again. */
  #miss(to: number, observation: VerifiedObservation): void {
    if (this.#storage.chance(0.5)) this.at(this.now + SECOND, { is: "deliver", to, observation });
  }

  #collect(agent: Agent, observation: VerifiedObservation): void {
    const inbox = this.#inboxes.get(agent);
    if (inbox !== undefined) return void inbox.push(observation);
    this.#inboxes.set(agent, [observation]);
    this.at(this.now + this.plan.batching, { is: "drain", agent });
  }

  #drain(agent: Agent): void {
    const inbox = this.#inboxes.get(agent) ?? [];
    this.#inboxes.delete(agent);
    if (agent.up) this.#take(agent, inbox);
    else for (const observation of inbox) this.#miss(agent.seat, observation);
  }

  #take(agent: Agent, observations: readonly VerifiedObservation[]): void {
    this.dispatch(agent, { on: "observations", now: agent.local(this.now), observations });
  }

  /** One turn of a host, honest or puppet, and what comes of it. */
  dispatch(agent: Agent, input: Input): void {
    const account = this.#bySeat.get(agent.seat);
    if (account === undefined) {
      this.adversary.puppetTurn(agent, input);
      return;
    }
    const fate = this.#drawFate();
    const meets = agent.meetsItsPast(input);
    const result = agent.turn(input, fate);
    if (result.stored) this.#noteStored(account, result, input);
    if (result.stored && meets) account.metPast = true;
    for (const sent of result.sent) this.#send(account, sent);
    if (fate.ends === "well") this.scheduleWake(agent);
    else this.#crash(agent, input, fate);
  }

  #noteStored(account: HonestAccount, result: ReturnType<Agent["turn"]>, input: Input): void {
    const given = input.on === "observations" ? input.observations : [];
    noteTurn(account, this.plan, result, given);
    for (const observation of given)
      if (this.plan.faulty.includes(observation.slot.seat ?? -1)) noteTaken(account, observation);
  }

  scheduleWake(agent: Agent): void {
    if (agent.wakeAt === null || agent.wakeAt === agent.scheduled) return;
    agent.scheduled = agent.wakeAt;
    this.at(Math.max(this.now, agent.trueTime(agent.wakeAt)), { is: "wake", agent, due: agent.wakeAt });
  }

  #drawFate(): Fate {
    const { crashes, healsAt } = this.plan;
    if (crashes === 0 || this.now >= healsAt || !this.#storage.chance(crashes)) return WELL;
    return this.#storage.chance(0.5) ? { ends: "lost" } : { ends: "stored", sent: this.#storage.below(6) };
  }

  #crash(agent: Agent, input: Input, fate: Fate): void {
    const random = this.#storage;
    agent.up = false;
    agent.scheduled = null;
    const span = random.chance(0.2) ? 10 * SECOND : SECOND / 2;
    const back = Math.min(this.now + 1 + random.below(span), Math.max(this.plan.healsAt, this.now + 1));
    this.trace.add(this.now, agent.seat, fate.ends, null);
    this.at(back, { is: "restart", agent });
    // What was not acknowledged comes again: people retry, and so do queues, though not for ever.
    if (fate.ends === "lost" && (input.on !== "observations" || random.chance(0.5)) && input.on !== "clock")
      this.at(back + 1, { is: "input", agent, input: (now) => ({ ...input, now }) });
  }

  #send(account: HonestAccount, sent: Sent): void {
    if (noteSent(account, sent)) {
      const { kind } = sent.observation.body;
      this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    }
    const faulty = !this.#bySeat.has(sent.to);
    // The adversary hears everything that is sent to it, at once.
    const arrivals = faulty ? [this.now + 1] : this.network.arrivals(sent.from, sent.to, this.now);
    for (const at of arrivals) this.at(at, { is: "deliver", to: sent.to, observation: sent.observation });
  }
}
