// Ceremonies as this party holds them: the list, one of them, its call, lineage and evidence, and why something was or was not admitted.
import type { Context } from "hono";
import { DIRECTORY_NAME } from "../../../durable/env.ts";
import { record } from "../../../shared/cbor/read.ts";
import { ID_DIGITS_MIN } from "../../../shared/evidence/explain.ts";
import { fault } from "../../../shared/result.ts";
import { explainHere } from "../../explain.ts";
import type { AgentContext } from "../app.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { problem } from "../problem.ts";

type Agent = Context<AgentContext>;

/** Ceremonies listed at most in one answer. */
const LIST_MAX = 200;
const ID = /^[0-9a-f]{64}$/;
/** The digits of an id, or of its beginning. */
const DIGITS = /^[0-9a-f]{1,64}$/;

const explained = { 200: { about: "the factor table", type: JSON_TYPE, shape: shape.explanation } };

export const CEREMONY_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/v1/ceremonies",
    group: "ceremonies",
    does: "lists them, the latest first",
    access: "read",
    answers: {
      200: { about: "the list", type: JSON_TYPE, shape: record({ ceremonies: shape.several(shape.row) }) },
    },
    handle: async (context) =>
      context.json({ ceremonies: await context.env.DIRECTORY.getByName(DIRECTORY_NAME).list(LIST_MAX) }),
  }),
  route({
    method: "GET",
    path: "/v1/ceremonies/{id}",
    group: "ceremonies",
    does: "shows one as this party sees it",
    access: "read",
    answers: { 200: { about: "the ceremony", type: JSON_TYPE, shape: shape.ceremony } },
    refusals: ["NOT_FOUND"],
    handle: (context) => withCeremony(context, async (ceremony) => context.json(await ceremony.view())),
  }),
  route({
    method: "GET",
    path: "/v1/ceremonies/{id}/call",
    group: "ceremonies",
    does: "the signed call, for whoever is to be handed it",
    access: "read",
    answers: { 200: { about: "the frame", type: "application/cose" } },
    refusals: ["NOT_FOUND"],
    handle: callRoute,
  }),
  route({
    method: "GET",
    path: "/v1/ceremonies/{id}/lineage",
    group: "ceremonies",
    does: "what happened here, entry by entry, each linked to the one before it",
    access: "read",
    answers: {
      200: { about: "the entries", type: JSON_TYPE, shape: record({ lineage: shape.several(shape.entry) }) },
    },
    refusals: ["NOT_FOUND"],
    handle: (context) => withCeremony(context, async (ceremony) => context.json({ lineage: await ceremony.lineage() })),
  }),
  route({
    method: "GET",
    path: "/v1/ceremonies/{id}/evidence",
    group: "ceremonies",
    does: "the evidence bundle, once the ending is certified",
    access: "read",
    answers: { 200: { about: "the bundle", type: JSON_TYPE, shape: shape.document("format") } },
    refusals: ["NOT_FOUND", "PROVISIONAL"],
    handle: evidenceRoute,
  }),
  route({
    method: "GET",
    path: "/v1/ceremonies/{id}/observations/{observation}/explain",
    group: "ceremonies",
    does: "why an observation was, or was not, admitted in this ceremony",
    access: "read",
    answers: explained,
    refusals: ["NOT_FOUND", "NEVER_ARRIVED", "ID_AMBIGUOUS", "QUERY_INVALID"],
    handle: (context) => withCeremony(context, () => explainRoute(context, context.req.param("id") ?? "")),
  }),
  route({
    method: "GET",
    path: "/v1/observations/{observation}/explain",
    group: "observations",
    does: "why an observation was, or was not, admitted, in whichever ceremony holds it; the beginning of its id is enough",
    access: "read",
    answers: explained,
    refusals: ["NEVER_ARRIVED", "ID_AMBIGUOUS", "QUERY_INVALID"],
    handle: (context) => explainRoute(context, null),
  }),
];

function callRoute(context: Agent): Promise<Response> {
  return withCeremony(context, async (ceremony) => {
    const frame = await ceremony.call();
    return frame === null
      ? problem(context, fault("NOT_FOUND", { thing: "such call" }).fault)
      : context.body(Uint8Array.from(frame), 200, { "content-type": "application/cose" });
  });
}

function evidenceRoute(context: Agent): Promise<Response> {
  return withCeremony(context, async (ceremony) => {
    const bundle = await ceremony.evidence();
    return bundle === null
      ? problem(context, fault("PROVISIONAL").fault)
      : context.body(bundle, 200, { "content-type": JSON_TYPE });
  });
}

/** Why an observation was admitted or not: of one ceremony, or of whichever has it. */
export async function explainRoute(context: Agent, ceremony: string | null): Promise<Response> {
  const id = context.req.param("observation") ?? "";
  if (!DIGITS.test(id) || id.length < ID_DIGITS_MIN)
    return problem(context, fault("QUERY_INVALID", { need: `${ID_DIGITS_MIN} to 64 hexadecimal digits` }).fault);
  const explained = await explainHere(context.env, context.get("config"), id, ceremony);
  return explained.ok ? context.json(explained.value) : problem(context, explained.fault, true);
}

type CeremonyStub = ReturnType<AgentContext["Bindings"]["CEREMONY"]["getByName"]>;

/** An object for an unknown id would be a new one: only ids of the right shape are looked up, and an empty one is not found. */
export async function withCeremony(
  context: Agent,
  answer: (ceremony: CeremonyStub) => Promise<Response>,
): Promise<Response> {
  const id = context.req.param("id") ?? "";
  const absent = () => problem(context, fault("NOT_FOUND", { thing: "such ceremony" }).fault);
  if (!ID.test(id)) return absent();
  const ceremony = context.env.CEREMONY.getByName(id);
  const view = await ceremony.view();
  const known = view.policy !== null || view.refusal !== null || view.hold !== null;
  return known ? answer(ceremony) : absent();
}
