// HMAC-SHA256 by WebCrypto, which is the same in workerd and in Node. Its `verify` compares in constant time; a loop of ours
// would only be hoped to.

export type MacKey = CryptoKey;

export function importMacKey(secret: Uint8Array): Promise<MacKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", Uint8Array.from(secret), algorithm, false, ["verify"]);
}

export function macMatches(key: MacKey, mac: Uint8Array, message: Uint8Array<ArrayBuffer>): Promise<boolean> {
  return crypto.subtle.verify("HMAC", key, Uint8Array.from(mac), message);
}

/** The MAC itself, for samples that the agent signs in its sender's place. */
export async function macOf(secret: Uint8Array, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", Uint8Array.from(secret), algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}
