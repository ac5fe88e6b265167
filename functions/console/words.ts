// The console's words: every state has an icon, a word and a tone, and never a colour alone.
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { spanIn } from "../../shared/instant.ts";

export type Tone = "good" | "bad" | "warn" | "plain";
export type Badge = { readonly icon: string; readonly word: string; readonly tone: Tone };

const PHASES: Readonly<Record<string, Badge>> = {
  waiting: { icon: "…", word: "waiting for the call", tone: "plain" },
  refused: { icon: "✗", word: "refused here", tone: "bad" },
  held: { icon: "‖", word: "on hold", tone: "warn" },
  gathering: { icon: "▸", word: "open", tone: "plain" },
  closing: { icon: "▹", word: "closing", tone: "plain" },
  final: { icon: "■", word: "decided", tone: "plain" },
  abandoned: { icon: "–", word: "abandoned", tone: "warn" },
  expired: { icon: "○", word: "expired, claims nothing", tone: "warn" },
};

export const PHASE_NAMES = Object.keys(PHASES);

export function phaseBadge(phase: string): Badge {
  return PHASES[phase] ?? { icon: "?", word: phase, tone: "plain" };
}

/** Agreement as this party knows it: who was not heard is neither same nor different, and nothing is green before all were heard. */
export function agreementBadge({ agreement, outcome }: CeremonyView): Badge {
  const { same, of, different } = agreement;
  if (different.length > 0) return { icon: "✗", word: `DIFFERENT OUTCOME at ${different.join(", ")}`, tone: "bad" };
  if (outcome === null) return { icon: "?", word: "no outcome yet", tone: "plain" };
  return same === of
    ? { icon: "✓", word: `same outcome: ${same} of ${of}`, tone: "good" }
    : { icon: "?", word: `same outcome: ${same} of ${of}, the others not heard`, tone: "plain" };
}

/** UTC to the second. */
export function instantText(micros: number | null): string {
  if (micros === null || !Number.isFinite(micros)) return "not known";
  const at = new Date(Math.floor(micros / 1_000));
  return Number.isNaN(at.getTime()) ? "not a time" : `${at.toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** Keeps a line from ending between a number and its unit: either says nothing without the other. */
const TOGETHER = "\u00a0";

/** A length of time in its largest fitting unit. */
export function spanText(seconds: number): string {
  return spanIn(seconds).join(TOGETHER);
}

/** How long until, or since, an instant. */
export function relativeText(micros: number, nowMicros: number): string {
  const seconds = Math.round((micros - nowMicros) / 1_000_000);
  const span = spanText(Math.abs(seconds));
  return seconds < 0 ? `${span}${TOGETHER}ago` : `in${TOGETHER}${span}`;
}

/** A digest in groups of four, for eyes and for screen readers. */
export function grouped(digest: string, groups = 64): string {
  return (digest.match(/.{1,4}/g) ?? []).slice(0, groups).join(" ");
}

/** "1 bid", "2 bids". */
export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? thing : things}`;
}
