// Synchronous SHA-256, so that the pure core never suspends: WebCrypto's digest is asynchronous. The only file that imports it.
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { equalBytes, parseHex, toHex } from "./bytes.ts";
import { invariant } from "./result.ts";

type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** A state at its beginning, and one to work with, which is set back to it: most of what is hashed is so short that a new one costs more. */
const beginning = nobleSha256.create();
const working = nobleSha256.create();

function ours(bytes: Uint8Array): Uint8Array {
  beginning._cloneInto(working);
  return working.update(bytes).digest();
}

/** What a host has of its own; a call costs as much as a few blocks of ours. */
let lent: Sha256 | null = null;
const LENT_FROM_BYTES = 256;

/** Takes a host's own SHA-256, which is several times as fast; it changes no digest. */
export function lendSha256(native: Sha256): void {
  const probe = Uint8Array.from({ length: 2 * LENT_FROM_BYTES }, (_, at) => at & 0xff);
  invariant(equalBytes(native(probe), ours(probe)), "a host's SHA-256 is SHA-256");
  lent = native;
}

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return lent !== null && bytes.length >= LENT_FROM_BYTES ? lent(bytes) : ours(bytes);
}

export function sha256Hex(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}

/** The bytes of a hash that we hold in hexadecimal. */
export function idBytes(id: string): Uint8Array {
  const parsed = parseHex(id);
  invariant(parsed !== null && parsed.length === 32, "an id is 32 bytes in hexadecimal");
  return parsed;
}
