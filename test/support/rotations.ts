// Histories of keys: generations whose successors were committed to in advance.
import { issueStatement, parseAuthorityStatement } from "../../shared/authority/statement.ts";
import type { Signer } from "../../shared/cose/sign1.ts";
import { idBytes, sha256 } from "../../shared/hash.ts";
import { MESH } from "./parties.ts";
import { signerNamed } from "./recipes.ts";

export type Generation = { readonly from: number; readonly until: number; readonly retires: number };

/** Keys of a name, the first of them given where it is already in use. */
export function keysOf(name: string, count: number, first?: Signer): readonly [Signer, ...Signer[]] {
  const keys = Array.from({ length: count }, (_, index) => signerNamed(`${name}, key ${index}`));
  return [first ?? (keys[0] as Signer), ...keys.slice(1)];
}

export function commitment(key: Signer | undefined): Uint8Array | null {
  return key === undefined ? null : sha256(key.key);
}

export function idOfStatement(frame: Uint8Array): string {
  const parsed = parseAuthorityStatement(frame);
  if (!parsed.ok) throw new Error(parsed.fault.code);
  return parsed.value.signed.id;
}

/** The rotation from the statement `succeeds` to `key`, which commits to `next`. */
export function rotationTo(
  key: Signer,
  next: Signer | undefined,
  succeeds: string,
  { from, until, retires }: Generation,
  signer: Signer = key,
): Uint8Array {
  return issueStatement(
    {
      kind: "rotation",
      version: 1,
      mesh: MESH,
      succeeds: idBytes(succeeds),
      key: key.key,
      next: commitment(next),
      not_before: from,
      not_after: until,
      retires,
    },
    signer,
  );
}

/** Rotations from `succeeds` through all keys but the first. */
export function rotationsFrom(
  succeeds: string,
  keys: readonly Signer[],
  generations: readonly Generation[],
): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  let before = succeeds;
  for (let index = 1; index < keys.length; index++) {
    const frame = rotationTo(keys[index] as Signer, keys[index + 1], before, generations[index] as Generation);
    frames.push(frame);
    before = idOfStatement(frame);
  }
  return frames;
}

/** A root statement and the rotations behind it. */
export function rootHistory(
  keys: readonly [Signer, ...Signer[]],
  generations: readonly Generation[],
): readonly Uint8Array[] {
  const [first] = generations as readonly [Generation];
  const root = issueStatement(
    {
      kind: "root",
      version: 1,
      mesh: MESH,
      authority: "as it calls itself",
      next: commitment(keys[1]),
      not_before: first.from,
      not_after: first.until,
    },
    keys[0],
  );
  return [root, ...rotationsFrom(idOfStatement(root), keys, generations)];
}
