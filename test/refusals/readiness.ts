// Examples of the reasons for which an agent is not ready, or not for long.
import type { LinkHealth } from "../../durable/link-object.ts";
import { KEY_ENDS_SOON_MS, OUTBOX_LONG, readinessOf, UNSEEN_AFTER_MS } from "../../functions/ops/readiness.ts";
import type { Vitals } from "../../functions/ops/vitals.ts";
import { CONNECTED } from "../support/agent-here.ts";
import type { Example } from "./example.ts";

export const UNREADY = {
  BUS_UNREACHABLE: unready({ connected: false }),
  AGENT_DRAINING: unready({ draining: true }),
  OUTBOX_LONG: unready({ outbox: OUTBOX_LONG + 1 }),
  INTAKE_LONG: unready({ inbox: 7 }, { queue: { messages: 1_200, oldestMs: -75_000 } }),
  KEY_EXPIRING: unready({}, { keys: [{ key: "acme/agent", endsMs: KEY_ENDS_SOON_MS - 1 }] }),
  CLOCKS_APART: unready({}, { clocks: [{ partner: "bolt", behindMs: -90_000 }] }),
  REVOCATION_UNSEEN: unready({}, { unsent: [{ peer: "bolt", n: 1, sinceMs: -UNSEEN_AFTER_MS }] }),
} as const;

/** The first reason for which an agent in such a state is not ready, or not for long; the real states are caused in their own test. */
function unready(link: Partial<LinkHealth>, changes: Partial<Vitals> = {}): Example {
  const tallies = { counts: [], open: [], clocks: [], shards: { waiting: 0, sinceMs: null }, revocations: 0 };
  const vitals: Vitals = {
    nowMs: 0,
    link: { ...CONNECTED, ...link },
    queue: null,
    tallies,
    unsent: [],
    keys: [],
    clocks: [],
    ...changes,
  };
  return () => readinessOf(vitals).reasons[0];
}
