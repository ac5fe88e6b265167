// What else could have happened (SPEC §6.14): the same document decided once more with something missing or something added. For people
// who try a policy: which single contribution the outcome hangs on, and what it withstands.
import type { CborMap, CborValue } from "../cbor/value.ts";
import { isCborMap } from "../cbor/value.ts";
import { DRY_RUNS_MAX } from "../limits.ts";
import type { Policy, Role } from "../policy/policy.ts";
import { fault, ok, type Result } from "../result.ts";
import { nameOf, type Seat } from "./contribution.ts";
import { decideRead, type PlainDecision } from "./plain.ts";
import { type PlainDocument, type PlainEntry, readPlain } from "./plain-document.ts";

export type Ending = Pick<PlainDecision, "status" | "value" | "cause">;
export type Pivot = {
  readonly round: number;
  readonly index: number;
  readonly party: string;
  readonly without: Ending;
};
export type Swing = { readonly party: string; readonly choice: string; readonly gives: Ending };
export type Faulty = "silent" | "equivocating";
export type FaultRun = Ending & { readonly fault: Faulty; readonly parties: readonly string[]; readonly same: boolean };

/** Contributions without which it would have ended otherwise, and what one who was silent could still have said to that end. */
export function pivotsOf(
  plain: PlainDocument,
): Result<{ readonly decision: PlainDecision; readonly pivotal: readonly Pivot[]; readonly swing: readonly Swing[] }> {
  const decision = decideRead(plain);
  if (!decision.ok) return decision;
  const entries = plain.rounds.flatMap((round, at) => round.map((entry, index) => ({ entry, round: at, index })));
  const open = openChoices(plain);
  if (entries.length + open.length > DRY_RUNS_MAX) return tooMany(entries.length + open.length);
  const pivotal = entries.flatMap(({ entry, round, index }): Pivot[] => {
    const without = endingOf(replaceRound(plain, round, (entries) => entries.filter((_, other) => other !== index)));
    return sameEnding(without, decision.value) ? [] : [{ round, index, party: entry.party, without }];
  });
  const swing = open.flatMap(({ party, choice }): Swing[] => {
    const payload: CborMap = new Map([["choice", choice]]);
    const last = Math.max(0, plain.rounds.length - 1);
    const gives = endingOf(replaceRound(plain, last, (entries) => [...entries, { party, slot: "", payload }]));
    return sameEnding(gives, decision.value) ? [] : [{ party, choice, gives }];
  });
  return ok({ decision: decision.value, pivotal, swing });
}

/** How it would end with each set of `count` parties silent from the start, or each saying something else besides what it said. */
export function withFaults(plain: PlainDocument, fault: Faulty, count: number): Result<readonly FaultRun[]> {
  const decision = decideRead(plain);
  if (!decision.ok) return decision;
  const spoke = new Set(plain.rounds.flat().map(({ party }) => party));
  const able = plain.seats.map(nameOf).filter((name) => spoke.has(name));
  const sets = combinations(able.length, count);
  if (sets > DRY_RUNS_MAX) return tooMany(sets);
  const runs = [...choose(able, count)].map((parties): FaultRun => {
    const ending = endingOf(fault === "silent" ? silenced(plain, parties) : equivocating(plain, parties));
    return { fault, parties, ...ending, same: sameEnding(ending, decision.value) };
  });
  return ok(runs);
}

/** How many parties are at fault, in each way, in the runs of a trial. */
export type FaultCounts = { readonly [F in Faulty]: number };
export type Trial = { readonly decision: PlainDecision; readonly faults: readonly FaultRun[] };

/** A document as `decide` takes it, decided under a policy, and again with each set of so many parties at fault. */
export function tryPolicy(policy: Policy, document: unknown, counts: FaultCounts): Result<Trial> {
  const plain = readPlain(policy, document);
  if (!plain.ok) return plain;
  const decision = decideRead(plain.value);
  if (!decision.ok) return decision;
  const faults: FaultRun[] = [];
  for (const [fault, count] of Object.entries(counts) as [Faulty, number][]) {
    const runs = count === 0 ? ok([]) : withFaults(plain.value, fault, count);
    if (!runs.ok) return runs;
    faults.push(...runs.value);
  }
  return ok({ decision: decision.value, faults });
}

function tooMany(found: number) {
  return fault("DRY_RUNS_TOO_MANY", { found, limit: DRY_RUNS_MAX });
}

