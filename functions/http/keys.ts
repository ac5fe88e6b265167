// Who asks: a bearer key of the party's own people and programs, or a person for whom the identity provider's token speaks; and what each
// may do.
import type { Context } from "hono";
import type { AgentConfig } from "../../durable/config.ts";
import { type ApiKey, allows, UNITS_A_MINUTE } from "../../durable/keys.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { Scope } from "../../shared/scopes.ts";
import { constantTimeEqual } from "../constant-time.ts";
import type { AgentContext } from "./app.ts";
import { isCrossSite } from "./origin.ts";
import { verifyToken } from "./tokens.ts";

export type Caller = {
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** Units of work a minute. */
  readonly perMinute: number;
  /** When it stops being good, in milliseconds; null where it does not. */
  readonly untilMs: number | null;
};

/** What Cloudflare Access adds to every request that it lets through. */
const TOKEN_HEADER = "cf-access-jwt-assertion";

/** Who sends this request, provided that the key or the token is good now. A bearer key counts before a token. */
export async function callerOf(context: Context<AgentContext>): Promise<Result<Caller>> {
  const config = context.get("config");
  const given = /^bearer +(.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  const token = context.req.header(TOKEN_HEADER);
  if (given === undefined && token !== undefined && config.access !== null) {
    const bearer = await verifyToken(config.access, token);
    if (!bearer.ok) return bearer;
    // Access makes the token of a cookie, which a browser sends along whoever's page asks: unlike a key it does not show who wants this.
    if (context.req.method !== "GET" && isCrossSite(context.req.raw)) return fault("FORM_FOREIGN");
    const { id, scopes, untilMs } = bearer.value;
    return ok({ id, scopes, untilMs, perMinute: UNITS_A_MINUTE });
  }
  const key = await keyOf(config, given ?? "");
  return key === null ? fault("UNAUTHORISED") : inTime(key, Date.now());
}

/** Every key is compared, so that the time taken does not tell which one was nearly met. */
async function keyOf({ keys }: AgentConfig, given: string): Promise<ApiKey | null> {
  const digest = sha256Hex(new TextEncoder().encode(given));
  const fits = await Promise.all(keys.map(({ sha256 }) => constantTimeEqual(digest, sha256)));
  return keys.find((_, index) => fits[index]) ?? null;
}

function inTime({ id, scopes, perMinute, from, until }: ApiKey, nowMs: number): Result<Caller> {
  if (from !== null && nowMs < from) return fault("UNAUTHORISED");
  if (until !== null && nowMs >= until) return fault("KEY_WITHDRAWN", { at: until * 1_000 });
  return ok({ id, scopes, perMinute, untilMs: until });
}

export function mayDo({ scopes }: Caller, needed: Scope): Result<null> {
  return allows(scopes, needed)
    ? ok(null)
    : fault("SCOPE_MISSING", { need: needed, found: scopes.length === 0 ? "none" : scopes.join(", ") });
}
