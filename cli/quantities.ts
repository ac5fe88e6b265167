// Quantities as people write them in documents for trying: "49 m", "15 min", "60 %", "2027-01-15T08:00:00Z". They become the whole
// millimetres, microseconds and parts per million that everything is judged in. What does not come out whole is left as it stands, and
// whoever reads the field refuses it by its path.
import { microseconds } from "./files.ts";

const UNITS: Readonly<Record<string, bigint>> = {
  mm: 1n,
  cm: 10n,
  m: 1_000n,
  km: 1_000_000n,
  us: 1n,
  µs: 1n,
  ms: 1_000n,
  s: 1_000_000n,
  min: 60_000_000n,
  h: 3_600_000_000n,
  d: 86_400_000_000n,
  "%": 10_000n,
};
export const QUANTITIES =
  'whole millimetres, microseconds and parts per million, or text with a unit: "49.5 m", "15 min", "60 %", "2027-01-15T08:00:00Z"';

/** Fields whose text is text, whatever it looks like. */
const NAMES: readonly string[] = ["id", "key", "frame", "claim", "name", "profile", "device", "reason", "height"];

export function importQuantities(value: unknown): unknown {
  if (typeof value === "string") return quantity(value) ?? value;
  if (Array.isArray(value)) return value.map(importQuantities);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, item]) => [
    name,
    NAMES.includes(name) && typeof item === "string" ? item : importQuantities(item),
  ]);
  return Object.fromEntries(fields);
}

/** Null for text that is no quantity, or one that is no whole number of our units. */
function quantity(text: string): number | null {
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return microseconds(text);
  const [, sign = "", whole = "", fraction = "", unit = ""] =
    /^([+\-−]?)(\d{1,15})(?:\.(\d{1,9}))?\s*(mm|cm|m|km|us|µs|ms|s|min|h|d|%)$/.exec(text) ?? [];
  const size = UNITS[unit];
  if (size === undefined) return null;
  const [scaled, divisor] = [BigInt(whole + fraction) * size, 10n ** BigInt(fraction.length)];
  const amount = Number(scaled / divisor);
  return scaled % divisor !== 0n || !Number.isSafeInteger(amount) ? null : /[-−]/.test(sign) ? -amount : amount;
}
