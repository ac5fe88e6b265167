// What is written down while a schedule runs, for the checkers to judge when it is over. It looks at what honest hosts did store and
// send, never at what the adversary thinks.
import type { CeremonyState, Ending } from "../../shared/ceremony/state.ts";
import { proposerOf } from "../../shared/closing/proposer.ts";
import { rootOfSet } from "../../shared/closing/root.ts";
import type { Id, Observation, VerifiedObservation } from "../../shared/observation/observation.ts";
import type { Agent, Sent, TurnResult } from "./agent.ts";
import { thresholdsOf } from "./checkers/arithmetic.ts";
import type { Plan } from "./plan.ts";

export type Conclusion = {
  readonly ending: Ending;
  readonly state: CeremonyState;
  /** The log as it was then: a party that is restored from an old copy loses it. */
  readonly stored: readonly VerifiedObservation[];
  /** Whether the same turn raised an alert. */
  readonly alerted: boolean;
};

/** Two statements of one faulty seat for one slot, both taken in by one honest party. */
export type Pair = { readonly seat: number; readonly kind: string; readonly ids: readonly [Id, Id] };

export type HonestAccount = {
  readonly agent: Agent;
  /** Contributions held when it signed its witness; null while it has not. */
  heldAtClose: ReadonlySet<Id> | null;
  readonly conclusions: Conclusion[];
  /** What it sent for each slot, and at each sequence number. */
  readonly spoken: Map<string, Observation[]>;
  readonly pairs: Pair[];
  /** First statement taken in for each slot of a faulty seat. */
  readonly first: Map<string, Id>;
  /** Halves of contribution equivocations that it wrote down as proved. */
  readonly proved: Set<Id>;
  /** Set once it has taken in a statement of its own that its log lacked. */
  metPast: boolean;
  /** Set once it holds proof against more than f power, and had not ended before. */
  haltedOpen: boolean;
  /** Statements that it signed although it had met its past, or although its ceremony had expired. */
  readonly overspoken: string[];
  /** What it held when it found the verdict settled before the close time; null while it has not. */
  settledWith: readonly Observation[] | null;
  sentCount: number;
};

export type Outcome = "final" | "abandoned" | "expired" | "open";

/** All that a checker sees. */
export type Account = {
  readonly plan: Plan;
  readonly honest: readonly HonestAccount[];
  readonly call: VerifiedObservation;
  /** True instant at which the schedule ended, and whether it was given up as endless. */
  readonly endedAt: number;
  /** Statements that honest parties signed, by kind: how dear a close is. */
  readonly counts: ReadonlyMap<string, number>;
};

export type Violation = { readonly invariant: string; readonly detail: string };
export type Checker = (account: Account) => readonly Violation[];

export function openAccount(agent: Agent): HonestAccount {
  return {
    agent,
    heldAtClose: null,
    conclusions: [],
    spoken: new Map(),
    pairs: [],
    first: new Map(),
    proved: new Set(),
    metPast: false,
    haltedOpen: false,
    overspoken: [],
    settledWith: null,
    sentCount: 0,
  };
}

/** Notes what a turn stored and asked for; `given` are the statements that came in. */
export function noteTurn(account: HonestAccount, plan: Plan, result: TurnResult, given: readonly Observation[]): void {
  const { agent } = account;
  const open = account.heldAtClose === null;
  for (const observation of result.appended) {
    if (observation.key !== agent.self.key || observation.ceremony !== agent.ceremony) continue;
    noteOwn(account, observation);
    if (!given.includes(observation)) noteSigned(account, observation);
  }
  const alerted = result.effects.some((effect) => effect.do === "record" && effect.entry.kind === "alert");
  for (const effect of result.effects) {
    if (effect.do === "conclude")
      account.conclusions.push({ ending: effect.ending, state: agent.state, stored: [...agent.stored], alerted });
    else if (effect.do === "record" && effect.entry.kind === "byzantine-event")
      for (const id of effect.entry.about) account.proved.add(id);
  }
  const [round] = account.agent.state.rounds;
  if (open && account.settledWith === null && round !== undefined && round.earlyAt !== null)
    account.settledWith = [...round.held.values()];
  noteHalt(account, plan);
}

