// Spreads repair in time without chance: parties differ, and so do a party's turns, but a replay gives the same instants.
import type { CeremonyState } from "./state.ts";

/** `interval` microseconds, from three quarters to five quarters of it. */
export function jitter({ ceremony, self, quiet }: CeremonyState, interval: number): number {
  const byte = mixed(`${ceremony.slice(0, 16)}${self.key}`, quiet) >>> 24;
  return Math.floor((interval * (768 + 2 * byte)) / 1024);
}

/** FNV-1a with a last stir: only a spread is wanted, nothing rests on it. */
function mixed(text: string, number: number): number {
  let hash = 0x811c_9dc5 ^ number;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  return Math.imul(hash ^ (hash >>> 15), 0x85eb_ca6b);
}
