// Histories of root keys (SPEC §5.7): which keys stand for a recognised authority, and when. A pin on any key of a history vouches for
// all of it: forwards because each statement commits to the next key, backwards because each rotation names the statement before it.
import { toHex } from "../bytes.ts";
import type { RefusalCode } from "../refusals.ts";
import { successionFlaw } from "./rotation.ts";
import type { RootStatement, Rotation } from "./statement.ts";

/** A root key and when it holds, in microseconds of the mesh's frame, both ends included. */
export type RootKey = { readonly authority: string; readonly from: number; readonly until: number };

/** Something about authority that was set aside, by the ids that show it. */
export type Note = { readonly code: RefusalCode; readonly about: readonly string[] };

export type Roots = { readonly keys: ReadonlyMap<string, RootKey>; readonly notes: readonly Note[] };

type Generation = { id: string; key: string; next: Uint8Array | null; from: number; until: number };

/** Every key that the pins vouch for. A pinned key without a history holds always. */
export function rootKeys(
  pins: ReadonlyMap<string, string>,
  statements: readonly RootStatement[],
  rotations: RotationsOf,
): Roots {
  const keys = new Map<string, RootKey>();
  for (const [key, authority] of pins) keys.set(key, { authority, from: 0, until: Number.MAX_SAFE_INTEGER });
  const notes: Note[] = [];
  for (const first of statements) {
    const namesakes = statements.filter(({ signer }) => signer === first.signer);
    if (namesakes.length > 1) {
      if (namesakes[0] === first) notes.push({ code: "ROTATION_FORKED", about: namesakes.map(({ id }) => id).sort() });
      continue;
    }
    const line = lineFrom(first, rotations, notes);
    const names = new Set(line.flatMap(({ key }) => pins.get(key) ?? []));
    const [authority] = names;
    if (authority === undefined || names.size > 1) {
      notes.push({ code: names.size > 1 ? "ROOT_DISPUTED" : "ROOT_UNKNOWN", about: [first.id] });
      continue;
    }
    for (const { key, from, until } of line) keys.set(key, { authority, from, until });
  }
  return { keys, notes };
}

/** The generations of one root, up to where its history ends or forks. */
function lineFrom({ id, signer, body }: RootStatement, rotations: RotationsOf, notes: Note[]): Generation[] {
  const line: Generation[] = [{ id, key: signer, next: body.next, from: body.not_before, until: body.not_after }];
  for (;;) {
    const last = line[line.length - 1] as Generation;
    const successors = successorsOf(rotations, last);
    const [successor] = successors;
    // Two successors of one key prove that its holder rotated twice: neither is followed, whoever sees which first.
    if (successors.length > 1) notes.push({ code: "ROTATION_FORKED", about: successors.map((each) => each.id).sort() });
    if (successor === undefined || successors.length > 1) return line;
    const { key, next, not_before: from, not_after: until, retires } = successor.body;
    last.until = Math.min(last.until, retires - 1);
    line.push({ id: successor.id, key: toHex(key), next, from, until });
  }
}

/** Rotations by the id of the statement that each says it follows. */
export type RotationsOf = ReadonlyMap<string, readonly Rotation[]>;

export function indexRotations(rotations: readonly Rotation[]): RotationsOf {
  const index = new Map<string, Rotation[]>();
  for (const rotation of rotations) {
    const succeeds = toHex(rotation.body.succeeds);
    index.set(succeeds, [...(index.get(succeeds) ?? []), rotation]);
  }
  return index;
}

const NONE: readonly Rotation[] = [];

/** Rotations that truly follow a statement: they bring in the key that it committed to. */
export function successorsOf(
  rotations: RotationsOf,
  before: { readonly id: string; readonly next: Uint8Array | null },
): readonly Rotation[] {
  const claims = rotations.get(before.id);
  if (claims === undefined) return NONE;
  return claims.filter(({ signer, body }) => {
    const succession = { succeeds: toHex(body.succeeds), key: body.key, signer };
    return successionFlaw(succession, before) === null;
  });
}
