// The published vectors for CBOR and Ed25519, read into one shape each. Call these only where the folder is present.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readVectors, vectorsDir } from "./vectors.ts";
import type { SignatureCase } from "./verdicts.ts";

export type CborVector = { readonly file: string; readonly name: string; readonly hex: string };
export type SignatureVector = SignatureCase & {
  readonly file: string;
  readonly name: string;
  /** What the publishers expect: valid, invalid, or a condition on which libraries disagree. */
  readonly expected: string;
};

type Malformed = { readonly vectors: readonly { readonly category: string; readonly hex: string }[] };
type Dcbor = Record<"encode" | "must_reject", readonly { readonly value: string; readonly hex: string }[]>;
type KeyOrder = {
  readonly ordered_key_hex: readonly string[];
  readonly length_first_order_4_2_3_must_be_refused: readonly string[];
  readonly shortest_float: readonly { readonly value: number; readonly hex: string }[];
};
type Speccheck = { readonly vectors: readonly ({ readonly index: number } & PublicCase)[] };
type PublicCase = { readonly publicKey: string; readonly message: string; readonly signature: string };
type Wycheproof = {
  readonly numberOfTests: number;
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly msg: string;
      readonly sig: string;
      readonly result: string;
    }[];
  }[];
};
export type Rfc8032 = {
  readonly vectors: readonly ({ readonly name: string; readonly secretKey: string } & PublicCase)[];
};

export function appendixA(): readonly CborVector[] {
  const file = "cbor/rfc8949_appendix_a.json";
  return readVectors<{ hex: string }[]>(file).map(({ hex }) => ({ file, name: hex, hex }));
}

export function appendixF(): readonly CborVector[] {
  const file = "cbor/rfc8949_appendix_f_malformed.json";
  return readVectors<Malformed>(file).vectors.map(({ category, hex }) => ({ file, name: `${category}: ${hex}`, hex }));
}

export function dcbor(part: keyof Dcbor): readonly CborVector[] {
  const file = "cbor/dcbor_draft_vectors.json";
  return readVectors<Dcbor>(file)[part].map(({ value, hex }) => ({ file, name: value, hex }));
}

export function duplicateKeys(): readonly CborVector[] {
  const file = "cbor/dag_cbor_duplicate_keys.json";
  return readVectors<{ name: string; hex: string }[]>(file).map(({ name, hex }) => ({ file, name, hex }));
}

/** The published order of keys, each with the value 0, as maps: in order, in the older order, and the floats beside them. */
export function keyOrder(): readonly CborVector[] {
  const file = "cbor/rfc8949_4_2_1_key_order.json";
  const published = readVectors<KeyOrder>(file);
  const map = (keys: readonly string[]) => `a${keys.length}${keys.map((key) => `${key}00`).join("")}`;
  return [
    { file, name: "bytewise order", hex: map(published.ordered_key_hex) },
    { file, name: "length-first order", hex: map(published.length_first_order_4_2_3_must_be_refused) },
    ...published.shortest_float.map(({ value, hex }) => ({ file, name: String(value), hex })),
  ];
}

/** Rows of the CDE table: kind (int, flt or bad), and the encoding, which is the last column of pure hexadecimal. */
export function cdeTable(): readonly (CborVector & { readonly kind: string })[] {
  const file = "cbor/cde_example_table.csv";
  const text = readFileSync(join(vectorsDir ?? "", file), "utf8");
  const row = /^(\w+),(?:"(?:[^"]|"")*"|[^",]*),([0-9a-f]+),/;
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) => {
      const [, kind = "", hex = ""] = row.exec(line) ?? [];
      return { file, name: line, kind, hex };
    });
}

export function everyCborVector(): readonly CborVector[] {
  return [
    ...appendixA(),
    ...appendixF(),
    ...dcbor("encode"),
    ...dcbor("must_reject"),
    ...duplicateKeys(),
    ...keyOrder(),
    ...cdeTable(),
  ];
}

export function wycheproof(): readonly SignatureVector[] {
  const file = "ed25519-and-signatures/wycheproof_ed25519_test.json";
  return readVectors<Wycheproof>(file).testGroups.flatMap(({ publicKey, tests }) =>
    tests.map(({ tcId, msg, sig, result }) => ({
      file,
      name: `tcId ${tcId}`,
      key: publicKey.pk,
      message: msg,
      signature: sig,
      expected: result,
    })),
  );
}

export function speccheck(): readonly SignatureVector[] {
  const file = "ed25519-and-signatures/speccheck_12.json";
  return readVectors<Speccheck>(file).vectors.map(({ index, publicKey, message, signature }) => ({
    file,
    name: `row ${index}`,
    key: publicKey,
    message,
    signature,
    expected: "disputed",
  }));
}

export function rfc8032(): readonly (SignatureVector & { readonly secret: string })[] {
  const file = "ed25519-and-signatures/rfc8032_7_1.json";
  return readVectors<Rfc8032>(file).vectors.map(({ name, secretKey, publicKey, message, signature }) => ({
    file,
    name,
    secret: secretKey,
    key: publicKey,
    message,
    signature,
    expected: "valid",
  }));
}

export function everySignatureVector(): readonly SignatureVector[] {
  return [...wycheproof(), ...speccheck(), ...rfc8032()];
}
