// Byte strings: comparison, joining, hexadecimal and strict base64. No encoding of text or structure here.
const HEX_UNITS = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
/** The value of a lower-case hexadecimal digit by its code unit; -1 for anything else. */
const HEX_VALUE = Int8Array.from({ length: 128 }, (_, code) => "0123456789abcdef".indexOf(String.fromCharCode(code)));
const digitAt = (text: string, at: number) => HEX_VALUE[text.charCodeAt(at)] ?? -1;

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Bytewise lexicographic order; a prefix sorts first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The engine's own, where it has one. */
const { toHex: nativeHex } = Uint8Array.prototype as { readonly toHex?: () => string };
const HEX_AT_ONCE = 1_024;

export function toHex(bytes: Uint8Array): string {
  if (nativeHex !== undefined) return nativeHex.call(bytes);
  let text = "";
  for (let from = 0; from < bytes.length; from += HEX_AT_ONCE) text += hexOf(bytes, from);
  return text;
}

/** One flat text: a sum of digits is a tree of as many nodes, and ids are made all the time. */
function hexOf(bytes: Uint8Array, from: number): string {
  const length = Math.min(bytes.length - from, HEX_AT_ONCE);
  const units: number[] = new Array(2 * length);
  for (let at = 0; at < length; at++) {
    const byte = bytes[from + at] as number;
    units[2 * at] = HEX_UNITS[byte >> 4] as number;
    units[2 * at + 1] = HEX_UNITS[byte & 15] as number;
  }
  return String.fromCharCode.apply(null, units);
}

/** Lower-case hexadecimal only; null for anything else. */
export function parseHex(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(Math.floor(text.length / 2));
  return writeHex(text, bytes, 0) ? bytes : null;
}

/** The same, written from some place on; false for anything else, of which the beginning may be there. */
export function writeHex(text: string, bytes: Uint8Array, from: number): boolean {
  if (text.length % 2 !== 0) return false;
  for (let at = 0; 2 * at < text.length; at++) {
    const high = digitAt(text, 2 * at);
    const low = digitAt(text, 2 * at + 1);
    if (high < 0 || low < 0) return false;
    bytes[from + at] = high * 16 + low;
  }
  return true;
}

export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The engine's own, where it has one; as lenient as `atob` where it skips spaces. */
const { fromBase64: nativeBase64 } = Uint8Array as unknown as {
  readonly fromBase64?: (text: string, options: { readonly lastChunkHandling: "strict" }) => Uint8Array<ArrayBuffer>;
};

/** Padded standard base64 in its one canonical spelling; null for anything else, so one byte string has one text. */
export function parseBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    if (nativeBase64 === undefined) return readBase64(text);
    const bytes = nativeBase64.call(Uint8Array, text, { lastChunkHandling: "strict" });
    // Padding is asked for and what stands before it is canonical: a text that is longer has spaces in it.
    return 4 * Math.ceil(bytes.length / 3) === text.length ? bytes : null;
  } catch {
    return null;
  }
}

/** `atob` skips spaces and missing padding, so its answer is encoded again and compared. */
function readBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const binary = atob(text);
  if (btoa(binary) !== text) return null;
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** Cuts a byte string into pieces of `size`; the caller has checked that the length is a multiple. */
export function splitBytes(bytes: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
  return pieces;
}
