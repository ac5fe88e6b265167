// How long an old secret goes on beside a new one, as `source rotate` and `endpoint rotate` take it.
import { seconds } from "../../files.ts";
import { type Call, YES, YES_INPUT } from "../../registry.ts";
import { shown } from "../../terminal.ts";

export const OVERLAP = { overlap: { type: "string" }, ...YES } as const;
export const OVERLAP_INPUT = [
  "--overlap     such as 90s, 15m or 24h; 0s withdraws the old one at once, and is asked about",
  YES_INPUT,
] as const;

/** For the agent's URL; `ends` where nothing is left of the old one, and a delivery under it is lost. */
export function overlapOf(call: Call): { readonly query: string; readonly ends: boolean } {
  const overlap = seconds(call, "overlap");
  return { query: overlap === null ? "" : `?overlap=${overlap}`, ends: overlap === 0 };
}

export function endsText(id: string): string {
  return `The old secret of ${shown(id)} will end at once: whatever is still signed with it is refused.`;
}
