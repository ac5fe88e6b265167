// Structured mutations of frames: of their bytes, of the tree of values that they encode, and of what is signed. Chance comes from a seed.
import { createPrivateKey, sign } from "node:crypto";
import { concatBytes } from "../../shared/bytes.ts";
import { decodeCanonical } from "../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import type { CborValue } from "../../shared/cbor/value.ts";
import { parseSign1, sigStructure } from "../../shared/cose/sign1.ts";
import type { Random } from "../simulation/random.ts";
import { encodable } from "../support/oracles.ts";

/** A sound frame, and how its signer signs. */
export type Base = { readonly frame: Uint8Array; readonly sign: (bytes: Uint8Array) => Uint8Array };

/** The runtime's own Ed25519, twenty times as fast as the one in our signer; the same bytes, since Ed25519 is deterministic. */
export function fastSigner(secret: Uint8Array): Base["sign"] {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), secret]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return (bytes) => new Uint8Array(sign(null, bytes, key));
}

const utf8 = new TextEncoder();
const OBSERVATION = utf8.encode("quorate/observation/1");

/** Heads that announce far more than follows, forms outside the profile, and deep nesting. */
const AWKWARD: readonly Uint8Array[] = [
  ...[0x5b, 0x7b, 0x9b, 0xbb].map((head) => [head, 0x7f, 255, 255, 255, 255, 255, 255, 255]),
  [0xf7],
  [0xff],
  [0xd2],
  [0xc2, 0x41, 0x01],
  [0xf9, 0x7e, 0x00],
  [0x63, 0xef, 0xbb, 0xbf],
  [0x18, 0x00],
  Array(300).fill(0x81),
].map((bytes) => Uint8Array.from(bytes));

/** Values that sit badly where another was expected. */
const VALUES: readonly CborValue[] = [
  null,
  true,
  0,
  -1,
  2n ** 63n,
  -(2n ** 63n),
  Number.MAX_SAFE_INTEGER,
  "",
  "*",
  "__proto__",
  "x".repeat(5_000),
  new Uint8Array(),
  new Uint8Array(32),
  new Uint8Array(33).fill(0xff),
  new Uint8Array(4_097),
  [],
  [[]],
  Array(300).fill(new Uint8Array(32)),
  new Map(),
  new Map([["version", 2]]),
];

/** One mutant of a base; `other` lends bytes and values. */
export function mutant(random: Random, { frame, sign: resign }: Base, other: Base): Uint8Array {
  const kind = random.below(100);
  if (kind < 70) return mutateBytes(random, frame, other.frame);
  const parsed = parseSign1(frame);
  const lent = parseSign1(other.frame);
  if (!parsed.ok || !lent.ok) return frame;
  const tree = treeOf(parsed.value.payload);
  const payload = kind < 98 ? encodeCanonical(encodable(mutateTree(random, tree, treeOf(lent.value.payload)))) : null;
  const { protectedHeader, signature } = parsed.value;
  // Most mutants stop before the signature, which costs as much as all the rest; some are signed anew, to reach what lies behind it.
  if (payload !== null && kind < 90) return encodeCanonical([protectedHeader, new Map(), payload, signature]);
  const signed = payload ?? mutateBytes(random, parsed.value.payload, lent.value.payload);
  const again = resign(sigStructure(protectedHeader, OBSERVATION, signed));
  return encodeCanonical([protectedHeader, new Map(), signed, again]);
}

const trees = new WeakMap<Uint8Array, CborValue>();
const payloads = new Map<string, CborValue>();

function treeOf(payload: Uint8Array): CborValue {
  const key = `${payload.length}/${payload.slice(-40).join()}`;
  const known = trees.get(payload) ?? payloads.get(key);
  if (known !== undefined) return known;
  const decoded = decodeCanonical(payload);
  if (!decoded.ok) throw new Error(`a sound payload does not parse: ${decoded.fault.code}`);
  payloads.set(key, decoded.value);
  return decoded.value;
}

function mutateBytes(random: Random, bytes: Uint8Array, lender: Uint8Array): Uint8Array {
  let mutated = bytes;
  for (let count = random.between(1, 3); count > 0; count--) mutated = mutateOnce(random, mutated, lender);
  return mutated;
}

function mutateOnce(random: Random, bytes: Uint8Array, lender: Uint8Array): Uint8Array {
  // Half of the places lie in the header, which is a small part of the frame.
  const at = Math.min(bytes.length, random.chance(0.5) ? random.below(48) : random.below(bytes.length + 1));
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.below(7)) {
    case 0:
    case 1:
      return bytes.map((byte, index) => (index === at ? byte ^ (1 << random.below(8)) : byte));
    case 2:
      return bytes.map((byte, index) => (index === at ? random.below(256) : byte));
    case 3:
      return bytes.slice(0, at);
    case 4:
      return concatBytes(head, tail.subarray(random.below(40)));
    case 5:
      return concatBytes(head, random.pick(AWKWARD), tail);
    default:
      return concatBytes(head, lender.subarray(random.below(lender.length)));
  }
}

/** The tree with one place changed: another value, a field less, more or renamed, a list turned round or repeated. */
function mutateTree(random: Random, tree: CborValue, lender: CborValue): CborValue {
  const deeper = random.chance(0.75);
  if (tree instanceof Map && tree.size > 0) {
    const entries = [...tree] as [string | number, CborValue][];
    const at = random.below(entries.length);
    const [key, value] = entries[at] as [string, CborValue];
    if (deeper) entries[at] = [key, mutateTree(random, value, lender)];
    else changeEntry(random, entries, at);
    return new Map(entries);
  }
  if (Array.isArray(tree) && tree.length > 0) {
    const items = [...(tree as readonly CborValue[])];
    const at = random.below(items.length);
    if (deeper) items[at] = mutateTree(random, items[at] as CborValue, lender);
    else if (random.chance(0.5)) items.reverse();
    else items.splice(at, random.below(2), ...Array(random.below(4)).fill(items[at]));
    return items;
  }
  return mutateLeaf(random, tree, lender);
}

function changeEntry(random: Random, entries: [string | number, CborValue][], at: number): void {
  const [key, value] = entries[at] as [string | number, CborValue];
  const change = random.below(4);
  if (change === 0) entries.splice(at, 1);
  if (change === 1) entries.push([random.pick(["weather", "__proto__", "constructor", 7]), random.pick(VALUES)]);
  if (change === 2) entries[at] = [`${key}s`, value];
  if (change === 3) entries[at] = [key, random.pick(VALUES)];
}

function mutateLeaf(random: Random, leaf: CborValue, lender: CborValue): CborValue {
  const kind = random.below(8);
  if (kind === 0) return random.pick(VALUES);
  if (kind === 1 && lender instanceof Map) return random.pick([...lender.values()]);
  if (typeof leaf === "number") return leaf + random.pick([-1, 1, 1_000, -leaf, leaf]);
  if (typeof leaf === "string")
    return random.pick([`${leaf} `, leaf.slice(1), leaf.toUpperCase(), "approver", "reject"]);
  if (!(leaf instanceof Uint8Array) || leaf.length === 0) return random.pick(VALUES);
  if (kind === 2) return mutateOnce(random, leaf, leaf);
  const at = random.below(leaf.length);
  return leaf.map((byte, index) => (index === at ? byte ^ (1 << random.below(8)) : byte));
}
