// UTF-8 to text. Most of what is read is short, plain ASCII and comes again in every statement: names of fields, roles, meshes.

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Short texts met before, each in the place that follows from its bytes. What is not there is made again: it changes no answer. */
const met: (string | undefined)[] = new Array(4_096).fill(undefined);
const MET_LENGTH_MAX = 32;

/** The text of these bytes; null where they are not UTF-8. */
export function textIn(bytes: Uint8Array, from: number, end: number): string | null {
  const place = end - from > MET_LENGTH_MAX ? -1 : placeOf(bytes, from, end);
  if (place < 0) return decoded(bytes, from, end);
  const known = met[place];
  if (known !== undefined && isSpelt(known, bytes, from, end)) return known;
  const text = decoded(bytes, from, end);
  met[place] = text ?? undefined;
  return text;
}

function decoded(bytes: Uint8Array, from: number, end: number): string | null {
  try {
    return utf8.decode(new Uint8Array(bytes.buffer, bytes.byteOffset + from, end - from));
  } catch {
    return null;
  }
}

/** Where a text of plain ASCII is kept; -1 for any other. */
function placeOf(bytes: Uint8Array, from: number, end: number): number {
  let hash = end - from;
  for (let at = from; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte > 0x7f) return -1;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return (hash ^ (hash >>> 12)) & (met.length - 1);
}

function isSpelt(text: string, bytes: Uint8Array, from: number, end: number): boolean {
  if (text.length !== end - from) return false;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== bytes[from + at]) return false;
  return true;
}
