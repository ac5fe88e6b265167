// A stream as one piece, where it is no larger than it may be.
import { concatBytes } from "../shared/bytes.ts";

/** Null where it is longer than `most` bytes; the rest is then cancelled. */
export async function collect(body: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > most) return null;
    pieces.push(piece);
  }
  return concatBytes(...pieces);
}
