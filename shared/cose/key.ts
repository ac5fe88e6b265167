// Keys: admission at enrolment and signing. `@noble/curves` serves points and signatures made by us, never a verdict (SPEC §2.2).
import { ed25519 } from "@noble/curves/ed25519.js";
import { toHex } from "../bytes.ts";
import { fault, ok, type Result } from "../result.ts";
import { refuseKeyEncoding } from "./ed25519.ts";
import type { Signer } from "./sign1.ts";

/** Keys that were found sound: the same for everyone, and the test costs as much as six signatures. */
const sound = new Set<string>();
const KEYS_KEPT_MAX = 16_384;

/** Admits a public key: canonical, of large order, on the curve and free of torsion (SPEC §2.4). */
export function admitKey(key: Uint8Array): Result<Uint8Array> {
  const name = toHex(key);
  if (sound.has(name)) return ok(key);
  const refused = refuseKeyEncoding(key);
  if (refused !== null) return refused;
  try {
    if (!ed25519.Point.fromBytes(key).isTorsionFree()) return fault("KEY_TORSION");
    if (sound.size >= KEYS_KEPT_MAX) sound.clear();
    sound.add(name);
    return ok(key);
  } catch {
    return fault("KEY_NOT_A_POINT");
  }
}

/** A signer from a 32-byte secret. Deterministic (RFC 8032), hence pure and synchronous. */
export function signerFrom(secret: Uint8Array): Signer {
  const key = ed25519.getPublicKey(secret);
  return { key, sign: (bytes) => ed25519.sign(bytes, secret) };
}