/** A trial that is refused ends with the refusal's code as its cause. */
function endingOf(plain: PlainDocument): Ending {
  const decision = decideRead(plain);
  if (!decision.ok) return { status: "abandoned", value: null, cause: decision.fault.code };
  const { status, value, cause } = decision.value;
  return cause === undefined ? { status, value } : { status, value, cause };
}

/** The same thing is decided, whoever is named as having spoken for it. */
function sameEnding(a: Ending, b: Ending): boolean {
  return a.status === b.status && a.cause === b.cause && whatOf(a) === whatOf(b);
}

const WHO = ["by", "dissent", "outside", "absent"];
function whatOf({ value }: Ending): string {
  return JSON.stringify(value, (name, inner: unknown) => (WHO.includes(name) ? undefined : inner));
}

function replaceRound(
  plain: PlainDocument,
  round: number,
  change: (entries: readonly PlainEntry[]) => readonly PlainEntry[],
): PlainDocument {
  const rounds = plain.rounds.length === 0 ? [[]] : plain.rounds;
  return { ...plain, rounds: rounds.map((entries, at) => (at === round ? change(entries) : entries)) };
}

/** What those who said nothing in the last round could choose. */
function openChoices({
  policy,
  seats,
  rounds,
}: PlainDocument): readonly { readonly party: string; readonly choice: string }[] {
  const spoke = new Set((rounds.at(-1) ?? []).map(({ party }) => party));
  return seats
    .filter((seat) => !spoke.has(nameOf(seat)))
    .flatMap((seat) => (policy.roles.get(seat.role)?.choices ?? []).map((choice) => ({ party: nameOf(seat), choice })));
}

function silenced(plain: PlainDocument, parties: readonly string[]): PlainDocument {
  const rounds = plain.rounds.map((round) => round.filter(({ party }) => !parties.includes(party)));
  return { ...plain, rounds };
}

function equivocating(plain: PlainDocument, parties: readonly string[]): PlainDocument {
  const seats = new Map(plain.seats.map((seat) => [nameOf(seat), seat]));
  const rounds = plain.rounds.map((round) =>
    round.flatMap((entry) => {
      const other = parties.includes(entry.party) ? otherThan(plain, seats.get(entry.party), entry.payload) : null;
      return other === null ? [entry] : [entry, { ...entry, payload: other }];
    }),
  );
  return { ...plain, rounds };
}

/** Something else that the same seat could have signed for the same slot; null where there is nothing. */
function otherThan({ policy, rounds }: PlainDocument, seat: Seat | undefined, payload: CborMap): CborMap | null {
  const role = policy.roles.get(seat?.role ?? "");
  const [field] = [...payload.keys()].filter((name) => FIELDS.includes(String(name)));
  const value = field === undefined ? undefined : payload.get(field);
  if (role === undefined || field === undefined || value === undefined) return null;
  const other = field === "choice" ? otherChoice(role, rounds.flat(), value) : altered(value);
  return other === null ? null : new Map(payload).set(field, other);
}

const FIELDS = ["choice", "approve", "ranking", "bid", "value", "vector", "plan", "ack"];

/** One that others chose, if there is one: lies that help nobody show nothing. */
function otherChoice({ choices }: Role, entries: readonly PlainEntry[], value: CborValue): string | null {
  const chosen = entries.map(({ payload }) => payload.get("choice")).filter((choice) => typeof choice === "string");
  return [...chosen, ...choices].find((choice) => choice !== value) ?? null;
}

function altered(value: CborValue): CborValue {
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (typeof value === "string") return `${value}*`;
  if (isCborMap(value)) return new Map([...value].map(([key, item]) => [key, key === "item" ? item : altered(item)]));
  if (!Array.isArray(value)) return value;
  const items = value as readonly CborValue[];
  return typeof items[0] === "number" ? items.map(altered) : [...items].reverse();
}

function combinations(of: number, count: number): number {
  let ways = 1;
  for (let at = 0; at < count; at++) ways = Math.floor((ways * (of - at)) / (at + 1));
  return Math.max(0, ways);
}

function* choose(names: readonly string[], count: number, from = 0): Generator<readonly string[]> {
  if (count === 0) return yield [];
  for (let at = from; at <= names.length - count; at++)
    for (const rest of choose(names, count - 1, at + 1)) yield [names[at] as string, ...rest];
}
