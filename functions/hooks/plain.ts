// A plain signature over the body, as many senders make it: HMAC-SHA256 or Ed25519, in a header of the source's choosing, with or
// without a time signed before the body.
import { parseBase64, parseHex } from "../../shared/bytes.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { SignatureDocument } from "../../shared/source/document.ts";
import type { Claim, HeaderSource, Scheme, SecretKey } from "./claim.ts";
import { ED25519_BYTES, MAC_BYTES, parseSignature, secondsHeader, signatureHeader, textSecret } from "./headers.ts";
import { textAt } from "./payload.ts";

export function plain(kind: SecretKey["kind"], signature: SignatureDocument): Scheme {
  const { header, event, delivery } = signature;
  return {
    signatureHeader: header,
    key: kind === "hmac" ? textSecret : publicKey,
    read: (headers) => read(kind, signature, headers),
    eventOf: (payload) => textAt(payload, event.split(".")),
    deliveryOf: (payload) => (delivery === null ? null : textAt(payload, delivery.split("."))),
    challengeOf: () => null,
  };
}

function read(kind: SecretKey["kind"], document: SignatureDocument, headers: HeaderSource): Result<Claim> {
  const { header, prefix, encoding, time } = document;
  const carried = signatureHeader(headers, header);
  if (!carried.ok) return carried;
  const bytes = kind === "hmac" ? MAC_BYTES : ED25519_BYTES;
  const signature = parseSignature(carried.value, header, { prefix, encoding, bytes });
  if (!signature.ok) return signature;
  const signedAt = time === null ? ok(null) : secondsHeader(headers, time.header);
  if (!signedAt.ok) return signedAt;
  const found = [signature.value];
  return ok({
    prefix: time === null ? "" : `${signedAt.value}${time.joint}`,
    macs: kind === "hmac" ? found : [],
    ed25519: kind === "ed25519" ? found : [],
    delivery: null,
    deliverySigned: false,
    event: null,
    signedAt: signedAt.value,
  });
}

/** The sender's public key: 32 bytes in hexadecimal or base64. */
function publicKey(secret: string): Result<SecretKey> {
  const bytes = parseHex(secret.toLowerCase()) ?? parseBase64(secret);
  return bytes?.length === 32
    ? ok({ kind: "ed25519", bytes })
    : fault("HOOK_SECRET_MALFORMED", { need: "the sender's public key: 32 bytes in hexadecimal or base64" });
}
