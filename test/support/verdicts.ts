// Verdicts of our own functions as lines of text, so that the same list can be made by another runtime and compared line by line.
import { equalBytes, parseHex, toHex } from "../../shared/bytes.ts";
import { decodeCanonical } from "../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import type { Encodable } from "../../shared/cbor/value.ts";
import { verifyEd25519 } from "../../shared/cose/ed25519.ts";

export type SignatureCase = { readonly key: string; readonly message: string; readonly signature: string };

export function fromHex(hex: string): Uint8Array {
  const bytes = parseHex(hex.toLowerCase());
  if (bytes === null) throw new Error(`not hexadecimal: ${hex}`);
  return bytes;
}

/** "ok" for bytes that decode and encode again to themselves; otherwise the code of the refusal. */
export function cborVerdict(hex: string): string {
  const bytes = fromHex(hex);
  const decoded = decodeCanonical(bytes);
  if (!decoded.ok) return decoded.fault.code;
  const again = encodeCanonical(decoded.value as Encodable);
  return equalBytes(again, bytes) ? "ok" : `encodes again to ${toHex(again)}`;
}

/** "ok" or the code of the refusal. */
export async function signatureVerdict({ key, message, signature }: SignatureCase): Promise<string> {
  const verdict = await verifyEd25519(fromHex(key), fromHex(message), fromHex(signature));
  return verdict.ok ? "ok" : verdict.fault.code;
}
