// Bytes that are about to be signed, read by whoever is asked to confirm them: nothing is signed that cannot be shown.
import { parseBase64, toHex } from "../bytes.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { toJson } from "../cbor/json.ts";
import { isReadAlike } from "../cbor/second-reading.ts";
import { sha256 } from "../hash.ts";
import { fault, ok, type Result } from "../result.ts";

/** The statement inside `signed` (base64) as JSON, if its digest is the one that is shown. */
export function readSigned(signed: string, digest: string): Result<string> {
  const refused = (reason: string) => fault("BLIND_SIGNING_REFUSED", { reason });
  const bytes = parseBase64(signed);
  if (bytes === null) return refused("the bytes to be signed cannot be read");
  if (toHex(sha256(bytes)) !== digest) return refused("the digest shown is not the digest of the bytes to be signed");
  const structure = decodeCanonical(bytes);
  const payload = structure.ok && Array.isArray(structure.value) ? structure.value[3] : undefined;
  const decoded = payload instanceof Uint8Array ? decodeCanonical(payload) : undefined;
  if (!(payload instanceof Uint8Array) || !decoded?.ok) return refused("the statement cannot be decoded");
  const isSure = isReadAlike(bytes) && isReadAlike(payload);
  return isSure ? ok(JSON.stringify(toJson(decoded.value), null, 1)) : refused("two decoders read the statement apart");
}
