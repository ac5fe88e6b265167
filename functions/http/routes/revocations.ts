// Revocations for the party's own people and programs: make one known to this agent, its ceremonies and its partners, or carry one into a ceremony.
import type { Context } from "hono";
import { type AgentConfig, meshTime } from "../../../durable/config.ts";
import { DIRECTORY_NAME, LINK_NAME } from "../../../durable/env.ts";
import { isStatement, openAuthorityStatement, type Revocation } from "../../../shared/authority/statement.ts";
import { parseBase64 } from "../../../shared/bytes.ts";
import { hex32, readAs, record, text } from "../../../shared/cbor/read.ts";
import { BODY_BYTES_MAX, FRAME_BYTES_MAX, TTL_MICROS_MAX } from "../../../shared/limits.ts";
import { buildTopic } from "../../../shared/mesh/subject.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { fault, ok, type Result } from "../../../shared/result.ts";
import type { Answer } from "../../hand-in.ts";
import { faultOf, ingest, TOLD_MAX } from "../../ingest.ts";
import type { AgentContext } from "../app.ts";
import { readJson } from "../body.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { problem } from "../problem.ts";
import { withCeremony } from "./ceremonies.ts";

/** `{"revocation": base64}`. */
const readBody = record<{ revocation: string }>({ revocation: text(2 * FRAME_BYTES_MAX) });
const body = {
  about: "the signed revocation in base64, as `party revoke` writes it",
  types: [JSON_TYPE],
  limit: BODY_BYTES_MAX,
  reader: readBody,
};

export const REVOCATION_ROUTES: readonly Route[] = [
  route({
    method: "POST",
    path: "/v1/revocations",
    group: "revocations",
    does: "makes a stolen key known (`party revoke` signs the file): to this door, to the ceremonies that run, to every partner",
    access: "admin",
    body,
    answers: {
      201: {
        about: "known here, told to so many ceremonies and on its way to so many partners",
        type: JSON_TYPE,
        shape: record({ revocation: hex32, notice: hex32, ceremonies: shape.count, told: shape.count }),
      },
    },
    refusals: ["BODY_INVALID", "MESH_UNKNOWN", "SIGNATURE_INVALID", "REVOCATIONS_FULL"],
    handle: announceRoute,
  }),
  route({
    method: "POST",
    path: "/v1/revocations:plan",
    group: "revocations",
    does: "what a revocation would do before anybody goes by it: to the ceremonies that run here, and whom it is told",
    access: "read",
    cost: 10,
    body,
    answers: {
      200: { about: "its effects", type: JSON_TYPE, shape: shape.document("revocation", "ceremonies", "tells") },
    },
    refusals: ["BODY_INVALID", "MESH_UNKNOWN", "SIGNATURE_INVALID"],
    handle: planRoute,
  }),
  route({
    method: "POST",
    path: "/v1/ceremonies/{id}/revocations",
    group: "revocations",
    does: "carries a revocation into the ceremony",
    access: "attest",
    body,
    answers: {
      200: { about: "it was there, or waits", type: JSON_TYPE, shape: shape.said },
      201: { about: "carried in", type: JSON_TYPE, shape: shape.said },
    },
    refusals: ["BODY_INVALID", "NOT_FOUND", "MESH_UNKNOWN", "SIGNATURE_INVALID", "CEREMONY_OVER"],
    handle: carryRoute,
  }),
];

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
  const told = await tellPartners(context, notice, revocation.value.id);
  return context.json({ revocation: revocation.value.id, notice: notice.id, ceremonies: open.length, told }, 201);
}

/** Nothing is kept and nobody is told. */
async function planRoute(context: Context<AgentContext>): Promise<Response> {
  const { env } = context;
  const revocation = await readRevocation(context);
  if (!revocation.ok) return problem(context, revocation.fault);
  const { party } = context.get("config");
  const open = await env.DIRECTORY.getByName(DIRECTORY_NAME).open(TOLD_MAX);
  const previews = await Promise.all(
    open.map((id) => env.CEREMONY.getByName(id).preview(party.mesh, revocation.value)),
  );
  const { id, signer, body: said } = revocation.value;
  const { credential, from, reason } = said;
  return context.json({
    revocation: id,
    credential,
    by: context.get("config").self.roots.get(signer) ?? signer,
    from,
    reason,
    ceremonies: previews.filter((preview) => preview !== null),
    tells: party.partners.map(({ name }) => name),
    undo: "a new credential only: what was revoked stays so",
  });
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

async function tellPartners(
  context: Context<AgentContext>,
  { id, frame }: VerifiedObservation,
  revocation: string,
): Promise<number> {
  const { party } = context.get("config");
  const topic = buildTopic(party.mesh, id);
  if (!topic.ok) return 0;
  const items = party.partners.map(({ name }) => ({ peer: name, topic: topic.value, key: id, frame, own: null }));
  const { stored } = await context.env.LINK.getByName(LINK_NAME).send(items);
  const peers = items.map(({ peer }) => peer);
  await context.env.MESH.getByName(party.mesh).told(revocation, peers);
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

/** One with a good signature and for this party's mesh. */
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
