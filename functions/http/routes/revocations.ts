// Revocations for the party's own people and programs: make one known to this agent, its ceremonies and its partners, or carry one into a ceremony.
import { type Context, Hono } from "hono";
import { type AgentConfig, meshTime } from "../../../durable/config.ts";
import { DIRECTORY_NAME, LINK_NAME } from "../../../durable/env.ts";
import { isStatement, openAuthorityStatement, type Revocation } from "../../../shared/authority/statement.ts";
import { parseBase64 } from "../../../shared/bytes.ts";
import { readAs, record, text } from "../../../shared/cbor/read.ts";
import { FRAME_BYTES_MAX, TTL_MICROS_MAX } from "../../../shared/limits.ts";
import { buildTopic } from "../../../shared/mesh/subject.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { fault, ok, type Result } from "../../../shared/result.ts";
import { type Answer, faultOf, ingest } from "../../ingest.ts";
import type { AgentContext } from "../app.ts";
import { readJson } from "../body.ts";
import { problem } from "../problem.ts";
import { withCeremony } from "./ceremonies.ts";

/** Ceremonies that are told at once; any other learns of it with the next frame that it is handed. */
const TOLD_MAX = 100;

export function revocationRoutes(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.post("/v1/revocations", announceRoute);
  app.post("/v1/ceremonies/:id/revocations", carryRoute);
  return app;
}

/** Makes a revocation known: to this agent's door, to the ceremonies that are open here, and to every partner. */
async function announceRoute(context: Context<AgentContext>): Promise<Response> {
  const { env } = context;
  const config = context.get("config");
  const revocation = await readRevocation(context);
  if (!revocation.ok) return problem(context, revocation.fault);
  const notice = noticeOf(config, revocation.value);
  const [answer] = await ingest(env, config, [{ road: "http", account: null, topic: null, frame: notice.frame }]);
  const refusal = faultOf(answer as Answer);
  if (refusal !== null) return problem(context, refusal);
  const open = await env.DIRECTORY.getByName(DIRECTORY_NAME).open(TOLD_MAX);
  await Promise.allSettled(open.map((id) => env.CEREMONY.getByName(id).submit([], [revocation.value.frame])));
  const told = await tellPartners(context, notice);
  return context.json({ revocation: revocation.value.id, notice: notice.id, ceremonies: open.length, told }, 201);
}

/** A notice outside of every ceremony, in the agent's own name. */
function noticeOf(config: AgentConfig, revocation: Revocation): VerifiedObservation {
  const now = meshTime(config);
  return config.author({
    ceremony: null,
    round: null,
    slot: { seat: null, attempt: null, item: null },
    at: [now, now],
    timeToLive: TTL_MICROS_MAX,
    lineage: { sequence: 0, prev: null, parents: [], sources: [], derivation: null },
    body: { kind: "notice", revocation },
  });
}

async function tellPartners(context: Context<AgentContext>, { id, frame }: VerifiedObservation): Promise<number> {
  const { party } = context.get("config");
  const topic = buildTopic(party.mesh, id);
  if (!topic.ok) return 0;
  const items = party.partners.map(({ name }) => ({ peer: name, topic: topic.value, key: id, frame, own: null }));
  const { stored } = await context.env.LINK.getByName(LINK_NAME).send(items);
  return stored;
}

async function carryRoute(context: Context<AgentContext>): Promise<Response> {
  const revocation = await readRevocation(context);
  if (!revocation.ok) return problem(context, revocation.fault);
  return withCeremony(context, async (ceremony) => {
    const [receipt] = await ceremony.carry(revocation.value.frame);
    if (receipt?.verdict === "refused" && receipt.code !== null)
      return problem(context, { code: receipt.code, detail: receipt.detail });
    const { id, verdict, code } = receipt ?? {};
    return context.json({ observation: id, verdict, code }, verdict === "admitted" ? 201 : 200);
  });
}

const readBody = record<{ revocation: string }>({ revocation: text(2 * FRAME_BYTES_MAX) });

/** `{"revocation": base64}`, with a good signature and for this party's mesh. */
async function readRevocation(context: Context<AgentContext>): Promise<Result<Revocation>> {
  const value = await readJson(context.req.raw);
  const body = value.ok ? readAs(value.value, readBody) : value;
  if (!body.ok) return value.ok ? fault("BODY_INVALID", body.fault.detail) : body;
  const frame = parseBase64(body.value.revocation);
  if (frame === null) return fault("BODY_INVALID", { path: "revocation", need: "canonical base64" });
  const opened = await openAuthorityStatement(frame);
  if (!opened.ok) return opened;
  if (!isStatement(opened.value, "revocation"))
    return fault("BODY_INVALID", { path: "revocation", need: "a signed revocation" });
  const { mesh } = context.get("config").party;
  return opened.value.body.mesh === mesh
    ? ok(opened.value)
    : fault("MESH_UNKNOWN", { mesh: opened.value.body.mesh, need: mesh });
}
