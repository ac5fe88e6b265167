// Who asks: the bearer keys of the party's own people and programs, and what each may do.
import type { Context } from "hono";
import { fault, ok, type Result } from "../../shared/result.ts";
import { constantTimeEqual } from "../constant-time.ts";
import type { AgentContext } from "./app.ts";
import type { Access } from "./contract/route.ts";

export async function authorise(context: Context<AgentContext>, access: Access): Promise<Result<null>> {
  if (access === "anyone" || access === "signer") return ok(null);
  const given = /^bearer +(.+)$/i.exec(context.req.header("authorization") ?? "")?.[1] ?? "";
  return (await constantTimeEqual(given, context.get("config").apiKey)) ? ok(null) : fault("UNAUTHORISED");
}
