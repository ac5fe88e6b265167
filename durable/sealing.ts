// What is kept on disk and may tell a secret is sealed under keys that follow from the agent's signing key, so that a copy of the storage
// tells none. `purpose` separates the keys, and `about` binds a box to its place.
import { parseHex } from "../shared/bytes.ts";

export type Box = { readonly iv: Uint8Array; readonly sealed: Uint8Array };

export const IV_BYTES = 12;

export async function seal(signingKey: string, purpose: string, about: string, plain: Uint8Array): Promise<Box> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const key = await sealingKey(signingKey, purpose);
  return { iv, sealed: new Uint8Array(await crypto.subtle.encrypt(sealing(iv, about), key, Uint8Array.from(plain))) };
}

/** Throws where the box was altered, is of another place, or was sealed under another key of the agent. */
export async function unseal(signingKey: string, purpose: string, about: string, box: Box): Promise<Uint8Array> {
  const key = await sealingKey(signingKey, purpose);
  const iv = Uint8Array.from(box.iv);
  return new Uint8Array(await crypto.subtle.decrypt(sealing(iv, about), key, Uint8Array.from(box.sealed)));
}

/** 32 bytes that follow from the agent's key for one purpose (RFC 5869). */
export async function derived(signingKey: string, purpose: string): Promise<ArrayBuffer> {
  const secret = parseHex(signingKey);
  if (secret === null) throw new Error("KEY_MISSING");
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode(purpose);
  return crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info }, key, 256);
}

function sealing(iv: Uint8Array<ArrayBuffer>, about: string): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(about) };
}

async function sealingKey(signingKey: string, purpose: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", await derived(signingKey, purpose), "AES-GCM", false, ["encrypt", "decrypt"]);
}
