// Keys that fit nothing: each address may try so many a minute. A right key is taken all the same, so that nobody locks its holder out; only
// an address that floods is compared no more, but for the keys that were right from there before.
import type { Context } from "hono";
import { sha256Hex } from "../../shared/hash.ts";
import { fault, type Result } from "../../shared/result.ts";
import { addressOf } from "./address.ts";
import type { AgentContext } from "./app.ts";
import { type Caller, keyHolder } from "./keys.ts";
import { Minutes } from "./minutes.ts";

/** Wrong keys of one address that are answered as such in a minute, and those that are compared at all. */
export const WRONG_A_MINUTE = 30;
export const COMPARED_A_MINUTE = 1_000;
/** Pairs of an address and a key that was right from there, in one isolate. */
const RIGHT_MAX = 5_000;

type Tried = { readonly wrong: Minutes; readonly right: Set<string> };
const tried = new WeakMap<object, Tried>();

/** Whose key a text is. */
export async function callerByKey(context: Context<AgentContext>, given: string): Promise<Result<Caller>> {
  const { wrong, right } = triedAt(context.env.EDGE);
  const address = addressOf(context.req.raw) ?? "";
  const digest = sha256Hex(new TextEncoder().encode(given));
  const pair = `${address} ${digest}`;
  const nowMs = Date.now();
  const many = () => fault("KEYS_TRIED", { limit: WRONG_A_MINUTE, resetMs: wrong.of(address, nowMs).resetMs });
  if (wrong.of(address, nowMs).used >= COMPARED_A_MINUTE && !right.has(pair)) return many();
  const holder = await keyHolder(context.get("config"), digest, nowMs);
  if (holder.ok || holder.fault.code !== "UNAUTHORISED") {
    if (right.size >= RIGHT_MAX) right.clear();
    right.add(pair);
    return holder;
  }
  return wrong.add(address, 1, nowMs).used > WRONG_A_MINUTE ? many() : holder;
}

function triedAt(edge: object): Tried {
  const known = tried.get(edge) ?? { wrong: new Minutes(), right: new Set() };
  tried.set(edge, known);
  return known;
}
