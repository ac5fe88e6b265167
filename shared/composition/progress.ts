// How far a composition has come (SPEC §23.3): a pure function of its document and of the certified endings of its parts. It decides
// nothing that a ceremony decides; it says which part may begin, and what the whole has come to.
import { toHex } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import type { CborValue } from "../cbor/value.ts";
import { idBytes, sha256 } from "../hash.ts";
import type { Id } from "../observation/observation.ts";
import type { Composition, Meeting, PinnedComposition } from "./document.ts";

/** The certified end of one ceremony. */
export type Ending = {
  readonly ceremony: Id;
  readonly digest: Id;
  readonly status: "decided" | "abandoned";
  readonly value: CborValue;
  readonly cause: string | null;
  /** When its last round closed, by the call, in microseconds. */
  readonly closedAt: number;
};

export type PartState =
  /** For others, or as a reserve for a part that may be abandoned. */
  | "waiting"
  | "due"
  | "decided"
  | "abandoned"
  /** Another part takes its place. */
  | "replaced"
  /** The whole has ended without it. */
  | "dropped";

export type Whole = {
  readonly is: "open" | "decided" | "abandoned";
  readonly value: CborValue;
  /** The part whose abandonment ended it. */
  readonly cause: string | null;
  /** The part that undid what went before, where the document asks for one. */
  readonly compensated: string | null;
  readonly digest: Id | null;
};

export type CompositeProgress = { readonly parts: ReadonlyMap<string, PartState>; readonly whole: Whole };

type Endings = ReadonlyMap<string, Ending>;

export function progressOf({ composition, hash }: PinnedComposition, endings: Endings): CompositeProgress {
  const states = new Map<string, PartState>();
  for (const name of composition.parts.keys()) states.set(name, stateOf(composition, endings, name));
  const whole = wholeOf(composition, hash, endings);
  if (whole.is !== "open")
    for (const [name, state] of states) if (state === "due" || state === "waiting") states.set(name, "dropped");
  return { parts: states, whole };
}

/** Whether a part, or whoever takes its place, has come to an outcome; null while that is open. */
function succeeded(composition: Composition, endings: Endings, name: string): boolean | null {
  const meeting = composition.meetings.get(name);
  if (meeting !== undefined) return hasMet(composition, endings, meeting);
  const ending = endings.get(name);
  if (ending?.status === "decided") return true;
  const then = composition.parts.get(name)?.abandoned;
  const over = ending !== undefined || barred(composition, endings, name);
  if (!over) return null;
  return then?.do === "fallback" ? succeeded(composition, endings, then.part) : false;
}

/** It can never begin, since something that it waits for has come to nothing. */
function barred(composition: Composition, endings: Endings, name: string): boolean {
  return (composition.parts.get(name)?.after ?? []).some((before) => isOver(composition, endings, before) === false);
}

/** As `succeeded`, and true also for what the others are to go on without. */
function isOver(composition: Composition, endings: Endings, name: string): boolean | null {
  const without = composition.parts.get(name)?.abandoned.do === "proceed" && endings.get(name)?.status === "abandoned";
  return without ? true : succeeded(composition, endings, name);
}

/** A track counts if it closed in time; a meeting fails once too few are left. */
function hasMet(composition: Composition, endings: Endings, { of, least, by }: Meeting): boolean | null {
  const tracks = [...new Set(of)].map((name) => {
    const done = succeeded(composition, endings, name);
    const late = by !== null && (endings.get(name)?.closedAt ?? 0) > by;
    return done === true && late ? false : done;
  });
  const met = tracks.filter((done) => done === true).length;
  if (met >= least) return true;
  return met + tracks.filter((done) => done === null).length < least ? false : null;
}

function stateOf(composition: Composition, endings: Endings, name: string): PartState {
  const part = composition.parts.get(name);
  const ending = endings.get(name);
  if (ending?.status === "decided") return "decided";
  if (ending !== undefined) return part?.abandoned.do === "fallback" ? "replaced" : "abandoned";
  return mayBegin(composition, endings, name) ? "due" : "waiting";
}

