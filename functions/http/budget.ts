// How much a caller may ask. An isolate spends from leases that the agent's one Edge object grants, so that all isolates together keep to
// one budget, and most requests ask nobody; with each lease it learns whether the key was withdrawn.
import { type AgentEnv, EDGE_NAME, LINK_NAME } from "../../durable/env.ts";
import { UNITS_A_MINUTE } from "../../durable/keys.ts";
import { OUTBOX_BACKLOG_MAX } from "../../shared/limits.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { Caller } from "./keys.ts";
import { Minutes } from "./minutes.ts";

/** What a caller is told of its budget. */
export type Budget = { readonly limit: number; readonly remaining: number; readonly resetMs: number };

/** Units of one lease, and how long it lasts: so late at most does an isolate learn that a key was withdrawn. */
const LEASE_UNITS = 50;
const LEASE_MS = 2_000;
/** Callers remembered in one isolate. */
const CALLERS_MAX = 5_000;
const BACKLOG_KNOWN_MS = 2_000;

type Held = {
  left: number;
  remaining: number;
  readonly resetMs: number;
  readonly untilMs: number;
  readonly withdrawnAtMs: number | null;
  readonly ended: boolean;
};
export const LOGGED_OUT = "whoever it speaks for has logged out";
const held = new WeakMap<object, Map<string, Held>>();

/** Takes `units` from the caller's minute. */
export async function spend(env: AgentEnv, caller: Caller, units: number, nowMs: number): Promise<Result<Budget>> {
  const { id, token, perMinute: limit } = caller;
  const mine = callersOf(env.EDGE);
  const name = `${id} ${token ?? ""}`;
  const before = mine.get(name);
  const good = before !== undefined && nowMs < before.untilMs && nowMs < before.resetMs && before.left >= units;
  const lease = good ? before : await leased(env, caller, units, before, nowMs);
  if (mine.size >= CALLERS_MAX) mine.clear();
  mine.set(name, lease);
  if (lease.withdrawnAtMs !== null) return fault("KEY_WITHDRAWN", { at: lease.withdrawnAtMs * 1_000 });
  if (lease.ended) return fault("TOKEN_INVALID", { reason: LOGGED_OUT });
  if (lease.left < units) return fault("RATE_LIMITED", { limit, resetMs: lease.resetMs });
  lease.left -= units;
  return ok({ limit, remaining: lease.left + lease.remaining, resetMs: lease.resetMs });
}

/** What this isolate still held for a caller that is gone: it learns of that here before its leases end. */
export function forgetLeases({ EDGE }: AgentEnv, id: string): void {
  const mine = callersOf(EDGE);
  for (const name of [...mine.keys()]) if (name.startsWith(`${id} `)) mine.delete(name);
}

async function leased(
  env: AgentEnv,
  { id, token, perMinute }: Caller,
  units: number,
  before: Held | undefined,
  nowMs: number,
): Promise<Held> {
  const back = before !== undefined && nowMs < before.resetMs ? before.left : 0;
  const want = Math.max(units, Math.min(LEASE_UNITS, Math.ceil(perMinute / 20)));
  const lease = await env.EDGE.getByName(EDGE_NAME).lease({ id, token }, perMinute, want, back, nowMs);
  const { granted, remaining, resetMs, withdrawnAtMs, ended } = lease;
  return { left: granted, remaining, resetMs, untilMs: nowMs + LEASE_MS, withdrawnAtMs, ended };
}

/** By the object that grants, so that agents which share a process, as in tests, share no budget. */
function callersOf(edge: object): Map<string, Held> {
  const mine = held.get(edge) ?? new Map<string, Held>();
  held.set(edge, mine);
  return mine;
}

/**
 * Whoever sends signed frames has no key. Each address has a minute's budget in each isolate: enough against one that floods, and it costs
 * nobody else anything. The platform's own rules stand before it.
 */
const addresses = new Minutes();

export function spendFrom(address: string | null, units: number, nowMs: number): Result<Budget | null> {
  if (address === null) return ok(null);
  const { used, resetMs } = addresses.of(address, nowMs);
  if (used + units > UNITS_A_MINUTE) return fault("RATE_LIMITED", { limit: UNITS_A_MINUTE, resetMs });
  const minute = addresses.add(address, units, nowMs);
  return ok({ limit: UNITS_A_MINUTE, remaining: UNITS_A_MINUTE - minute.used, resetMs: minute.resetMs });
}

const backlogs = new WeakMap<object, { readonly rows: number; readonly untilMs: number }>();

/** Refuses what would add to a backlog that is too long already. */
export async function checkBacklog({ LINK }: AgentEnv, nowMs: number): Promise<Result<null>> {
  let known = backlogs.get(LINK);
  if (known === undefined || nowMs >= known.untilMs) {
    const { outbox } = await LINK.getByName(LINK_NAME).health();
    known = { rows: outbox, untilMs: nowMs + BACKLOG_KNOWN_MS };
    backlogs.set(LINK, known);
  }
  return known.rows > OUTBOX_BACKLOG_MAX
    ? fault("QUEUE_BACKLOGGED", { found: known.rows, limit: OUTBOX_BACKLOG_MAX })
    : ok(null);
}
