// What one party holds of the closing of one round (SPEC §8). Everything but `due` follows from stored messages.
import type {
  Id,
  Observation,
  PageBody,
  PagedWitnessBody,
  PrecommitBody,
  PrevoteBody,
  ProposeBody,
  WitnessBody,
} from "../observation/observation.ts";
import type { Electorate } from "./power.ts";
import { rotationOf } from "./proposer.ts";

export type Witness = Observation<WitnessBody>;
/** One whose list is on pages that are not all held, or do not give its root. */
export type PagedWitness = Observation<PagedWitnessBody>;
export type Page = Observation<PageBody>;
export type Proposal = Observation<ProposeBody>;
export type Prevote = Observation<PrevoteBody>;
export type Precommit = Observation<PrecommitBody>;
export type ClosingMessage = Witness | PagedWitness | Page | Proposal | Prevote | Precommit;

/** Some J with root(D(J)) = root: the witnesses that justify a set, and the set. */
export type Justification = { readonly witnesses: readonly Id[]; readonly set: readonly Id[] };

export type Certificate =
  | { readonly path: "unanimous"; readonly witnesses: readonly Id[] }
  | {
      readonly path: "contested";
      readonly attempt: number;
      readonly witnesses: readonly Id[];
      readonly precommits: readonly Id[];
    };

export type Decision = { readonly root: Id; readonly set: readonly Id[]; readonly certificate: Certificate };

/** When each running timeout ends, in microseconds; null where it does not run. */
export type Timeouts = {
  readonly contest: number | null;
  readonly propose: number | null;
  readonly prevote: number | null;
  readonly precommit: number | null;
};

export type Closing = {
  readonly ceremony: Id;
  readonly round: number;
  readonly electorate: Electorate;
  /** Place among the electors of the one who proposes in attempt 0. */
  readonly rotation: number;
  /** The party's own elector seat, if it has one. */
  readonly own: number | null;
  readonly witnesses: ReadonlyMap<number, readonly Witness[]>;
  /** Witnesses whose list is not known yet: they count for nothing but as halves of a proof. */
  readonly unread: ReadonlyMap<number, readonly PagedWitness[]>;
  readonly pages: ReadonlyMap<Id, Page>;
  /** Votes and proposals by attempt, in order of arrival. */
  readonly proposals: ReadonlyMap<number, readonly Proposal[]>;
  readonly prevotes: ReadonlyMap<number, readonly Prevote[]>;
  readonly precommits: ReadonlyMap<number, readonly Precommit[]>;
  /** Highest attempt that each elector is known to have reached. */
  readonly reached: ReadonlyMap<number, number>;
  /** For each elector that signed two statements for one slot: both, as proof. */
  readonly faulty: ReadonlyMap<number, readonly [Id, Id]>;
  readonly justified: ReadonlyMap<Id, Justification>;
  /** Present attempt of the contested close; -1 before it starts. */
  readonly attempt: number;
  readonly due: Timeouts;
  /** Signs nothing more: its store is older than what it has signed (SPEC §8.6). */
  readonly mute: boolean;
  readonly decision: Decision | null;
};

export const NO_TIMEOUTS: Timeouts = { contest: null, propose: null, prevote: null, precommit: null };

export function openClosing(ceremony: Id, round: number, electorate: Electorate, own: number | null): Closing {
  return {
    ceremony,
    round,
    electorate,
    rotation: rotationOf(ceremony, round, electorate),
    own,
    witnesses: new Map(),
    unread: new Map(),
    pages: new Map(),
    proposals: new Map(),
    prevotes: new Map(),
    precommits: new Map(),
    reached: new Map(),
    faulty: new Map(),
    justified: new Map(),
    attempt: -1,
    due: NO_TIMEOUTS,
    mute: false,
    decision: null,
  };
}

/** All stored closing messages of the round. */
export function messagesOf(closing: Closing): readonly ClosingMessage[] {
  const { pages, witnesses, unread, proposals, prevotes, precommits } = closing;
  const listed = [witnesses, unread, proposals, prevotes, precommits].flatMap((held) => [...held.values()].flat());
  return [...pages.values(), ...listed];
}

/** A copy of a map with one entry set. */
export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}
