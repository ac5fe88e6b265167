// Who proposes in an attempt (SPEC §8.4.2): electors in seat order, rotated by a hash that nobody chooses, plus the attempt.
import { concatBytes, parseHex } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { sha256 } from "../hash.ts";
import type { Closing } from "./state.ts";

/** The proposer's seat. Every elector is reached within as many attempts as there are electors. */
export function proposerOf(closing: Pick<Closing, "ceremony" | "round" | "electorate">, attempt: number): number {
  const { seats } = closing.electorate;
  const start = Number(rotation(closing.ceremony, closing.round) % BigInt(seats.length));
  return seats[(start + attempt) % seats.length] as number;
}

/** First eight bytes of SHA-256(ceremony id ‖ round), the round as canonical CBOR. */
function rotation(ceremony: string, round: number): bigint {
  const digest = sha256(concatBytes(parseHex(ceremony) ?? new Uint8Array(), encodeCanonical(round)));
  return digest.slice(0, 8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
