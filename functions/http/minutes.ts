// What each of many has used of its minute, in the memory of one isolate.

/** Names remembered; the one that began longest ago gives way. */
const NAMES_MAX = 5_000;
const MINUTE_MS = 60_000;

export type Minute = { readonly used: number; readonly resetMs: number };

export class Minutes {
  readonly #minutes = new Map<string, Minute>();

  of(name: string, nowMs: number): Minute {
    const known = this.#minutes.get(name);
    return known === undefined || nowMs >= known.resetMs ? { used: 0, resetMs: nowMs + MINUTE_MS } : known;
  }

  add(name: string, units: number, nowMs: number): Minute {
    const { used, resetMs } = this.of(name, nowMs);
    const minute = { used: used + units, resetMs };
    if (used === 0) this.#minutes.delete(name); // a new minute goes behind those that began before it
    this.#minutes.set(name, minute);
    const [oldest] = this.#minutes.keys();
    if (this.#minutes.size > NAMES_MAX && oldest !== undefined) this.#minutes.delete(oldest);
    return minute;
  }
}
