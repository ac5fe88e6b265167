// Instants as people asked to read them (`--time-format`): one setting for the process, since it has one reader. Data keep their own form.
import { readableInstant, spanIn } from "../shared/instant.ts";
import { usage } from "./files.ts";

const FORMATS = ["iso", "relative", "raw"] as const;
let asked: (typeof FORMATS)[number] | null = null;

export function readTimesAs(given: unknown): void {
  asked = FORMATS.find((format) => format === given) ?? null;
  if (given !== undefined && asked === null) throw usage(`--time-format takes ${FORMATS.join(", ")}`);
}

/** "2026-11-22 21:00:00Z" unless asked for otherwise; both in microseconds. */
export function timeText(micros: number, now = Date.now() * 1_000): string {
  if (asked === "raw") return String(micros);
  return asked === "relative" ? distance(micros, now) : iso(micros);
}

/** "2026-11-22 21:00:00Z (in 24 h)". */
export function when(micros: number | null, now = Date.now() * 1_000): string {
  if (micros === null) return "not known";
  return asked === null ? `${iso(micros)} (${distance(micros, now)})` : timeText(micros, now);
}

/** "21:00:00", with so many digits of the second as are there: the time of the day is enough where one looks on. */
export function clockText(micros: number, digits = 0): string {
  return asked === null ? readableInstant(micros).slice(11, 19 + (digits === 0 ? 0 : digits + 1)) : timeText(micros);
}

function iso(micros: number): string {
  return `${readableInstant(Math.floor(micros / 1_000_000) * 1_000_000)}Z`;
}

function distance(micros: number, now: number): string {
  const seconds = Math.round((micros - now) / 1_000_000);
  const [count, unit] = spanIn(Math.abs(seconds));
  return seconds < 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`;
}
