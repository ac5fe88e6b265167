// Bytes to values, for everyone who reads any: through the strict reader, and no other way.
import type { Result } from "../result.ts";
import { readCanonical } from "./scan.ts";
import type { CborValue } from "./value.ts";

/** Decodes canonical bytes, or refuses with the reader's code. Integers are numbers where exact, bigints beyond. */
export function decodeCanonical(bytes: Uint8Array): Result<CborValue> {
  return readCanonical(bytes);
}
