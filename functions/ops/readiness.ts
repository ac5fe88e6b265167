// Whether the agent can take part, and what will keep it from that before long: each reason with its code. A degraded agent still answers
// and is not to be taken out of service; one that is not ready takes nothing in and sends nothing.
import { describeRefusal, type Refusal } from "../../shared/refusals.ts";
import { type Fault, fault } from "../../shared/result.ts";
import type { Vitals } from "./vitals.ts";

export type Readiness = {
  readonly ready: boolean;
  readonly status: "ready" | "degraded" | "not ready";
  readonly reasons: readonly Refusal[];
};

/** Messages that wait for partners: a twentieth of what stops the intake. */
export const OUTBOX_LONG = 1_000;
/** A key that ends within a week must be followed now: its issuer may be on holiday. */
export const KEY_ENDS_SOON_MS = 7 * 86_400_000;
/** Half of what most policies tolerate at a close, with room for slow delivery. */
export const CLOCKS_APART_MS = 60_000;
/** A revocation that a partner has not been handed after a minute is not seen there yet. */
export const UNSEEN_AFTER_MS = 60_000;

export function readinessOf(vitals: Vitals): Readiness {
  const stopped = stopsOf(vitals);
  const warned = warningsOf(vitals);
  const ready = stopped.length === 0;
  const status = !ready ? "not ready" : warned.length > 0 ? "degraded" : "ready";
  return { ready, status, reasons: [...stopped, ...warned].map(describeRefusal) };
}

function stopsOf({ link }: Vitals): readonly Fault[] {
  return [
    ...(link.connected ? [] : [fault("BUS_UNREACHABLE").fault]),
    ...(link.draining ? [fault("AGENT_DRAINING").fault] : []),
  ];
}

/** No partner is named: whoever may ask for readiness needs no key. */
function warningsOf({ link, keys, clocks, unsent, nowMs }: Vitals): readonly Fault[] {
  const [first] = [...keys].sort((a, b) => a.endsMs - b.endsMs);
  const apart = Math.max(0, ...clocks.map(({ behindMs }) => Math.abs(behindMs)));
  const unseen = unsent.filter(({ sinceMs }) => nowMs - sinceMs >= UNSEEN_AFTER_MS);
  return [
    ...(link.outbox > OUTBOX_LONG ? [fault("OUTBOX_LONG", { found: link.outbox, limit: OUTBOX_LONG }).fault] : []),
    ...(first !== undefined && first.endsMs - nowMs < KEY_ENDS_SOON_MS
      ? [fault("KEY_EXPIRING", { at: first.endsMs * 1_000 }).fault]
      : []),
    ...(apart > CLOCKS_APART_MS
      ? [fault("CLOCKS_APART", { found: Math.round(apart / 1_000), limit: CLOCKS_APART_MS / 1_000 }).fault]
      : []),
    ...(unseen.length > 0 ? [fault("REVOCATION_UNSEEN", { found: unseen.length }).fault] : []),
  ];
}