function noteHalt(account: HonestAccount, { powers }: Plan): void {
  const { state } = account.agent;
  const [round] = state.rounds;
  if (round === undefined || state.ending !== null || account.haltedOpen) return;
  const proved = [...round.closing.faulty.keys()].reduce((sum, seat) => sum + (powers[seat] ?? 0), 0);
  account.haltedOpen = proved > thresholdsOf({ powers }).tolerated;
}

function noteOwn(account: HonestAccount, { body, round }: Observation): void {
  if (body.kind !== "witness" || round !== 0 || account.heldAtClose !== null) return;
  account.heldAtClose = new Set(account.agent.state.rounds[0]?.held.keys() ?? []);
}

/** Whoever has met its own forgotten past, or whose ceremony is over without an end, signs nothing more. */
function noteSigned({ metPast, haltedOpen, overspoken, agent }: HonestAccount, { body }: Observation): void {
  if (metPast) overspoken.push(`${body.kind} after it met its own past`);
  if (haltedOpen) overspoken.push(`${body.kind} although it held proof of too many faults`);
  if (agent.state.expired) overspoken.push(`${body.kind} after the ceremony expired`);
}

/** Notes what an honest host lets out under its own key. */
export function noteSent(account: HonestAccount, sent: Sent): boolean {
  const { observation } = sent;
  account.sentCount++;
  const { kind } = observation.body;
  // The call belongs to no ceremony yet, and its number to no lineage.
  if (observation.key !== account.agent.self.key || kind === "status" || kind === "call") return false;
  const { slot, body, lineage, round } = observation;
  const fresh = noteSpoken(account, `${body.kind}/${round}/${slot.attempt}/${slot.item}`, observation);
  if (fresh) noteSpoken(account, `sequence ${lineage.sequence}`, observation);
  return fresh;
}

function noteSpoken({ spoken }: HonestAccount, slot: string, observation: Observation): boolean {
  const known = spoken.get(slot);
  if (known === undefined) {
    spoken.set(slot, [observation]);
    return true;
  }
  if (known.includes(observation)) return false;
  known.push(observation);
  return true;
}

/** Refused for what it is by itself, so that it makes no pair: a witness with another set's root, a proposal out of turn. */
function isMisuse({ rounds }: CeremonyState, { body, slot }: Observation): boolean {
  if (body.kind === "witness") return body.ids !== undefined && rootOfSet(body.ids) !== body.root;
  const closing = rounds[0]?.closing;
  if (body.kind !== "propose" || closing === undefined) return false;
  return slot.seat !== proposerOf(closing.electorate.seats, closing.rotation, slot.attempt as number);
}

/** Attempts up to here are stored by everyone, whatever attempt they are in themselves. */
const ALWAYS_STORED = 40;

/** Notes what a faulty seat made an honest party take in, and the moment when the party has both halves of a fault. */
export function noteTaken(account: HonestAccount, observation: VerifiedObservation): void {
  const { slot, body, round } = observation;
  const state = account.agent.state;
  if (state.call === null || observation.ceremony !== state.ceremony || round !== 0) return;
  if (body.kind === "status" || body.kind === "outcome" || body.kind === "call") return;
  if ((slot.attempt ?? 0) > ALWAYS_STORED) return;
  if (body.kind === "contribution" && state.rounds[0]?.closing.decision !== null) return;
  if (isMisuse(state, observation)) return;
  const key = `${slot.seat}/${body.kind}/${slot.attempt}/${slot.item}`;
  const first = account.first.get(key);
  if (first === undefined) account.first.set(key, observation.id);
  else if (first !== observation.id)
    account.pairs.push({ seat: slot.seat as number, kind: body.kind, ids: [first, observation.id] });
}

/** What a party took in after its backup was made is no longer held. */
export function forget({ first, pairs }: HonestAccount): void {
  first.clear();
  pairs.length = 0;
}
