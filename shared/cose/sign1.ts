// COSE_Sign1 (RFC 9052 §4.2), untagged: frame <-> parts, and the bytes that are signed. `external_aad` is a context string for
// each kind of object, so that nothing signed for one use serves another (SPEC §2.1).
import { decodeCanonical, decodeInPlace } from "../cbor/decode.ts";
import { encodeBriefly, encodeCanonical } from "../cbor/encode.ts";
import { type CborMap, isCborMap } from "../cbor/value.ts";
import { sha256 } from "../hash.ts";
import { fault, ok, type Result } from "../result.ts";

export type Context =
  | "quorate/observation/1"
  | "quorate/credential/1"
  | "quorate/root/1"
  | "quorate/rotation/1"
  | "quorate/taxonomy/1"
  | "quorate/revocation/1"
  | "quorate/revocation-state/1"
  | "quorate/policy/1"
  | "quorate/continuity/1"
  | "quorate/account/1"
  | "quorate/source/1";

export type Sign1 = {
  /** The encoded protected header map, exactly as signed. */
  readonly protectedHeader: Uint8Array;
  readonly unprotected: CborMap;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
};

const ALGORITHM = 1;
const KEY_ID = 4;
/** COSE's registered number for EdDSA. */
const EDDSA = -8;
const utf8 = new TextEncoder();

/** Reads a frame of canonical CBOR `[protected, unprotected, payload, signature]`; the parts are views of it. */
export function parseSign1(frame: Uint8Array): Result<Sign1> {
  const decoded = decodeInPlace(frame);
  if (!decoded.ok) return decoded;
  if (!Array.isArray(decoded.value) || decoded.value.length !== 4)
    return fault("COSE_SHAPE", { need: "an array of 4" });
  const [protectedHeader, unprotected, payload, signature] = decoded.value;
  if (!(protectedHeader instanceof Uint8Array)) return fault("COSE_SHAPE", { need: "protected header bytes" });
  if (!isCborMap(unprotected)) return fault("COSE_SHAPE", { need: "an unprotected header map" });
  if (!(payload instanceof Uint8Array)) return fault("COSE_SHAPE", { need: "attached payload bytes" });
  if (!(signature instanceof Uint8Array)) return fault("COSE_SHAPE", { need: "signature bytes" });
  return ok({ protectedHeader, unprotected, payload, signature });
}

/** Sig_structure of RFC 9052 §4.4; its SHA-256 is the id of what is signed, whatever the signature bytes (SPEC §2.3). */
export function sigStructure(protectedHeader: Uint8Array, externalAad: Uint8Array, payload: Uint8Array): Uint8Array {
  return encodeBriefly(["Signature1", protectedHeader, externalAad, payload]);
}

const contexts = new Map<Context, Uint8Array>();

function bytesOf(context: Context): Uint8Array {
  const bytes = contexts.get(context) ?? utf8.encode(context);
  contexts.set(context, bytes);
  return bytes;
}

/** What comes before the key in the one header of ours: a map of the algorithm, and the key's id of 32 bytes. */
const HEADER = encodeCanonical(
  new Map<number, number | Uint8Array>([
    [ALGORITHM, EDDSA],
    [KEY_ID, new Uint8Array(32)],
  ]),
).slice(0, -32);

export type Statement = {
  readonly sign1: Sign1;
  /** The signer's public key, 32 bytes: the COSE key id under the signature. A view of the frame. */
  readonly key: Uint8Array;
  readonly toBeSigned: Uint8Array;
  readonly id: Uint8Array;
};

/** A frame in our own form: EdDSA, key id protected, nothing unprotected. */
export function parseStatement(frame: Uint8Array, context: Context): Result<Statement> {
  const parsed = parseSign1(frame);
  if (!parsed.ok) return parsed;
  const sign1 = parsed.value;
  if (sign1.unprotected.size !== 0) return fault("COSE_UNPROTECTED", { found: sign1.unprotected.size });
  const key = keyIn(sign1.protectedHeader);
  if (!key.ok) return key;
  const toBeSigned = sigStructure(sign1.protectedHeader, bytesOf(context), sign1.payload);
  return ok({ sign1, key: key.value, toBeSigned, id: sha256(toBeSigned) });
}

function keyIn(protectedHeader: Uint8Array): Result<Uint8Array> {
  if (protectedHeader.length === HEADER.length + 32 && HEADER.every((byte, at) => byte === protectedHeader[at]))
    return ok(protectedHeader.subarray(HEADER.length));
  const header = decodeCanonical(protectedHeader);
  if (!header.ok) return header;
  if (!isCborMap(header.value)) return fault("COSE_HEADER", { need: "a map" });
  const algorithm = header.value.size === 2 && header.value.get(ALGORITHM) === EDDSA;
  return fault("COSE_HEADER", { need: algorithm ? "a key id of 32 bytes" : "EdDSA and a key id" });
}

/** A pure signer: Ed25519 is deterministic, so the same bytes always give the same signature. */
export type Signer = {
  readonly key: Uint8Array;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
};

/** Signs `payload` for one context; returns the frame and its id. */
export function signStatement(
  payload: Uint8Array,
  context: Context,
  signer: Signer,
): { readonly frame: Uint8Array; readonly id: Uint8Array } {
  const protectedHeader = encodeCanonical(
    new Map<number, number | Uint8Array>([
      [ALGORITHM, EDDSA],
      [KEY_ID, signer.key],
    ]),
  );
  const toBeSigned = sigStructure(protectedHeader, utf8.encode(context), payload);
  const frame = encodeCanonical([protectedHeader, new Map<string, never>(), payload, signer.sign(toBeSigned)]);
  return { frame, id: sha256(toBeSigned) };
}
