// The evidence bundle: one JSON file that proves one ceremony to a stranger (SPEC §12.2). Base64 is used for signed bytes only.
import { parseBase64, toBase64 } from "../bytes.ts";
import { fromJson, type Json, toJson } from "../cbor/json.ts";
import {
  anything,
  hex32,
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
} from "../cbor/read.ts";
import type { CborValue } from "../cbor/value.ts";
import { type CeremonyState, currentRound } from "../ceremony/state.ts";
import type { Certificate } from "../closing/state.ts";
import type { Signer } from "../cose/sign1.ts";
import { sha256Hex } from "../hash.ts";
import { AUTHORITY_STATEMENTS_MAX, BUNDLE_BYTES_MAX, FRAME_BYTES_MAX, TEXT_LENGTH_MAX } from "../limits.ts";
import { ENTRY_KINDS, type LinkedEntry } from "../lineage/entry.ts";
import type { Id } from "../observation/observation.ts";
import { fault, ok, type Result } from "../result.ts";
import { signAccount } from "./account.ts";
import { provingStatements } from "./select.ts";

export const BUNDLE_FORMAT = "quorate-bundle/1";

export type BundledFrame = { readonly id: Id; readonly frame: Uint8Array };
export type RefusedFrame = { readonly hash: Id; readonly code: string; readonly frame: Uint8Array };
export type BundledRound = { readonly root: Id; readonly certificate: Certificate };

export type Bundle = {
  readonly ceremony: Id;
  readonly exportedBy: string;
  readonly outcome: { readonly status: "decided" | "abandoned"; readonly digest: Id; readonly value: CborValue };
  readonly rounds: readonly BundledRound[];
  readonly frames: readonly BundledFrame[];
  readonly refused: readonly RefusedFrame[];
  /** Statements about authority that the door took into account: roots, rotations, taxonomies, revocations. */
  readonly statements: readonly Uint8Array[];
  readonly lineage: readonly LinkedEntry[];
  /** The exporter's signature over the lineage. */
  readonly account: Uint8Array;
};

const README = [
  "Evidence of one Quorate ceremony. Check it offline with: quorate verify FILE --trust TRUST",
  "By hand: each `frame` is base64 of an untagged COSE_Sign1 (RFC 9052): [protected, {}, payload, signature], in CBOR (RFC 8949).",
  'What is signed is the CBOR of ["Signature1", protected, the text quorate/observation/1 as bytes, payload]; its SHA-256 is the frame\'s id.',
  "The signer's Ed25519 key is entry 4 of the protected header. Write the 64 signature bytes, the signed bytes and the key (DER: 302a300506032b6570032100 and 32 bytes) to files, then:",
  "openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key.der -sigfile signature.bin -in signed.bin",
].join("\n");

/** A bundle whose frames are read when they are asked for. */
export type BundleParts = Omit<Bundle, "frames"> & { readonly frames: Iterable<BundledFrame> };

/** What a party exports of a ceremony that has ended; null while it has not. */
export function makeBundle(
  state: CeremonyState,
  stored: Iterable<BundledFrame>,
  refused: readonly { readonly code: string; readonly frame: Uint8Array }[],
  lineage: readonly LinkedEntry[],
  statements: readonly Uint8Array[],
  signer: Signer,
): BundleParts | null {
  const { ending, ceremony, self, rounds } = state;
  if (ending === null || currentRound(state) === undefined) return null;
  return {
    ceremony,
    exportedBy: self.authority,
    outcome: { status: ending.record.status, digest: ending.digest, value: ending.record.value },
    rounds: rounds.flatMap(({ closing: { decision } }) =>
      decision === null ? [] : [{ root: decision.root, certificate: decision.certificate }],
    ),
    frames: provingStatements(state, stored),
    refused: refused.map(({ code, frame }) => ({ hash: sha256Hex(frame), code, frame })),
    statements,
    lineage,
    account: signAccount(ceremony, lineage, signer),
  };
}

/** The fields of its document, in their order. Those that are written frame by frame are iterable. */
function fieldsOf(bundle: BundleParts): readonly (readonly [string, Json | Iterable<Json>])[] {
  return [
    ["format", BUNDLE_FORMAT],
    ["readme", README],
    ["ceremony", bundle.ceremony],
    ["exportedBy", bundle.exportedBy],
    ["outcome", { ...bundle.outcome, value: toJson(bundle.outcome.value) }],
    ["rounds", bundle.rounds.map(({ root, certificate }) => ({ root, certificate: { ...certificate } }))],
    ["frames", framesIn(bundle.frames)],
    ["refused", bundle.refused.map(({ hash, code, frame }) => ({ hash, code, frame: toBase64(frame) }))],
    ["statements", bundle.statements.map(toBase64)],
    ["lineage", bundle.lineage.map((entry) => ({ ...entry, detail: { ...entry.detail } }))],
    ["account", toBase64(bundle.account)],
  ];
}

