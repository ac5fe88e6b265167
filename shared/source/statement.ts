// A source's document under a signature: what opens ceremonies in a party's name was put in force by one of its own keys, and which document
// that was stands in each call that follows from it.
import { toHex } from "../bytes.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { fromJson } from "../cbor/json.ts";
import { exactly, integer, oneOf, readAs, record, text } from "../cbor/read.ts";
import { verifyEd25519 } from "../cose/ed25519.ts";
import { admitKey } from "../cose/key.ts";
import { parseStatement, type Signer, signStatement } from "../cose/sign1.ts";
import { FRAME_BYTES_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";
import { readSource, type SourceDocument } from "./document.ts";

const CONTEXT = "quorate/source/1";

type Body = {
  readonly kind: "source";
  readonly version: 1;
  readonly mesh: string;
  /** Microseconds; of two documents of one source the later is in force. */
  readonly at: number;
  /** JSON text, as its author wrote it. */
  readonly document: string;
};

export type SourceStatement = {
  readonly id: string;
  readonly frame: Uint8Array;
  /** The signing key in hexadecimal. */
  readonly signer: string;
  readonly mesh: string;
  readonly at: number;
  readonly document: SourceDocument;
  /** The same as its author wrote it. */
  readonly json: string;
};

const readBody = record<Body>({
  kind: oneOf("source"),
  version: exactly(1),
  mesh: text(),
  at: integer(0, Number.MAX_SAFE_INTEGER),
  document: text(FRAME_BYTES_MAX),
});

export function signSource(document: string, mesh: string, at: number, signer: Signer): Uint8Array {
  const body: Body = { kind: "source", version: 1, mesh, at, document };
  return signStatement(encodeCanonical({ ...body }), CONTEXT, signer).frame;
}

/** Reads a signed document without verifying it: what was verified when it was put in force is on the party's own disk. */
export function parseSource(frame: Uint8Array): Result<SourceStatement> {
  const parts = parseStatement(frame, CONTEXT);
  if (!parts.ok) return parts;
  const payload = decodeCanonical(parts.value.sign1.payload);
  if (!payload.ok) return payload;
  const body = readAs(payload.value, readBody, "source");
  if (!body.ok) return body;
  const document = documentIn(body.value.document);
  if (!document.ok) return document;
  const { mesh, at } = body.value;
  return ok({
    id: toHex(parts.value.id),
    frame,
    signer: toHex(parts.value.key),
    mesh,
    at,
    document: document.value,
    json: body.value.document,
  });
}

/** Reads and verifies it; its signer must be one of `keys`, in hexadecimal. */
export async function openSource(
  frame: Uint8Array,
  { mesh, keys }: { readonly mesh: string; readonly keys: readonly string[] },
): Promise<Result<SourceStatement>> {
  const source = parseSource(frame);
  const parts = parseStatement(frame, CONTEXT);
  if (!source.ok || !parts.ok) return source;
  if (!keys.includes(source.value.signer)) return fault("SOURCE_SIGNER", { signer: source.value.signer });
  if (source.value.mesh !== mesh) return fault("SOURCE_INVALID", { path: "mesh", need: mesh });
  const key = admitKey(parts.value.key);
  if (!key.ok) return key;
  const verdict = await verifyEd25519(parts.value.key, parts.value.toBeSigned, parts.value.sign1.signature);
  return verdict.ok ? source : verdict;
}

function documentIn(json: string): Result<SourceDocument> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return fault("SOURCE_INVALID", { path: "source", need: "JSON" });
  }
  const value = fromJson(parsed);
  const read = value.ok ? readAs(value.value, readSource, "source") : value;
  return read.ok ? read : fault("SOURCE_INVALID", read.fault.detail);
}
