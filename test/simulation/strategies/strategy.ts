// What a Byzantine strategy is: how the messages that the faulty seats' own cores would send are bent, and what else they do.
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import type { Adversary } from "../adversary.ts";
import type { Agent, Sent } from "../agent.ts";

export type Behaviour = {
  /** What leaves instead of a message that a copy of the core would send to one recipient. */
  readonly bend?: (sent: Sent, agent: Agent) => readonly VerifiedObservation[];
  /** Called for everything that a faulty seat is sent. */
  readonly hear?: (seat: number, observation: VerifiedObservation) => void;
  /** Whether a copy of the core takes a message in; by default all but what its own key signed. */
  readonly takes?: (agent: Agent, observation: VerifiedObservation) => boolean;
};

export type Strategy = {
  readonly name: string;
  /** Faulty seats that it needs. */
  readonly least: number;
  /** Copies of the core per seat. */
  readonly cores?: 0 | 1 | 2;
  /** True where it attests by itself, not when the workload says so. */
  readonly withholds?: boolean;
  /** True where it is played by more than f power: what must hold then is less, and it is no part of `all`. */
  readonly exceeds?: boolean;
  readonly begin: (adversary: Adversary) => Behaviour;
};
