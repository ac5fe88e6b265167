// Who proposes in an attempt (SPEC §8.4.2): electors in seat order, rotated by a hash that nobody chooses, plus the attempt.
import { concatBytes, parseHex } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { sha256 } from "../hash.ts";
import type { Electorate } from "./power.ts";

/** The proposer's seat. Every elector is reached within as many attempts as there are electors. */
export function proposerOf(electors: readonly number[], rotation: number, attempt: number): number {
  return electors[(rotation + attempt) % electors.length] as number;
}

/** Place of the first proposer: the first eight bytes of SHA-256(ceremony id ‖ round as canonical CBOR), modulo the electors. */
export function rotationOf(ceremony: string, round: number, { seats }: Electorate): number {
  const digest = sha256(concatBytes(parseHex(ceremony) ?? new Uint8Array(), encodeCanonical(round)));
  const number = digest.slice(0, 8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return Number(number % BigInt(Math.max(1, seats.length)));
}
