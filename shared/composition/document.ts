// A composition (SPEC §23): how ceremonies of several patterns connect. It says what follows what, what is nested in what, where tracks
// meet, what goes on to the next, and what follows where a part is abandoned. Each part stays an ordinary ceremony with rules of its own.
import { toHex } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { fromJson } from "../cbor/json.ts";
import {
  exactly,
  integer,
  list,
  misfit,
  nullable,
  oneOf,
  type Reader,
  readAs,
  record,
  text,
  textMap,
  withDefaults,
} from "../cbor/read.ts";
import type { Encodable } from "../cbor/value.ts";
import { isCborMap } from "../cbor/value.ts";
import { sha256 } from "../hash.ts";
import { NESTING_DEPTH_MAX, PARTS_MAX, TEXT_LENGTH_MAX } from "../limits.ts";
import type { Id } from "../observation/observation.ts";
import { fault, ok, type Result } from "../result.ts";

/** What follows where a part ends without an outcome. */
export type OnAbandon =
  /** So does the whole. */
  | { readonly do: "abandon" }
  /** The whole is abandoned once this part has undone what went before. */
  | { readonly do: "compensate"; readonly part: string }
  /** This part takes its place. */
  | { readonly do: "fallback"; readonly part: string }
  /** Whoever waits for it goes on without it. */
  | { readonly do: "proceed" };

/** What a part takes over from an earlier one. */
export type Transition = {
  readonly from: string;
  /** Where the earlier outcome's value names the party that carries on, such as `winners.0.party`; null where nobody does. */
  readonly holder: string | null;
  /** Role that it must hold in this part. */
  readonly role: string | null;
  /** Paths of the earlier outcome's value that this part's call must repeat under `carried`. */
  readonly fields: readonly string[];
};

export type Part = {
  /** Hash of its policy. */
  readonly policy: Id;
  /** Parts and meetings that must have come to an outcome before it may begin. */
  readonly after: readonly string[];
  /** The part in which a seat of that role contributes this one's certificate; null where it stands by itself. */
  readonly nested: { readonly part: string; readonly role: string } | null;
  readonly carries: Transition | null;
  readonly abandoned: OnAbandon;
};

/** Where parallel tracks come together: once `least` of them have an outcome. */
export type Meeting = {
  readonly of: readonly string[];
  readonly least: number;
  /** Last instant, in microseconds, at which a track may have closed to count; null for none. */
  readonly by: number | null;
};

export type Composition = {
  readonly format: 1;
  readonly id: string;
  readonly title: string;
  readonly parts: ReadonlyMap<string, Part>;
  readonly meetings: ReadonlyMap<string, Meeting>;
  /** The part whose outcome is the outcome of the whole. */
  readonly outcome: string;
  /** Whether one certificate may be the input of several parts. */
  readonly reuse: boolean;
};

/** Named by the hash of its canonical bytes, whoever signs it. */
export type PinnedComposition = { readonly composition: Composition; readonly hash: Id };

const name = text(64);
const readHash: Reader<Id> = (value, path) =>
  typeof value === "string" && /^[0-9a-f]{64}$/.test(value) ? value : misfit(path, "a SHA-256 in hexadecimal");

const ON_ABANDON: { readonly [D in OnAbandon["do"]]: Reader<Extract<OnAbandon, { do: D }>> } = {
  abandon: record({ do: oneOf("abandon") }),
  compensate: record({ do: oneOf("compensate"), part: name }),
  fallback: record({ do: oneOf("fallback"), part: name }),
  proceed: record({ do: oneOf("proceed") }),
};

const readOnAbandon: Reader<OnAbandon> = (value, path) => {
  const known = (Object.keys(ON_ABANDON) as readonly OnAbandon["do"][]).find(
    (one) => isCborMap(value) && value.get("do") === one,
  );
  return known === undefined
    ? misfit(`${path}.do`, Object.keys(ON_ABANDON).join(", "))
    : ON_ABANDON[known](value, path);
};

const readPart = withDefaults(
  { after: [], nested: null, carries: null, abandoned: new Map([["do", "abandon"]]) },
  record<Part>({
    policy: readHash,
    after: list(name, PARTS_MAX),
    nested: nullable(record({ part: name, role: name })),
    carries: nullable(
      record<Transition>({
        from: name,
        holder: nullable(text()),
        role: nullable(name),
        fields: list(text(), 64),
      }),
    ),
    abandoned: readOnAbandon,
  }),
);

