// A scene from plain documents, which stand in for signed ones where rules are tried without keys (SPEC §20.13).
import { encodeCanonical } from "../../cbor/encode.ts";
import { fromJson } from "../../cbor/json.ts";
import { type Reader, readAs } from "../../cbor/read.ts";
import { type CborValue, type Encodable, isCborMap } from "../../cbor/value.ts";
import { sha256Hex } from "../../hash.ts";
import { fault, ok, type Result } from "../../result.ts";
import type { Scene } from "../reconcile.ts";
import type { Translator } from "../translator.ts";
import { readAgreement } from "./agreement.ts";
import { readAlignment, readHistory } from "./history.ts";
import { readTranslator, readTranslatorRevocation } from "./translator.ts";

/** JSON as parsed; `translators` may hold revocations too. */
export type PlainScene = {
  readonly agreement: unknown;
  readonly ours: unknown;
  readonly theirs: unknown;
  readonly translators: readonly unknown[];
  readonly alignment: unknown | null;
  readonly at: number | null;
};

/** `unread` names the fields that nothing read. */
export type ReadScene = { readonly scene: Scene; readonly unread: readonly string[] };

export function readScene(plain: PlainScene): Result<ReadScene> {
  const unread: string[] = [];
  const agreement = readDocument(plain.agreement, "agreement", (id) => readAgreement(id, unread));
  if (!agreement.ok) return agreement;
  const ours = readDocument(plain.ours, "history", () => readHistory(unread));
  if (!ours.ok) return ours;
  const theirs = readDocument(plain.theirs, "history", () => readHistory(unread));
  if (!theirs.ok) return theirs;
  const alignment =
    plain.alignment === null ? ok(null) : readDocument(plain.alignment, "alignment", (id) => readAlignment(id, unread));
  if (!alignment.ok) return alignment;
  const translators = plain.translators
    .filter((document) => !isRevocation(document))
    .map((document) => readPlainTranslator(document, unread));
  const revocations = plain.translators
    .filter(isRevocation)
    .map((document) => readDocument(document, "revocation", () => readTranslatorRevocation(unread)));
  const bad = [...translators, ...revocations].find((result) => !result.ok);
  if (bad !== undefined && !bad.ok) return bad;
  const scene: Scene = {
    agreement: agreement.value,
    histories: [ours.value, theirs.value],
    translators: translators.flatMap((result) => (result.ok ? [result.value] : [])),
    revocations: revocations.flatMap((result) => (result.ok ? [result.value] : [])),
    alignment: alignment.value,
    at: plain.at,
  };
  return ok({ scene, unread });
}

export function readPlainTranslator(document: unknown, unread: string[]): Result<Translator> {
  return readDocument(document, "translator", () => readTranslator(unread));
}

function isRevocation(document: unknown): boolean {
  return typeof document === "object" && document !== null && Object.hasOwn(document, "revokes");
}

/** Reads one document; a document that has no name of its own is named by the hash of its canonical bytes. */
function readDocument<T>(document: unknown, name: string, reader: (id: string) => Reader<T>): Result<T> {
  const value = fromJson(document);
  const read = value.ok ? readAs(value.value, reader(nameOf(value.value))) : value;
  return read.ok ? read : fault("MESH_DOCUMENT_INVALID", { document: name, ...read.fault.detail });
}

function nameOf(value: CborValue): string {
  const id = isCborMap(value) ? value.get("id") : undefined;
  return typeof id === "string" ? id : sha256Hex(encodeCanonical(value as Encodable));
}
