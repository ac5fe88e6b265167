// The bytes that are about to be signed, read in the page itself: nothing is signed that this page cannot show.
import { parseBase64, toHex } from "../../../shared/bytes.ts";
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { toJson } from "../../../shared/cbor/json.ts";
import { sha256 } from "../../../shared/hash.ts";
import { fault, ok, type Result } from "../../../shared/result.ts";

/** The statement inside `signed` (base64) as JSON, if its digest is the one that is shown. */
export function readSigned(signed: string, digest: string): Result<string> {
  const refused = (reason: string) => fault("BLIND_SIGNING_REFUSED", { reason });
  const bytes = parseBase64(signed);
  if (bytes === null) return refused("the bytes to be signed cannot be read");
  if (toHex(sha256(bytes)) !== digest) return refused("the digest shown is not the digest of the bytes to be signed");
  const structure = decodeCanonical(bytes);
  const payload = structure.ok && Array.isArray(structure.value) ? structure.value[3] : undefined;
  const decoded = payload instanceof Uint8Array ? decodeCanonical(payload) : undefined;
  return decoded?.ok ? ok(JSON.stringify(toJson(decoded.value), null, 1)) : refused("the statement cannot be decoded");
}
