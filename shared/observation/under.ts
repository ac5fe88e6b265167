// The coalition that a call is under (SPEC §15.12): what its caller recognised of whom, and by which road, when it opened. Pinned in the call,
// so that everyone judges by the same roads, whatever each knows of the coalition besides.
import { toHex } from "../bytes.ts";
import { anything, bytes, integer, list, misfit, nullable, oneOf, type Reader, record, text } from "../cbor/read.ts";
import type { CborValue, Encodable } from "../cbor/value.ts";
import { idBytes } from "../hash.ts";
import { HOPS_MAX, MATTERS_MAX, MICROS_APART_MAX, PINNED_MAX, ROADS_MAX } from "../limits.ts";
import { compareText } from "../text.ts";

/** Who may revoke it, and between whom it carries; `issued` is the instant from which its signer's wildcards no longer name it. */
export type PinnedTranslator = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly signer: string | null;
  readonly issued: number | null;
};

/** The roads by which home recognises an authority: each a list of translators in their order. */
export type PinnedRoads = { readonly authority: string; readonly roads: readonly (readonly string[])[] };

/** A clause of the home's effective policy that is about a matter of the ceremony. */
export type PinnedClause = {
  readonly matter: string;
  readonly id: string;
  readonly effect: "permit" | "prohibit";
  readonly value: CborValue;
  readonly label: string | null;
  readonly from: string;
  readonly via: readonly string[];
};

export type Under = {
  /** The mesh in which the coalition's statements are made, and the operation. */
  readonly mesh: string;
  readonly operation: string;
  /** The authority by whose policy the ceremony runs: its caller. */
  readonly home: string;
  /** Digest of the home's effective policy in the operation, and the instant of that mesh's frame for which it was worked out. */
  readonly policy: string;
  readonly at: number;
  /** Added to an instant of the ceremony's frame it gives one of the mesh's, in microseconds. */
  readonly shift: number;
  /** What the ceremony is about, in the home's words. */
  readonly matters: readonly string[];
  /** Root keys in that mesh, in hexadecimal, of every authority that is named below. */
  readonly roots: readonly { readonly authority: string; readonly root: string }[];
  readonly translators: readonly PinnedTranslator[];
  readonly roads: readonly PinnedRoads[];
  readonly clauses: readonly PinnedClause[];
};

const instant = integer(0, Number.MAX_SAFE_INTEGER);
const hash: Reader<string> = (value, path) => toHex(bytes(32)(value, path));

/** A list whose items have a name, each once and in the order of their names: one set has one spelling. */
function named<T>(reader: Reader<T>, nameOf: (item: T) => string, most: number): Reader<readonly T[]> {
  const readAll = list(reader, most);
  return (value, path) => {
    const items = readAll(value, path);
    const names = items.map(nameOf);
    const sorted = names.every((name, at) => at === 0 || compareText(names[at - 1] as string, name) < 0);
    return sorted ? items : misfit(path, "in the order of their names, each once");
  };
}

const readMatters = named(text(), (matter) => matter, MATTERS_MAX);
const readTranslators = named<PinnedTranslator>(
  record({ id: text(), from: text(), to: text(), signer: nullable(text()), issued: nullable(instant) }),
  ({ id }) => id,
  PINNED_MAX,
);
const readRoads = named<PinnedRoads>(
  record({ authority: text(), roads: list(list(text(), HOPS_MAX, 1), ROADS_MAX, 1) }),
  ({ authority }) => authority,
  PINNED_MAX,
);
const readClauses = list<PinnedClause>(
  record({
    matter: text(),
    id: text(),
    effect: oneOf("permit", "prohibit"),
    value: anything,
    label: nullable(text()),
    from: text(),
    via: list(text(), HOPS_MAX),
  }),
  PINNED_MAX,
);

export const readUnder: Reader<Under> = record<Under>({
  mesh: text(),
  operation: text(),
  home: text(),
  policy: hash,
  at: instant,
  shift: integer(-MICROS_APART_MAX, MICROS_APART_MAX),
  matters: readMatters,
  roots: named(record({ authority: text(), root: hash }), ({ root }) => root, PINNED_MAX),
  translators: readTranslators,
  roads: readRoads,
  clauses: readClauses,
});

export function underFields(under: Under): Encodable {
  const roots = under.roots.map(({ authority, root }) => ({ authority, root: idBytes(root) }));
  return { ...under, policy: idBytes(under.policy), roots };
}
