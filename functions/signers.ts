// How much under one root a minute may bring to an agent's open door, whoever carries it there. A root that is recognised may make as many keys
// and credentials as it likes, so that it is the root that pays. Frames from the bus are not counted: what partners pass on is of others' making.
import { UNITS_A_MINUTE } from "../durable/keys.ts";
import { rootOf } from "../shared/authority/chain.ts";
import { parseObservation } from "../shared/observation/decode.ts";
import type { Id, Observation } from "../shared/observation/observation.ts";
import { fault, ok, type Result } from "../shared/result.ts";

/** Statements under one root in a minute and an isolate: six times what one seat may have in a round. */
export const SAID_A_MINUTE = UNITS_A_MINUTE;
const MINUTE_MS = 60_000;
/** What is dated earlier may have been seen by anybody, and be brought again: it has a minute apart, so that nobody uses up another's. */
const FRESH_MICROS = 120_000_000;
/** Minutes remembered; the one that began longest ago gives way. */
const MINUTES_MAX = 5_000;

/** Each statement counts once, known by the first 28 bits of its id. */
type Minute = { readonly said: Set<number>; readonly resetMs: number };
type Minutes = { readonly all: Map<string, Minute>; readonly full: Map<string, number> };

/** By the objects' namespace, so that agents which share a process, as in tests, share no budget. */
const known = new WeakMap<object, Minutes>();

export class Signers {
  readonly #minutes: Minutes;
  readonly #nowMs: number;
  readonly #meshTime: number;

  constructor(agent: object, nowMs: number, meshTime: number) {
    this.#minutes = known.get(agent) ?? { all: new Map(), full: new Map() };
    known.set(agent, this.#minutes);
    [this.#nowMs, this.#meshTime] = [nowMs, meshTime];
  }

  /** Whoever has used up its minute is refused by what a frame claims, before its signature costs anything: a forger gains nothing by it. */
  claimed(frame: Uint8Array): Result<null> {
    const { full } = this.#minutes;
    for (const [name, resetMs] of full) if (this.#nowMs >= resetMs) full.delete(name);
    if (full.size === 0) return ok(null);
    const parsed = parseObservation(frame);
    return parsed.ok ? this.#check(parsed.value.observation) : ok(null);
  }

  /** Counts a statement whose signature and credentials are good. */
  spend(said: Observation): Result<null> {
    const checked = this.#check(said);
    if (!checked.ok) return checked;
    const { all, full } = this.#minutes;
    const name = this.#nameOf(said);
    const minute = this.#minute(name) ?? { said: new Set(), resetMs: this.#nowMs + MINUTE_MS };
    if (minute.said.size === 0) all.delete(name); // a new minute goes behind those that began before it
    all.set(name, minute);
    minute.said.add(shortOf(said.id));
    if (minute.said.size >= SAID_A_MINUTE) full.set(name, minute.resetMs);
    const [oldest] = all.keys();
    if (all.size > MINUTES_MAX && oldest !== undefined) all.delete(oldest);
    return ok(null);
  }

  #check(said: Observation): Result<null> {
    const minute = this.#minute(this.#nameOf(said));
    if (minute === undefined || minute.said.size < SAID_A_MINUTE || minute.said.has(shortOf(said.id))) return ok(null);
    return fault("SIGNER_LIMITED", { limit: SAID_A_MINUTE, resetMs: minute.resetMs });
  }

  #minute(name: string): Minute | undefined {
    const minute = this.#minutes.all.get(name);
    return minute === undefined || this.#nowMs >= minute.resetMs ? undefined : minute;
  }

  #nameOf({ chain, at }: Observation): string {
    return `${rootOf(chain)} ${at[1] > this.#meshTime - FRESH_MICROS ? "fresh" : "earlier"}`;
  }
}

function shortOf(id: Id): number {
  return Number.parseInt(id.slice(0, 7), 16);
}
