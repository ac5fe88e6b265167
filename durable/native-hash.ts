// The platform's own SHA-256, lent to the pure core: of a whole batch it takes a fraction of the time.
import { hash } from "node:crypto";

export function nativeSha256(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = hash("sha256", bytes, "buffer");
  return new Uint8Array(buffer, byteOffset, length);
}
