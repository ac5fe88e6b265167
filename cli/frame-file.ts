// Frames as people keep and copy them: bytes, hexadecimal or base64.
import { parseBase64, parseHex } from "../shared/bytes.ts";

/** Hexadecimal as people copy it; null for anything else. */
export function hexGiven(text: string): Uint8Array | null {
  const digits = text.replace(/\s+/g, "").replace(/^0x/i, "");
  return parseHex(digits.toLowerCase());
}

/** A frame begins with a byte that no text has, so that text can only be a spelling of one. */
export function frameIn(bytes: Uint8Array): Uint8Array {
  if (bytes.some((byte) => byte > 0x7e)) return bytes;
  const text = new TextDecoder().decode(bytes).trim();
  return (text === "" ? null : (hexGiven(text) ?? parseBase64(text))) ?? bytes;
}
