// Webhooks in: the raw bytes are verified before anything is parsed, and one delivery opens at most one ceremony. Each request is kept,
// also one that is refused.
import type { Context } from "hono";
import { log } from "../../../durable/log.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { type Fault, fault } from "../../../shared/result.ts";
import {
  actOn,
  type Intake,
  keepRequest,
  type Received,
  refused,
  type VerifiedDelivery,
  verifyDelivery,
} from "../../hooks/receive.ts";
import { intakeOf } from "../../hooks/sources.ts";
import type { AgentContext } from "../app.ts";
import { readBytes } from "../body.ts";
import { problem } from "../problem.ts";

type HookContext = Context<AgentContext>;

/** Refused requests that one isolate puts on record in a second: whoever forges thousands writes no thousands of rows. */
const REJECTED_A_SECOND_MAX = 20;
let rejected = { second: 0, count: 0 };

export async function hookRoute(context: HookContext): Promise<Response> {
  const intake = await intakeOf(context, context.req.param("source") ?? "");
  if (!intake.ok) return problem(context, intake.fault);
  const startedMs = Date.now();
  const body = await readBytes(context.req.raw);
  if (!body.ok) return reject(context, intake.value, body.fault, new Uint8Array(), startedMs);
  const verified = await verifyDelivery(intake.value, context.req.raw.headers, body.value);
  if (!verified.ok) return reject(context, intake.value, verified.fault, body.value, startedMs);
  const received = await acted(intake.value, verified.value, body.value);
  const id = await keepRequest(intake.value, received, { body: body.value, verified: verified.value, startedMs });
  return answerOf(context, received, id);
}

/** A failure of ours is on record as one, and so is its delivery: it can be replayed. */
export async function acted(intake: Intake, verified: VerifiedDelivery, body: Uint8Array): Promise<Received> {
  try {
    return await actOn(intake, verified, body);
  } catch (error) {
    log("error", "hook-failed", { request: intake.request, source: intake.source.id, reason: String(error) });
    return refused("failed", fault("INTERNAL", { request: intake.request }).fault, true);
  }
}

export function answerOf(context: HookContext, { status, fault: cause, ceremony, challenge }: Received, id: string) {
  if (challenge !== null) return context.json({ challenge });
  if (status === "ignored" && cause !== null) {
    context.header("location", `/v1/sources/${context.req.param("source")}/requests/${id}`);
    return context.json({ opened: null, request: id, ...describeRefusal(cause) }, 202);
  }
  if (cause !== null) return problem(context, cause);
  return context.json(
    { opened: ceremony, duplicate: status === "duplicate", request: id },
    status === "duplicate" ? 200 : 201,
  );
}

/** The cause of a mismatch is for the source's owner: it goes to the record and the log, and the sender learns only that it is there. */
async function reject(
  context: HookContext,
  intake: Intake,
  cause: Fault,
  body: Uint8Array,
  startedMs: number,
): Promise<Response> {
  const { code, detail } = cause;
  const { cause: why, received } = detail;
  log("warn", "hook-refused", { request: intake.request, source: intake.source.id, code, cause: why, received });
  if (mayRecord(startedMs))
    await keepRequest(intake, refused("rejected", cause, false), { body, verified: null, startedMs });
  return problem(
    context,
    code === "HOOK_SIGNATURE_MISMATCH" ? { code, detail: { cause: "see the agent's log" } } : cause,
  );
}

function mayRecord(nowMs: number): boolean {
  const second = Math.floor(nowMs / 1_000);
  rejected = rejected.second === second ? { second, count: rejected.count + 1 } : { second, count: 1 };
  return rejected.count <= REJECTED_A_SECOND_MAX;
}
