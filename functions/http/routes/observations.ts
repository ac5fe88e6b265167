// Observations over HTTP: signed frames carry their own authority, so this road needs no key. It is the same road as the queue's.
import { type Context, Hono } from "hono";
import { FRAME_BYTES_MAX } from "../../../shared/limits.ts";
import { fault } from "../../../shared/result.ts";
import { type Answer, faultOf, ingest } from "../../ingest.ts";
import type { AgentContext } from "../app.ts";
import { mediaType, readBytes } from "../body.ts";
import { problem } from "../problem.ts";

export function observationRoutes(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.post("/", submitRoute);
  return app;
}

async function submitRoute(context: Context<AgentContext>): Promise<Response> {
  const found = mediaType(context.req.raw);
  if (found !== "application/cbor" && found !== "application/cose")
    return problem(context, fault("CONTENT_TYPE", { found, need: "application/cbor" }).fault);
  const frame = await readBytes(context.req.raw, FRAME_BYTES_MAX);
  if (!frame.ok) return problem(context, frame.fault);
  const answers = await ingest(context.env, context.get("config"), [
    { road: "http", account: null, topic: null, frame: frame.value },
  ]);
  const answer = answers[0] as Answer;
  const refusal = faultOf(answer);
  if (refusal !== null) return problem(context, refusal);
  return context.json(
    "receipt" in answer ? answer.receipt : null,
    "receipt" in answer && answer.receipt.verdict === "held" ? 202 : 200,
  );
}
