// The agent's signer: the platform's own Ed25519, which signs the same bytes as ours (RFC 8032) in a tenth of the time. Verdicts on signatures stay
// with the one rule.
import { createPrivateKey, sign } from "node:crypto";
import { signerFrom } from "../shared/cose/key.ts";
import type { Signer } from "../shared/cose/sign1.ts";

/** PKCS #8 of an Ed25519 key, up to its 32 bytes (RFC 8410). */
const PKCS8 = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);

export function platformSigner(secret: Uint8Array): Signer {
  const { key } = signerFrom(secret);
  const own = createPrivateKey({ key: Buffer.from([...PKCS8, ...secret]), format: "der", type: "pkcs8" });
  return { key, sign: (bytes) => new Uint8Array(sign(null, bytes, own)) };
}
