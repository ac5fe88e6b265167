// Spreads repair in time without chance: parties differ, and so do a party's turns, but a replay gives the same instants.

import { concatBytes, parseHex } from "../bytes.ts";
import { sha256 } from "../hash.ts";
import type { CeremonyState } from "./state.ts";

/** `interval` microseconds, from three quarters to five quarters of it. */
export function jitter(state: CeremonyState, interval: number): number {
  const seed = concatBytes(
    parseHex(state.ceremony) ?? new Uint8Array(),
    parseHex(state.self.key) ?? new Uint8Array(),
    Uint8Array.of(state.quiet & 255),
  );
  const [byte] = sha256(seed);
  return Math.floor((interval * (768 + 2 * (byte as number))) / 1024);
}
