// Bodies that can be told by their digest: whoever has one already is answered 304. And the form of answers that can be had in several.
import type { Context } from "hono";
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import { fromJson } from "../../shared/cbor/json.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { fault } from "../../shared/result.ts";
import type { AgentContext } from "./app.ts";
import { CBOR_TYPE, JSON_TYPE } from "./contract/route.ts";
import { problem } from "./problem.ts";

/** Answers with the body, and its SHA-256 as a strong validator; without it where the asker has it. */
export function entity(context: Context<AgentContext>, body: string | Uint8Array, type: string): Response {
  if (type === JSON_TYPE && context.get("form") === CBOR_TYPE) return context.body(String(body), 200, JSON_HEADERS); // `inForm` tells it
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : Uint8Array.from(body);
  const etag = `"sha256:${sha256Hex(bytes)}"`;
  return has(context, etag)
    ? context.body(null, 304, { etag })
    : context.body(bytes, 200, { "content-type": type, etag });
}

/** The same of a body that is never whole in memory, under a name that changes with it. */
export async function streamed(
  context: Context<AgentContext>,
  { tag, body }: { readonly tag: string; readonly body: ReadableStream<Uint8Array> },
  type: string,
): Promise<Response> {
  const etag = `"bundle:${tag}"`;
  if (!has(context, etag)) return context.body(body, 200, { "content-type": type, etag });
  await body.cancel();
  return context.body(null, 304, { etag });
}

function has(context: Context<AgentContext>, etag: string): boolean {
  const known = context.req.header("if-none-match")?.split(",") ?? [];
  return known.some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === etag);
}

const JSON_HEADERS = { "content-type": JSON_TYPE };

/** The answer in the form that was asked for: a JSON document is told in CBOR too, of the profile in which everything is signed. */
export async function inForm(context: Context<AgentContext>, answer: Response): Promise<Response> {
  const isJson = answer.headers.get("content-type")?.split(";")[0] === JSON_TYPE;
  if (context.get("form") !== CBOR_TYPE || !answer.ok || !isJson) return answer;
  const value = fromJson(await answer.json());
  return value.ok
    ? entity(context, encodeCanonical(value.value), CBOR_TYPE)
    : problem(context, fault("NOT_ACCEPTABLE", { found: CBOR_TYPE, need: JSON_TYPE }).fault);
}

/** What a route with such a body also answers. */
export const UNCHANGED = { 304: { about: "as it was when its ETag was told", type: "" } } as const;
