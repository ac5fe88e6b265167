// Reconciliation of two sets of ids (SPEC §21): whoever begins sends fingerprints of ranges, each side narrows the ranges that differ down
// to lists, and in the end each knows which of its own ids the other lacks. Bytes go with the difference, messages with the logarithm of
// the sizes. What the ids stand for travels elsewhere. Pure: a session is a value.
import { equalBytes } from "../bytes.ts";
import { fault, ok, type Result } from "../result.ts";
import { type Answer, decodeAnswers, decodeOpening, encodeAnswers, encodeOpening, QUARTERS } from "./message.ts";
import { DEPTH_MAX, fingerprintOf, type Range, rangesAt, spanOf, type TaggedSet, tagSet } from "./tagged-set.ts";

/** A range on which the other side has still to answer; `listed` where it was sent our names. */
type Open = { readonly range: Range; readonly listed: boolean };

export type Session = {
  readonly set: TaggedSet;
  readonly open: readonly Open[];
  /** Our own ids that the other side lacks. */
  readonly have: readonly string[];
  /** How many ids we lack: the other side knows which. */
  readonly need: number;
};

/** `message` null: there is nothing more to say. */
export type Turn = { readonly session: Session; readonly message: Uint8Array | null };

/** Ranges with at most so many ids are listed: a list then costs about what another round of fingerprints would. */
const LIST_MAX = 8;
/** Ids in a range of the opening, at least: more ranges cost bytes where nothing differs, fewer cost messages where much does. */
const OPENING_FILL = 1_024;

/** Begins. The salt must be fresh and unforeseeable, or an adversary could make ids whose fingerprints cancel out. */
export function openSession(ids: readonly string[], salt: Uint8Array): Turn {
  const set = tagSet(ids, salt);
  let depth = 2;
  while (ids.length / rangesAt(depth) > OPENING_FILL && depth < 12) depth += 2;
  const ranges = rangesOf(depth);
  const fingerprints = ranges.map((range) => fingerprintOf(set, spanOf(set, range)));
  const open = ranges.map((range) => ({ range, listed: false }));
  const message = encodeOpening({ salt, digest: set.digest, depth, fingerprints });
  return { session: { set, open, have: [], need: 0 }, message };
}

function rangesOf(depth: number): readonly Range[] {
  return Array.from({ length: rangesAt(depth) }, (_, prefix) => ({ depth, prefix }));
}

/** Answers an opening. */
export function joinSession(ids: readonly string[], message: Uint8Array): Result<Turn> {
  const opening = decodeOpening(message);
  if (!opening.ok) return opening;
  const { salt, digest, depth, fingerprints } = opening.value;
  const set = tagSet(ids, salt);
  const session: Session = { set, open: [], have: [], need: 0 };
  const ranges = rangesOf(depth);
  if (equalBytes(digest, set.digest))
    return ok({ session, message: encodeAnswers(ranges.map(() => ({ is: "same" }))) });
  const said = ranges.map((range, index) => ({
    range,
    answer: toFingerprint(set, range, fingerprints[index] as number),
  }));
  return ok(turn(session, said));
}

/** Takes the other side's answers and gives our own to what they leave open. */
export function continueSession(session: Session, message: Uint8Array): Result<Turn> {
  const answers = decodeAnswers(message, session.open.length);
  if (!answers.ok) return answers;
  const said: Said[] = [];
  const have = [...session.have];
  let { need } = session;
  for (const [index, answer] of answers.value.entries()) {
    const { range, listed } = session.open[index] as Open;
    const misplaced = listed !== (answer.is === "verdict") || (answer.is === "split" && range.depth >= DEPTH_MAX);
    if (misplaced) return fault("SET_MESSAGE_MALFORMED");
    if (answer.is === "split") said.push(...toSplit(session.set, range, answer.fingerprints));
    if (answer.is === "list") {
      const { verdict, ours } = toList(session.set, range, answer.names);
      said.push({ range, answer: verdict });
      have.push(...ours);
      need += verdict.lacking.length;
    }
    if (answer.is === "verdict") {
      const [from, to] = spanOf(session.set, range);
      if (answer.lacking.some((position) => position >= to - from)) return fault("SET_MESSAGE_MALFORMED");
      have.push(...answer.lacking.map((position) => session.set.ids[from + position] as string));
      need += answer.extra.length;
    }
  }
  return ok(turn({ ...session, have, need }, said));
}

type Said = { readonly range: Range; readonly answer: Answer };

/** What was said becomes a message; what it leaves open is remembered. Nothing said is the end. */
function turn(session: Session, said: readonly Said[]): Turn {
  const open = said.flatMap(({ range, answer }): readonly Open[] => {
    if (answer.is === "split") return quartersOf(range).map((quarter) => ({ range: quarter, listed: false }));
    return answer.is === "list" ? [{ range, listed: true }] : [];
  });
  const message = said.length === 0 ? null : encodeAnswers(said.map(({ answer }) => answer));
  return { session: { ...session, open }, message };
}

function quartersOf({ depth, prefix }: Range): readonly Range[] {
  return Array.from({ length: QUARTERS }, (_, index) => ({ depth: depth + 2, prefix: prefix * QUARTERS + index }));
}

function toFingerprint(set: TaggedSet, range: Range, theirs: number): Answer {
  const span = spanOf(set, range);
  if (fingerprintOf(set, span) === theirs) return { is: "same" };
  const [from, to] = span;
  if (to - from <= LIST_MAX || range.depth + 2 > DEPTH_MAX)
    return { is: "list", names: [...set.names.slice(from, to)] };
  return { is: "split", fingerprints: quartersOf(range).map((quarter) => fingerprintOf(set, spanOf(set, quarter))) };
}

function toSplit(set: TaggedSet, range: Range, fingerprints: readonly number[]): readonly Said[] {
  return quartersOf(range).map((quarter, index) => ({
    range: quarter,
    answer: toFingerprint(set, quarter, fingerprints[index] as number),
  }));
}

function toList(set: TaggedSet, range: Range, theirs: readonly number[]) {
  const [from, to] = spanOf(set, range);
  const names = [...set.names.slice(from, to)];
  const [known, told] = [new Set(names), new Set(theirs)];
  const lacking = [...theirs.keys()].filter((position) => !known.has(theirs[position] as number));
  const extra = [...names.keys()].filter((position) => !told.has(names[position] as number));
  const verdict = { is: "verdict", lacking, extra: extra.map((position) => names[position] as number) } as const;
  return { verdict, ours: extra.map((position) => set.ids[from + position] as string) };
}
