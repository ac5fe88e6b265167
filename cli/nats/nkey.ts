// NATS' own spelling of Ed25519 keys ("nkeys"): a prefix that says whose key it is, the key, and a checksum, in base32 without padding.
import { signerFrom } from "../../shared/cose/key.ts";

export type Owner = "operator" | "account" | "user";

/** First letters O, A and U. */
const PUBLIC: Readonly<Record<Owner, number>> = { operator: 14 << 3, account: 0, user: 20 << 3 };
/** First letter S; five bits of it go to the prefix of the key that the seed is of. */
const SEED = 18 << 3;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export type Nkey = {
  readonly owner: Owner;
  /** The public key as NATS writes it: O…, A… or U…, 56 characters. */
  readonly id: string;
  /** The secret as NATS writes it: SO…, SA… or SU…. */
  readonly seed: string;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
};

/** The key pair of a 32-byte secret. */
export function nkeyFrom(owner: Owner, secret: Uint8Array): Nkey {
  const { key, sign } = signerFrom(secret);
  const prefix = PUBLIC[owner];
  const seed = spelt([SEED | (prefix >> 5), (prefix & 31) << 3], secret);
  return { owner, id: spelt([prefix], key), seed, sign };
}

function spelt(prefix: readonly number[], key: Uint8Array): string {
  const bytes = Uint8Array.from([...prefix, ...key]);
  const sum = checksum(bytes);
  return base32(Uint8Array.from([...bytes, sum & 0xff, sum >> 8]));
}

/** CRC-16/XMODEM. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) sum = ((sum & 0x8000) === 0 ? sum << 1 : (sum << 1) ^ 0x1021) & 0xffff;
  }
  return sum;
}

/** RFC 4648 §6, without padding. */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let [held, bits] = [0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET[(held << (5 - bits)) & 31];
}
