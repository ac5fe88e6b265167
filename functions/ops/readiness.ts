// Whether the agent can take part, and what will keep it from that before long: each reason with its code. A degraded agent still answers
// and is not to be taken out of service; one that is not ready takes nothing in and sends nothing.
import { describeRefusal, type Refusal, type RefusalCode } from "../../shared/refusals.ts";
import { fault } from "../../shared/result.ts";
import type { Vitals } from "./vitals.ts";

export type Readiness = {
  readonly ready: boolean;
  readonly status: "ready" | "degraded" | "not ready";
  readonly reasons: readonly Refusal[];
};

/** Messages that wait for partners: a twentieth of what stops the intake. */
export const OUTBOX_LONG = 1_000;
/** Messages that wait to be taken in: some seconds of work. */
export const INTAKE_LONG = 1_000;
/** A message is taken in within a second or two; one that failed comes again within half a minute, and ceremonies close by then. */
export const INTAKE_LATE_MS = 60_000;
/** A key that ends within a week must be followed now: its issuer may be on holiday. */
export const KEY_ENDS_SOON_MS = 7 * 86_400_000;
/** Half of what most policies tolerate at a close, with room for slow delivery. */
export const CLOCKS_APART_MS = 60_000;
/** A revocation that a partner has not been handed after a minute is not seen there yet. */
export const UNSEEN_AFTER_MS = 60_000;

type Detail = Readonly<Record<string, unknown>>;
type Reason = {
  readonly code: RefusalCode;
  /** Whether the agent can take no part at all while it holds. */
  readonly stops: boolean;
  /** What is told of it; null while it does not hold. No partner is named: whoever may ask for readiness needs no key. */
  readonly of: (vitals: Vitals) => Detail | null;
};

/** Every reason that there is; each has an alert. */
export const REASONS: readonly Reason[] = [
  { code: "BUS_UNREACHABLE", stops: true, of: ({ link }) => (link.connected ? null : {}) },
  { code: "AGENT_DRAINING", stops: true, of: ({ link }) => (link.draining ? {} : null) },
  {
    code: "OUTBOX_LONG",
    stops: false,
    of: ({ link }) => (link.outbox > OUTBOX_LONG ? { found: link.outbox, limit: OUTBOX_LONG } : null),
  },
  { code: "INTAKE_LONG", stops: false, of: intake },
  { code: "KEY_EXPIRING", stops: false, of: expiring },
  { code: "CLOCKS_APART", stops: false, of: clocksApart },
  { code: "REVOCATION_UNSEEN", stops: false, of: unseen },
];

export function readinessOf(vitals: Vitals): Readiness {
  const holding = REASONS.flatMap(({ code, stops, of }) => {
    const detail = of(vitals);
    return detail === null ? [] : [{ stops, refusal: describeRefusal(fault(code, detail).fault) }];
  });
  const ready = !holding.some(({ stops }) => stops);
  const status = !ready ? "not ready" : holding.length > 0 ? "degraded" : "ready";
  return { ready, status, reasons: holding.map(({ refusal }) => refusal) };
}

/** What waits in this party's stream at the bus, and what the platform's queue holds, as far as they tell; and a shard that hands over nothing. */
function intake({ link, queue, tallies: { shards }, nowMs }: Vitals): Detail | null {
  const found = (link.inbox ?? 0) + (queue?.messages ?? 0);
  const ageMs = Math.max(0, nowMs - (queue?.oldestMs ?? nowMs), nowMs - (shards.sinceMs ?? nowMs));
  if (found <= INTAKE_LONG && ageMs <= INTAKE_LATE_MS) return null;
  return { found, limit: INTAKE_LONG, age: Math.round(ageMs / 1_000), late: INTAKE_LATE_MS / 1_000 };
}

function expiring({ keys, nowMs }: Vitals): Detail | null {
  const first = Math.min(...keys.map(({ endsMs }) => endsMs));
  return first - nowMs < KEY_ENDS_SOON_MS ? { at: first * 1_000 } : null;
}

function clocksApart({ clocks }: Vitals): Detail | null {
  const apart = Math.max(0, ...clocks.map(({ behindMs }) => Math.abs(behindMs)));
  return apart > CLOCKS_APART_MS ? { found: Math.round(apart / 1_000), limit: CLOCKS_APART_MS / 1_000 } : null;
}

function unseen({ unsent, nowMs }: Vitals): Detail | null {
  const found = unsent.filter(({ sinceMs }) => nowMs - sinceMs >= UNSEEN_AFTER_MS).length;
  return found > 0 ? { found } : null;
}
