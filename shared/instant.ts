// Instants and lengths of time as people read them. Frames of time are not all UTC, so no zone is claimed; in UTC the count begins with 1970.

const DAY = 86_400_000_000;

/** Microseconds as "2027-01-15 08:00:00", with a fraction where there is one; by the proleptic Gregorian calendar. */
export function readableInstant(micros: number): string {
  const [days, rest] = [Math.floor(micros / DAY), micros - Math.floor(micros / DAY) * DAY];
  const [whole, fraction] = [Math.floor(rest / 1_000_000), rest % 1_000_000];
  const clock = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60].map(twoDigits).join(":");
  const tail = fraction === 0 ? "" : `.${String(fraction).padStart(6, "0").replace(/0+$/, "")}`;
  return `${dateOf(days)} ${clock}${tail}`;
}

/** The date of a number of days since 1970: years begin with March, so that a leap day ends one; 146,097 days are four hundred years. */
function dateOf(days: number): string {
  const since = days + 719_468;
  const era = Math.floor(since / 146_097);
  const day = since - era * 146_097;
  const year = Math.floor((day - Math.floor(day / 1_460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365);
  const ofYear = day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * ofYear + 2) / 153);
  const ofMonth = ofYear - Math.floor((153 * month + 2) / 5) + 1;
  const civil = month < 10 ? month + 3 : month - 9;
  return `${String(year + era * 400 + (civil <= 2 ? 1 : 0)).padStart(4, "0")}-${twoDigits(civil)}-${twoDigits(ofMonth)}`;
}

const twoDigits = (number: number) => String(number).padStart(2, "0");

const UNITS = [
  [2 * 31_557_600, 31_557_600, "years"],
  [2 * 86_400, 86_400, "d"],
  [7_200, 3_600, "h"],
  [120, 60, "min"],
] as const;

/** A length of time in its largest fitting unit, how many and of what; so large that one more or less matters little. */
export function spanIn(seconds: number): readonly [number, string] {
  const [, size, unit] = UNITS.find(([from]) => seconds >= from) ?? [0, 1, "s"];
  return [Math.round(seconds / size), unit];
}
