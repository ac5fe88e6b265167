// Whose a key is, and what its holder may do.
import type { AgentConfig } from "../../durable/config.ts";
import { type ApiKey, allows } from "../../durable/keys.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { Scope } from "../../shared/scopes.ts";
import { constantTimeEqual } from "../constant-time.ts";

export type Caller = {
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** Units of work a minute. */
  readonly perMinute: number;
  /** When it stops being good, in milliseconds; null where it does not. */
  readonly untilMs: number | null;
  /** Of a person: the digest of the token that speaks for them. */
  readonly token: string | null;
};

/** Whose key it is of which this is the digest. Every key is compared, so that the time taken does not tell which one was nearly met. */
export async function keyHolder({ keys }: AgentConfig, digest: string, nowMs: number): Promise<Result<Caller>> {
  const fits = await Promise.all(keys.map(({ sha256 }) => constantTimeEqual(digest, sha256)));
  const key = keys.find((_, index) => fits[index]);
  return key === undefined ? fault("UNAUTHORISED") : inTime(key, nowMs);
}

export function inTime({ id, scopes, perMinute, from, until }: ApiKey, nowMs: number): Result<Caller> {
  if (from !== null && nowMs < from) return fault("UNAUTHORISED");
  if (until !== null && nowMs >= until) return fault("KEY_WITHDRAWN", { at: until * 1_000 });
  return ok({ id, scopes, perMinute, untilMs: until, token: null });
}

export function mayDo({ scopes }: Caller, needed: Scope): Result<null> {
  return allows(scopes, needed)
    ? ok(null)
    : fault("SCOPE_MISSING", { need: needed, found: scopes.length === 0 ? "none" : scopes.join(", ") });
}
