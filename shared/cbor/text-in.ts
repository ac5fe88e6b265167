// UTF-8 to text. Most of what is read is short, plain ASCII and comes again in every statement: names of fields, roles, meshes.

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Short texts of plain ASCII met before, each in the place that follows from its bytes. What is not there is made again: it changes no answer. */
const met: (string | undefined)[] = new Array(4_096).fill(undefined);
const MET_LENGTH_MAX = 32;

/** The text of these bytes; null where they are not UTF-8. */
export function textIn(bytes: Uint8Array, from: number, end: number): string | null {
  if (end - from > MET_LENGTH_MAX) return decoded(bytes, from, end);
  const place = placeOf(bytes, from, end);
  const known = met[place];
  if (known !== undefined && isSpelt(known, bytes, from, end)) return known;
  const text = decoded(bytes, from, end);
  if (text?.length === end - from) met[place] = text; // as many characters as bytes: each is ASCII
  return text;
}

function decoded(bytes: Uint8Array, from: number, end: number): string | null {
  try {
    return utf8.decode(new Uint8Array(bytes.buffer, bytes.byteOffset + from, end - from));
  } catch {
    return null;
  }
}

/** Follows from a few of the bytes: what comes again comes in the same place, and most that differ do so there or in length. */
function placeOf(bytes: Uint8Array, from: number, end: number): number {
  const middle = bytes[(from + end) >> 1] as number;
  const [first, beforeLast, last] = [bytes[from] as number, bytes[end - 2] as number, bytes[end - 1] as number];
  return (31 * (31 * (31 * (end - from) + first) + middle) + 101 * beforeLast + 13 * last) & (met.length - 1);
}

function isSpelt(text: string, bytes: Uint8Array, from: number, end: number): boolean {
  if (text.length !== end - from) return false;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== bytes[from + at]) return false;
  return true;
}
