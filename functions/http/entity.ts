// Bodies that can be told by their digest: whoever has one already is answered 304.
import type { Context } from "hono";
import { sha256Hex } from "../../shared/hash.ts";
import type { AgentContext } from "./app.ts";

/** Answers with the body, and its SHA-256 as a strong validator; without it where the asker has it. */
export function entity(context: Context<AgentContext>, body: string | Uint8Array, type: string): Response {
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

/** What a route with such a body also answers. */
export const UNCHANGED = { 304: { about: "as it was when its ETag was told", type: "" } } as const;