const readWhole = withDefaults(
  { meetings: new Map(), reuse: true },
  record<Composition>({
    format: exactly(1),
    id: name,
    title: text(TEXT_LENGTH_MAX),
    parts: textMap(readPart, PARTS_MAX),
    meetings: textMap(
      record<Meeting>({
        of: list(name, PARTS_MAX, 1),
        least: integer(1, PARTS_MAX),
        by: nullable(integer(0, Number.MAX_SAFE_INTEGER)),
      }),
      PARTS_MAX,
    ),
    outcome: name,
    reuse: (value, path) => (typeof value === "boolean" ? value : misfit(path, "true or false")),
  }),
);

/** Reads a composition from JSON and refuses what cannot work: names of nothing, circles, nesting that is too deep. */
export function readComposition(document: unknown): Result<PinnedComposition> {
  const value = fromJson(document);
  if (!value.ok) return fault("COMPOSITION_INVALID", value.fault.detail);
  const read = readAs(value.value, readWhole);
  if (!read.ok) return fault("COMPOSITION_INVALID", read.fault.detail);
  const unsound = checkNames(read.value) ?? checkCircles(read.value) ?? checkDepth(read.value);
  if (unsound !== null) return unsound;
  return ok({ composition: read.value, hash: toHex(sha256(encodeCanonical(value.value as Encodable))) });
}

type Refused = Extract<Result<never>, { ok: false }>;

/** What a part or a meeting waits for, or hands over to. */
function leadsTo({ parts, meetings }: Composition, at: string): readonly string[] {
  const meeting = meetings.get(at);
  if (meeting !== undefined) return meeting.of;
  const part = parts.get(at);
  if (part === undefined) return [];
  const within = [...parts].filter(([, { nested }]) => nested?.part === at).map(([child]) => child);
  const carried = part.carries === null ? [] : [part.carries.from];
  const instead = "part" in part.abandoned ? [part.abandoned.part] : [];
  return [...part.after, ...within, ...carried, ...instead];
}

function checkNames(composition: Composition): Refused | null {
  const { parts, meetings, outcome } = composition;
  const clash = [...meetings.keys()].find((one) => parts.has(one));
  if (clash !== undefined) return fault("COMPOSITION_INVALID", { path: `meetings.${clash}`, need: "no part's name" });
  if (!parts.has(outcome)) return fault("COMPOSITION_INVALID", { path: "outcome", need: "the name of a part" });
  for (const [at, { nested, carries, abandoned }] of parts) {
    const named = [nested?.part, carries?.from, "part" in abandoned ? abandoned.part : undefined];
    const stranger = named.find((one) => one !== undefined && !parts.has(one));
    if (stranger !== undefined)
      return fault("COMPOSITION_INVALID", { path: `parts.${at}`, need: `given a part ${stranger}` });
  }
  for (const at of [...parts.keys(), ...meetings.keys()]) {
    const stranger = leadsTo(composition, at).find((one) => !parts.has(one) && !meetings.has(one));
    if (stranger !== undefined) return fault("COMPOSITION_INVALID", { path: at, need: `given a part ${stranger}` });
  }
  const [odd] = [...meetings].filter(([, { of, least }]) => least > new Set(of).size);
  return odd === undefined
    ? null
    : fault("COMPOSITION_INVALID", { path: `meetings.${odd[0]}.least`, need: "at most the number of its tracks" });
}

/** Walks every way on; a name that stands on the way already closes a circle. */
function checkCircles(composition: Composition): Refused | null {
  const sound = new Set<string>();
  const walk = (at: string, way: readonly string[]): readonly string[] | null => {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at];
    if (sound.has(at)) return null;
    for (const next of leadsTo(composition, at)) {
      const circle = walk(next, [...way, at]);
      if (circle !== null) return circle;
    }
    sound.add(at);
    return null;
  };
  for (const at of composition.parts.keys()) {
    const circle = walk(at, []);
    if (circle !== null) return fault("COMPOSITION_CIRCLE", { circle: circle.join(" > ") });
  }
  return null;
}

function checkDepth({ parts }: Composition): Refused | null {
  for (const at of parts.keys()) {
    let depth = 0;
    for (let inner = parts.get(at); inner?.nested != null; inner = parts.get(inner.nested.part)) depth += 1;
    if (depth > NESTING_DEPTH_MAX)
      return fault("COMPOSITION_DEPTH", { part: at, found: depth, limit: NESTING_DEPTH_MAX });
  }
  return null;
}
