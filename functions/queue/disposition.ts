// The fate of a queued message by the class of its refusal: total, so that a new class does not compile until someone decides.
import type { RefusalClass } from "../../shared/refusals.ts";

/** `ack`: the ceremony has answered, or nothing can change. `record`: kept for people, then acked. `retry`: time may help. */
export type Disposition = "ack" | "record" | "retry";

export const DISPOSITION = {
  malformed: "record",
  "too-large": "record",
  unauthorised: "record",
  forbidden: "record",
  conflict: "ack",
  absent: "record",
  held: "ack",
  unverified: "record",
  failed: "retry",
} as const satisfies Record<RefusalClass, Disposition>;

/** Seconds before a message is tried again, by how often it was tried: 1, 2, 4 … 300. */
export function retryDelay(attempts: number): number {
  return Math.min(300, 2 ** Math.min(attempts - 1, 9));
}
