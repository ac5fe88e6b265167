// What the link needs of a message bus, in terms of our own: publishing with a receipt, and pulling with explicit
// acknowledgement. One adapter implements it (nats-link.ts, with its streams in nats-streams.ts), so a change of client library ends there.

export interface Bus {
  /** Resolves when the receiving stream has stored the message; the same `msgId` is stored once. */
  publish(subject: string, data: Uint8Array, msgId: string): Promise<void>;
  /** The newest message of that one of the subjects under `pattern` whose last token is the highest number; null where there is none. */
  recall(pattern: string): Promise<Uint8Array | null>;
  /** Waits until at least one delivery is there or the time is over, and returns all that are there. With `max` 0 it asks for no more. */
  pull(max: number, expiresMs: number): Promise<Delivery[]>;
  /** How many messages lie in the party's own stream that were not taken in yet. */
  waiting(): Promise<number>;
  /** Asks the server for a sign of life; a half-open connection answers nothing, so it counts as dead. */
  alive(timeoutMs: number): Promise<boolean>;
  close(): void;
}

/** Exactly one of the three verdicts is given for each delivery; without one it is delivered again. */
export interface Delivery {
  readonly subject: string;
  readonly data: Uint8Array;
  ack(): void;
  retry(delayMs: number): void;
  deadLetter(): void;
}