function* framesIn(frames: Iterable<BundledFrame>): Generator<Json> {
  for (const { id, frame } of frames) yield { id, frame: toBase64(frame) };
}

export function writeBundle(bundle: BundleParts): Json {
  return Object.fromEntries(fieldsOf(bundle).map(([name, value]) => [name, isSeries(value) ? [...value] : value]));
}

function isSeries(value: Json | Iterable<Json>): value is Iterable<Json> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** The file of a bundle in pieces, none much larger than a frame: the text of its document with an indent of one, as it always was. */
export function* bundlePieces(bundle: BundleParts): Generator<string> {
  const indented = (value: Json, depth: number) =>
    JSON.stringify(value, null, 1).replaceAll("\n", `\n${" ".repeat(depth)}`);
  let before = "{\n ";
  for (const [name, value] of fieldsOf(bundle)) {
    yield `${before}${JSON.stringify(name)}: `;
    if (isSeries(value)) {
      let open = "[";
      for (const item of value) {
        yield `${open}\n  ${indented(item, 2)}`;
        open = ",";
      }
      yield open === "[" ? "[]" : "\n ]";
    } else yield indented(value, 1);
    before = ",\n ";
  }
  yield "\n}";
}

const readFrame: Reader<Uint8Array> = (value, path) =>
  (typeof value === "string" && value.length <= FRAME_TEXT_MAX ? parseBase64(value) : null) ??
  misfit(path, `canonical base64 of at most ${FRAME_BYTES_MAX} bytes`);

const FRAME_TEXT_MAX = Math.ceil(FRAME_BYTES_MAX / 3) * 4;
/** Frames of one ceremony: far above any real one, so that a hostile file cannot make a verifier work for ever. */
const FRAMES_MAX = 200_000;

const readCertificate: Reader<Certificate> = (value, path) => {
  const ids = list(hex32, FRAMES_MAX);
  const isContested = value instanceof Map && value.get("path") === "contested";
  return isContested
    ? record<Extract<Certificate, { path: "contested" }>>({
        path: oneOf("contested"),
        attempt: integer(0, 1_000_000),
        witnesses: ids,
        precommits: ids,
      })(value, path)
    : record<Extract<Certificate, { path: "unanimous" }>>({ path: oneOf("unanimous"), witnesses: ids })(value, path);
};

const readDetail: Reader<string | number> = (value, path) =>
  typeof value === "string" || typeof value === "number" ? value : misfit(path, "text or a number");

type EntryWire = Omit<LinkedEntry, "detail"> & { readonly detail: ReadonlyMap<string, string | number> };
const readEntry = record<EntryWire>({
  kind: oneOf(...ENTRY_KINDS),
  at: integer(0, Number.MAX_SAFE_INTEGER),
  about: list(hex32, FRAMES_MAX),
  by: nullable(text()),
  detail: textMap(readDetail, 32),
  index: integer(0, Number.MAX_SAFE_INTEGER),
  prev: hex32,
  hash: hex32,
});

type BundleWire = Omit<Bundle, "lineage"> & {
  readonly format: string;
  readonly readme: string;
  readonly lineage: readonly EntryWire[];
};
const readWire = record<BundleWire>({
  format: oneOf(BUNDLE_FORMAT),
  readme: text(TEXT_LENGTH_MAX),
  ceremony: hex32,
  exportedBy: text(),
  outcome: record({ status: oneOf("decided", "abandoned"), digest: hex32, value: anything }),
  rounds: list(record<BundledRound>({ root: hex32, certificate: readCertificate }), 1_024, 1),
  frames: list(record<BundledFrame>({ id: hex32, frame: readFrame }), FRAMES_MAX, 1),
  refused: list(record<RefusedFrame>({ hash: hex32, code: text(), frame: readFrame }), FRAMES_MAX),
  statements: list(readFrame, AUTHORITY_STATEMENTS_MAX),
  lineage: list(readEntry, FRAMES_MAX),
  account: readFrame,
});

/** Reads a bundle's structure from the bytes of its file. */
export function parseBundle(bytes: Uint8Array): Result<Bundle> {
  if (bytes.length > BUNDLE_BYTES_MAX)
    return fault("BUNDLE_FORMAT", { path: "file", need: `at most ${BUNDLE_BYTES_MAX} bytes` });
  const document = parseJson(bytes);
  if (document === undefined) return fault("BUNDLE_FORMAT", { path: "file", need: "JSON in UTF-8" });
  const value = fromJson(document);
  const wire = value.ok ? readAs(value.value, readWire) : value;
  if (!wire.ok) return fault("BUNDLE_FORMAT", wire.fault.detail);
  const { format: _, readme: __, ...bundle } = wire.value;
  return ok({
    ...bundle,
    lineage: bundle.lineage.map((entry) => ({ ...entry, detail: Object.fromEntries(entry.detail) })),
  });
}

/** A JSON document, or undefined where the bytes hold none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
