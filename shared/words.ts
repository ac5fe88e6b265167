// A digest as words that two people can compare by eye or on the telephone, eleven bits each.
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { idBytes, sha256 } from "./hash.ts";

const BITS = 11;
/** 88 bits: enough that nobody finds a key whose words are another's. */
const KEY_WORDS = 8;

/** Words of a public key given in hexadecimal, by its hash. */
export function wordsOf(key: string): string {
  return wordsIn(sha256(idBytes(key)), KEY_WORDS).join(" ");
}

/** The first words of a digest in hexadecimal: for telling two screens apart, not in place of the digest. */
export function digestWords(digest: string, count = 4): string {
  return wordsIn(idBytes(digest), count).join("-");
}

function wordsIn(bytes: Uint8Array, count: number): readonly string[] {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const index = (at: number) => Number.parseInt(bits.slice(at * BITS, (at + 1) * BITS), 2);
  return Array.from({ length: count }, (_, at) => wordlist[index(at)] as string);
}