/** All that it waits for is over, and nothing else takes its place. */
function mayBegin(composition: Composition, endings: Endings, name: string): boolean {
  const part = composition.parts.get(name);
  const waits = part?.after.some((before) => isOver(composition, endings, before) !== true) ?? true;
  return !waits && isCalledFor(composition, endings, name);
}

/** The parts whose certificates a part's call must cite; null where it may not begin. */
export function inputsOf(composition: Composition, endings: Endings, name: string): readonly string[] | null {
  const part = composition.parts.get(name);
  if (part === undefined || !mayBegin(composition, endings, name)) return null;
  const standsFor = [...composition.parts].filter(
    ([other, { abandoned }]) =>
      "part" in abandoned && abandoned.part === name && endings.get(other)?.status === "abandoned",
  );
  const before = part.after.flatMap((one) => whatEnded(composition, endings, one));
  const carried = part.carries === null ? [] : whatEnded(composition, endings, part.carries.from);
  return [...new Set([...before, ...carried, ...standsFor.map(([other]) => other)])].sort();
}

/** The parts that stand behind a name: itself, whoever took its place, the tracks of a meeting. */
export function whatEnded(composition: Composition, endings: Endings, name: string): readonly string[] {
  const meeting = composition.meetings.get(name);
  if (meeting !== undefined) return meeting.of.flatMap((track) => whatEnded(composition, endings, track));
  const then = composition.parts.get(name)?.abandoned;
  const ending = endings.get(name);
  if (ending === undefined) return [];
  return ending.status === "abandoned" && then?.do === "fallback" ? whatEnded(composition, endings, then.part) : [name];
}

/** A reserve begins only once the part that it stands in for, or undoes, is abandoned. */
function isCalledFor(composition: Composition, endings: Endings, name: string): boolean {
  const standsFor = [...composition.parts].filter(
    ([, { abandoned }]) => "part" in abandoned && abandoned.part === name,
  );
  return standsFor.length === 0 || standsFor.some(([other]) => endings.get(other)?.status === "abandoned");
}

function wholeOf(composition: Composition, hash: Id, endings: Endings): Whole {
  const open: Whole = { is: "open", value: null, cause: null, compensated: null, digest: null };
  for (const [name, { abandoned }] of composition.parts) {
    if (endings.get(name)?.status !== "abandoned") continue;
    if (abandoned.do === "abandon") return seal(hash, endings, { ...open, is: "abandoned", cause: name });
    if (abandoned.do !== "compensate") continue;
    const undoing = endings.get(abandoned.part);
    if (undoing === undefined) return { ...open, cause: name };
    const compensated = undoing.status === "decided" ? abandoned.part : null;
    return seal(hash, endings, { ...open, is: "abandoned", cause: name, compensated });
  }
  const done = succeeded(composition, endings, composition.outcome);
  if (done === null) return open;
  if (!done) return seal(hash, endings, { ...open, is: "abandoned", cause: composition.outcome });
  return seal(hash, endings, { ...open, is: "decided", value: outcomeOf(composition, endings, composition.outcome) });
}

/** The value of a part, or of whoever took its place. */
function outcomeOf(composition: Composition, endings: Endings, name: string): CborValue {
  const ending = endings.get(name);
  const then = composition.parts.get(name)?.abandoned;
  if (ending?.status === "decided") return ending.value;
  return then?.do === "fallback" ? outcomeOf(composition, endings, then.part) : null;
}

/** The record of the whole names every part's record: nothing of it can be exchanged without another digest. */
function seal(hash: Id, endings: Endings, whole: Whole): Whole {
  const parts = [...endings].sort(([a], [b]) => (a < b ? -1 : 1));
  const record = {
    composition: idBytes(hash),
    status: whole.is,
    value: whole.value,
    cause: whole.cause,
    compensated: whole.compensated,
    parts: parts.map(([name, { ceremony, digest }]) => [name, idBytes(ceremony), idBytes(digest)]),
  };
  return { ...whole, digest: toHex(sha256(encodeCanonical(record))) };
}
