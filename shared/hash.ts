// Synchronous SHA-256, so that the pure core never suspends: WebCrypto's digest is asynchronous. The only file that imports it.
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { parseHex, toHex } from "./bytes.ts";
import { invariant } from "./result.ts";

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}

export function sha256Hex(bytes: Uint8Array): string {
  return toHex(nobleSha256(bytes));
}

/** The bytes of a hash that we hold in hexadecimal. */
export function idBytes(id: string): Uint8Array {
  const parsed = parseHex(id);
  invariant(parsed !== null && parsed.length === 32, "an id is 32 bytes in hexadecimal");
  return parsed;
}
