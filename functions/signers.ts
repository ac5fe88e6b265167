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
/** Minutes of each kind that are remembered; the one that began longest ago gives way. */
const MINUTES_MAX = 5_000;

/** Each statement counts once, known by the first 28 bits of its id. */
type Minute = { readonly said: Set<number>; readonly resetMs: number };
/** By root: of what is fresh, and of what is dated earlier. `full` are the minutes that are used up. */
type Minutes = {
  readonly fresh: Map<string, Minute>;
  readonly earlier: Map<string, Minute>;
  readonly full: Set<Minute>;
};

/** By the objects' namespace, so that agents which share a process, as in tests, share no budget. */
const known = new WeakMap<object, Minutes>();

export class Signers {
  readonly #minutes: Minutes;
  readonly #nowMs: number;
  readonly #meshTime: number;

  constructor(agent: object, nowMs: number, meshTime: number) {
    this.#minutes = known.get(agent) ?? { fresh: new Map(), earlier: new Map(), full: new Set() };
    known.set(agent, this.#minutes);
    [this.#nowMs, this.#meshTime] = [nowMs, meshTime];
  }

  /** Whoever has used up its minute is refused by what a frame claims, before its signature costs anything: a forger gains nothing by it. */
  claimed(frame: Uint8Array): Result<null> {
    const { full } = this.#minutes;
    for (const minute of full) if (this.#nowMs >= minute.resetMs) full.delete(minute);
    if (full.size === 0) return ok(null);
    const parsed = parseObservation(frame);
    return parsed.ok ? this.#check(parsed.value.observation) : ok(null);
  }

  /** Counts a statement whose signature and credentials are good. */
  spend(said: Observation): Result<null> {
    const [all, root, short] = [this.#allOf(said), rootOf(said.chain), shortOf(said.id)];
    const live = this.#live(all.get(root));
    if (live !== undefined && isSpent(live, short)) return limited(live);
    const minute = live ?? { said: new Set(), resetMs: this.#nowMs + MINUTE_MS };
    if (live === undefined) begin(all, root, minute);
    minute.said.add(short);
    if (minute.said.size >= SAID_A_MINUTE) this.#minutes.full.add(minute);
    return ok(null);
  }

  #check(said: Observation): Result<null> {
    const minute = this.#live(this.#allOf(said).get(rootOf(said.chain)));
    return minute !== undefined && isSpent(minute, shortOf(said.id)) ? limited(minute) : ok(null);
  }

  #live(minute: Minute | undefined): Minute | undefined {
    return minute === undefined || this.#nowMs >= minute.resetMs ? undefined : minute;
  }

  #allOf({ at }: Observation): Map<string, Minute> {
    return at[1] > this.#meshTime - FRESH_MICROS ? this.#minutes.fresh : this.#minutes.earlier;
  }
}

/** A new minute goes behind those that began before it. */
function begin(all: Map<string, Minute>, root: string, minute: Minute): void {
  all.delete(root);
  all.set(root, minute);
  const [oldest] = all.keys();
  if (all.size > MINUTES_MAX && oldest !== undefined) all.delete(oldest);
}

const isSpent = ({ said }: Minute, short: number) => said.size >= SAID_A_MINUTE && !said.has(short);

const limited = ({ resetMs }: Minute) => fault("SIGNER_LIMITED", { limit: SAID_A_MINUTE, resetMs });

function shortOf(id: Id): number {
  return Number.parseInt(id.slice(0, 7), 16);
}
