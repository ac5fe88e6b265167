// What somebody is asked to sign is shown as we read it: a fault in our own decoder would have people sign what they did not see. So those
// bytes are read once more, by a decoder that nobody here wrote. `/decode-no-eval`, since its default build compiles readers with
// `new Function`, which a Worker forbids inside a handler.
import { Decoder } from "cbor-x/decode-no-eval";
import { equalBytes } from "../bytes.ts";
import { encodeCanonical } from "./encode.ts";

const decoder = new Decoder({ useRecords: false, mapsAsObjects: false, int64AsNumber: false } as object);

/** Whether cbor-x reads the same value from canonical bytes: what it reads encodes again to them. */
export function isReadAlike(bytes: Uint8Array): boolean {
  // A copy: cbor-x hangs a property on the array it is given, and answers a Node Buffer with Buffers.
  return equalBytes(encodeCanonical(decoder.decode(new Uint8Array(bytes))), bytes);
}
