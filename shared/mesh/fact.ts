// Facts and the histories that meshes hold of them (SPEC §20.1). A fact keeps its origin for ever: mesh, authority, stamp and sources.
import type { CborValue } from "../cbor/value.ts";
import type { Labels } from "../observation/labels.ts";
import type { Refusal } from "./routes.ts";

export type Fact = {
  /** Content hash of the signed statement; in a plain document whatever its author calls it. */
  readonly id: string;
  /** The mesh in which it was said. */
  readonly origin: string;
  readonly subject: string;
  readonly value: CborValue;
  /** The frame of its stamp, and the stamp: [earliest, latest] in microseconds. */
  readonly frame: string;
  readonly at: readonly [number, number];
  readonly authority: string;
  /** Null where its author names none. */
  readonly class: string | null;
  readonly sources: readonly string[];
  /** Its own handling labels, and what it was drawn from: it bears the labels of that too. */
  readonly labels: Labels;
  readonly drawn: readonly string[];
  /** Its number among its authority's statements, where it has one: holes show what was withheld. */
  readonly sequence: number | null;
  /** Evidential weight in parts per million, where admission gave it one. */
  readonly admissibility: number | null;
  /** The most it may count for, where other meshes have passed it on; null where it comes from its origin. */
  readonly cap: number | null;
};

export type History = {
  readonly mesh: string;
  /** The mesh's clock frame. */
  readonly frame: string;
  /** Version of the vocabulary it speaks; null where it states none. */
  readonly taxonomy: string | null;
  /** Hash of the arbitration rule that the mesh holds; null where it relies on the agreement at hand. */
  readonly rule: string | null;
  readonly facts: readonly Fact[];
  /** What its authorities said besides facts and is at hand: it fills their numbers, and what it names is no hole. */
  readonly spoken?: readonly Pick<Fact, "id" | "origin" | "authority" | "sequence">[];
  /** What its file held besides and the door refused, by id. */
  readonly refused: readonly Refusal[];
};
