// A key as eight words that two people can compare on the telephone: 88 bits of its hash.
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { idBytes, sha256 } from "../../shared/hash.ts";

const WORDS = 8;
const BITS = 11;

/** Words of a public key given in hexadecimal. */
export function wordsOf(key: string): string {
  const bits = [...sha256(idBytes(key))].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const index = (at: number) => Number.parseInt(bits.slice(at * BITS, (at + 1) * BITS), 2);
  return Array.from({ length: WORDS }, (_, at) => wordlist[index(at)] as string).join(" ");
}
