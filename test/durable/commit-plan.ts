// What the test asks of the worker that crashes, and what it answers.

/** Steps of a turn, in their order. */
export const POINTS = [
  "received",
  "writing-first",
  "writing-last",
  "committed",
  "alarm",
  "handing",
  "handed",
  "forgetting",
  "noting",
  "answered",
] as const;
export type Point = (typeof POINTS)[number];

/** `throw` fails the step; `abort` is what an eviction does to the object; `hang` waits for the test to kill the process. */
export type Crash = { readonly at: Point; readonly by: "throw" | "abort" | "hang" };

export type Turn = {
  readonly on: "open" | "attest" | "observations" | "clock";
  /** Microseconds. */
  readonly now: number;
  /** In base64. */
  readonly frames: readonly string[];
  readonly choice: string | null;
};

export type Play = {
  readonly ceremony: string;
  readonly turns: readonly Turn[];
  /** Happens in every turn; the turn is then delivered again, as a queue does. */
  readonly crash: Crash | null;
  /** What becomes of turns of the clock: given, given three times, never given, or failing seven times and then never given. */
  readonly alarms: "given" | "repeated" | "lost" | "failing";
  /** Begins with an empty store; else a new instance goes on with what is stored. */
  readonly erase: boolean;
  /** The journal forgets what it has, or shows nothing of it. */
  readonly journal: "forgotten" | "hidden" | "kept";
};

export type Stored = {
  readonly frames: readonly string[];
  readonly lineage: readonly string[];
  readonly digest: string | null;
  readonly mute: boolean;
};

/** What left the ceremony: an own statement with its number, or what others signed, or a status. */
export type Left = { readonly key: string; readonly own: number | null };

export type Played = {
  readonly stored: Stored;
  readonly left: readonly Left[];
  /** Own statements that had left when the store did not have them. */
  readonly leaked: readonly string[];
  /** Turns that were stored although they ended in a crash. */
  readonly kept: number;
  /** Turns of an open ceremony after which no alarm was set, or one in the past. */
  readonly unarmed: number;
};
