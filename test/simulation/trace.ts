// The course of a schedule as one number, so that two runs can be compared; and as lines, where someone wants to read it.
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import { START } from "./parties.ts";

export class Trace {
  #hash = 0x811c_9dc5;
  readonly #log: ((line: string) => void) | null;

  constructor(log: ((line: string) => void) | null) {
    this.#log = log;
  }

  get hash(): number {
    return this.#hash >>> 0;
  }

  add(at: number, seat: number, what: string, observation: VerifiedObservation | null): void {
    this.#mix(at - START);
    this.#mix(seat * 64 + what.length);
    if (observation !== null) this.#mix(Number.parseInt(observation.id.slice(0, 8), 16));
    this.#log?.(`${((at - START) / 1e6).toFixed(6)} ${seat} ${what} ${observation === null ? "" : told(observation)}`);
  }

  #mix(value: number): void {
    this.#hash = Math.imul(this.#hash ^ (value | 0), 0x0100_0193);
    this.#hash ^= this.#hash >>> 15;
  }
}

function told({ id, slot, body }: VerifiedObservation): string {
  const said = "root" in body ? ` ${body.root?.slice(0, 8) ?? "nil"}` : "";
  const valid = "validAttempt" in body ? ` va ${body.validAttempt}` : "";
  return `${body.kind} ${id.slice(0, 8)} seat ${slot.seat} attempt ${slot.attempt}${said}${valid}`;
}
