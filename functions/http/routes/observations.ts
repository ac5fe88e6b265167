// Observations over HTTP: signed frames carry their own authority, so this road needs no key. It is the same road as the queue's.
import type { Context } from "hono";
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { bytesUpTo, list, readAs, record } from "../../../shared/cbor/read.ts";
import { BATCH_BYTES_MAX, BATCH_FRAMES_MAX, FRAME_BYTES_MAX } from "../../../shared/limits.ts";
import { describeRefusal, type RefusalCode } from "../../../shared/refusals.ts";
import { type Fault, fault, type Result } from "../../../shared/result.ts";
import type { Answer } from "../../hand-in.ts";
import { type Arrival, faultOf, ingest } from "../../ingest.ts";
import type { AgentContext } from "../app.ts";
import { mediaType, readBytes } from "../body.ts";
import { CBOR_TYPES, JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { problem } from "../problem.ts";

export const OBSERVATION_ROUTES: readonly Route[] = [
  route({
    method: "POST",
    path: "/v1/observations",
    group: "observations",
    does: "takes a signed frame",
    access: "signer",
    sends: true,
    body: { about: "one frame", types: CBOR_TYPES, limit: FRAME_BYTES_MAX },
    answers: {
      200: { about: "taken, or known already", type: JSON_TYPE, shape: shape.receipt },
      202: { about: "kept until what it waits for comes", type: JSON_TYPE, shape: shape.receipt },
    },
    refusals: [
      "FRAME_EMPTY",
      "SIGNATURE_INVALID",
      "MESH_UNKNOWN",
      "SEAT_MISMATCH",
      "ROUND_CLOSED",
      "CEREMONY_UNKNOWN",
      "SHARD_BEHIND",
      "SIGNER_LIMITED",
    ],
    handle: submitRoute,
  }),
  route({
    method: "POST",
    path: "/v1/observations:batch",
    group: "observations",
    does: `takes a CBOR list of up to ${BATCH_FRAMES_MAX} frames, each answered by itself`,
    access: "signer",
    sends: true,
    cost: 10,
    body: {
      about: `a CBOR list of 1 to ${BATCH_FRAMES_MAX} frames as byte strings`,
      types: CBOR_TYPES,
      limit: BATCH_BYTES_MAX,
    },
    answers: {
      200: {
        about: "one answer a frame",
        type: JSON_TYPE,
        shape: record({ answers: shape.several(shape.itemAnswer) }),
      },
    },
    refusals: ["BODY_INVALID", "SHARD_BEHIND", "SIGNER_LIMITED"],
    handle: submitBatchRoute,
  }),
];

async function submitRoute(context: Context<AgentContext>): Promise<Response> {
  const frame = await readCbor(context, FRAME_BYTES_MAX);
  if (!frame.ok) return problem(context, frame.fault);
  const answers = await ingest(context.env, context.get("config"), [arrived(frame.value)]);
  const answer = answers[0] as Answer;
  const refusal = faultOf(answer);
  if (refusal !== null) {
    comeAgain(context, [refusal]);
    return problem(context, refusal);
  }
  if (!("receipt" in answer)) return context.json(null);
  const { receipt } = answer;
  const held = receipt.verdict === "held";
  if (held) context.header("location", `/v1/observations/${receipt.id}/explain`);
  return context.json(receipt, held ? 202 : 200);
}

/** Refusals of what is good, and comes too early. */
const FOR_NOW: readonly RefusalCode[] = ["SHARD_BEHIND", "SIGNER_LIMITED"];

/** A CBOR list of frames. Each is answered by itself, in order: one that is refused says nothing of its neighbours. */
async function submitBatchRoute(context: Context<AgentContext>): Promise<Response> {
  const bytes = await readCbor(context, BATCH_BYTES_MAX);
  if (!bytes.ok) return problem(context, bytes.fault);
  const frames = readFrames(bytes.value);
  if (!frames.ok) return problem(context, frames.fault);
  const answers = await ingest(context.env, context.get("config"), frames.value.map(arrived));
  const away = comeAgain(
    context,
    answers.flatMap((answer) => faultOf(answer) ?? []),
  );
  const [first] = away;
  // Where all are turned away for now, the request is; where some are, they come again by themselves.
  if (first !== undefined && away.length === answers.length) return problem(context, first);
  return context.json({ answers: answers.map(shown) });
}

/** Says when what was turned away for now may come again: the soonest of it; answers what that is. */
function comeAgain(context: Context<AgentContext>, refusals: readonly Fault[]): readonly Fault[] {
  const away = refusals.filter(({ code }) => FOR_NOW.includes(code));
  const now = Date.now();
  const seconds = away.map(({ detail: { resetMs = now } }) => Math.ceil((Number(resetMs) - now) / 1_000));
  if (away.length > 0) context.header("retry-after", String(Math.max(1, Math.min(...seconds))));
  return away;
}

function shown(answer: Answer) {
  const refusal = faultOf(answer);
  const id = "receipt" in answer ? answer.receipt.id : null;
  if (refusal !== null) return { id, verdict: "refused", ...describeRefusal(refusal) };
  return "receipt" in answer ? { id, verdict: answer.receipt.verdict, code: answer.receipt.code } : null;
}

const readList = list(bytesUpTo(FRAME_BYTES_MAX), BATCH_FRAMES_MAX, 1);

function readFrames(bytes: Uint8Array): Result<readonly Uint8Array[]> {
  const decoded = decodeCanonical(bytes);
  const read = decoded.ok ? readAs(decoded.value, readList) : decoded;
  if (read.ok) return read;
  return fault("BODY_INVALID", {
    path: "body",
    need: `a CBOR list of 1 to ${BATCH_FRAMES_MAX} frames as byte strings`,
  });
}

function arrived(frame: Uint8Array): Arrival {
  return { road: "http", account: null, topic: null, frame };
}

async function readCbor(context: Context<AgentContext>, limit: number): Promise<Result<Uint8Array>> {
  const found = mediaType(context.req.raw);
  if (found !== "application/cbor" && found !== "application/cose")
    return fault("CONTENT_TYPE", { found, need: "application/cbor" });
  return readBytes(context.req.raw, limit);
}
