// Ceremonies as this party holds them: the list, one of them, its call, lineage and evidence, and why something was or was not admitted.
import type { Context } from "hono";
import { ALL_CEREMONIES, type CeremonyRow } from "../../../durable/ceremony-list.ts";
import { type CeremonyRpc, DIRECTORY_NAME } from "../../../durable/env.ts";
import { nullable, oneOf, text } from "../../../shared/cbor/read.ts";
import type { Phase } from "../../../shared/ceremony/state.ts";
import { ID_DIGITS_MIN } from "../../../shared/evidence/explain.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import { viewOfObservation } from "../../../shared/observation/view.ts";
import { fault } from "../../../shared/result.ts";
import { explainHere, frameHere } from "../../explain.ts";
import { ceremonyKnown } from "../../known.ts";
import type { AgentContext } from "../app.ts";
import { answerPage, LIMIT, pageOf } from "../contract/paging.ts";
import { CBOR_TYPE, JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { entity, streamed, UNCHANGED } from "../entity.ts";
import { problem } from "../problem.ts";

type Agent = Context<AgentContext>;

/** When it last changed, in milliseconds, and its id. */
const CURSOR = /^(\d{1,15})-([0-9a-f]{64})$/;
const COSE = "application/cose";
/** The digits of an id, or of its beginning. */
const DIGITS = new RegExp(`^[0-9a-f]{${ID_DIGITS_MIN},64}$`);

const explained = {
  200: { about: "the factor table", type: JSON_TYPE, also: [CBOR_TYPE], shape: shape.explanation },
  ...UNCHANGED,
};

export const CEREMONY_ROUTES: readonly Route[] = [
  route<ListQuery>({
    method: "GET",
    path: "/v1/ceremonies",
    group: "ceremonies",
    does: "lists them, the latest first",
    access: "read",
    query: {
      status: { about: "a phase, or `open`, or `ended`", reader: nullable(oneOf("open", "ended", ...shape.PHASES)) },
      pattern: { about: "of this pattern or policy id", reader: nullable(text()) },
      cursor: { about: "`next` of the page before", reader: nullable(text()) },
      limit: LIMIT,
    },
    answers: {
      200: {
        about: "a page of the list; `next` leads on, and `Link` too",
        type: JSON_TYPE,
        also: [CBOR_TYPE],
        shape: pageOf("ceremonies", shape.row),
      },
      ...UNCHANGED,
    },
    handle: listRoute,
  }),
  route({
    method: "GET",
    path: "/v1/ceremonies/{id}",
    group: "ceremonies",
    does: "shows one as this party sees it",
    access: "read",
    answers: {
      200: { about: "the ceremony", type: JSON_TYPE, also: [CBOR_TYPE], shape: shape.ceremony },
      ...UNCHANGED,
    },
    refusals: ["NOT_FOUND"],
    handle: (context) =>
      withCeremony(context, async (held) => entity(context, JSON.stringify(await held.view()), JSON_TYPE)),
  }),
  route({
    method: "GET",
    path: "/v1/ceremonies/{id}/call",
    group: "ceremonies",
    does: "the signed call, for whoever is to be handed it",
    access: "read",
    answers: { 200: { about: "the frame", type: COSE }, ...UNCHANGED },
    refusals: ["NOT_FOUND"],
    handle: callRoute,
  }),
  route({
    method: "GET",
    path: "/v1/ceremonies/{id}/outcome",
    group: "ceremonies",
    does: "what came of it, and how many organisations are known to have computed the same",
    access: "read",
    answers: {
      200: { about: "the certified ending", type: JSON_TYPE, also: [CBOR_TYPE], shape: shape.outcome },
      ...UNCHANGED,
    },
    refusals: ["NOT_FOUND", "PROVISIONAL"],
    handle: outcomeRoute,
  }),
  route({
    method: "GET",
    path: "/v1/ceremonies/{id}/evidence",
    group: "ceremonies",
    does: "the evidence bundle, once the ending is certified",
    access: "read",
    answers: { 200: { about: "the bundle", type: JSON_TYPE, shape: shape.document("format") }, ...UNCHANGED },
    refusals: ["NOT_FOUND", "PROVISIONAL"],
    handle: evidenceRoute,
  }),
  route({
    method: "GET",
    path: "/v1/ceremonies/{id}/observations/{observation}/inclusion",
    group: "ceremonies",
    does: "proves that a contribution counted, for whoever handed it in and runs no agent; its whole id is the key",
    access: "anyone",
    answers: { 200: { about: "the proof", type: JSON_TYPE, shape: shape.document("format") } },
    refusals: ["NOT_FOUND", "OUTCOME_PENDING", "INCLUSION_ABSENT", "INCLUSION_UNSAID"],
    handle: inclusionRoute,
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
    path: "/v1/observations/{observation}",
    group: "observations",
    does: "a signed frame as it was received, refused ones too; the beginning of its id is enough",
    access: "read",
    answers: {
      200: {
        about: "the frame, which is COSE and so CBOR; as JSON what it says, in which no signature can be checked",
        type: COSE,
        also: [CBOR_TYPE, JSON_TYPE],
      },
      ...UNCHANGED,
    },
    refusals: ["NEVER_ARRIVED", "ID_AMBIGUOUS"],
    handle: frameRoute,
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

const ENDED: readonly Phase[] = ["refused", "final", "abandoned", "expired"];
type Status = Phase | "open" | "ended";

/** What a status that may be asked for stands for. */
function phasesOf(status: Status | null): readonly Phase[] | null {
  if (status === "ended") return ENDED;
  if (status === "open") return shape.PHASES.filter((phase) => !ENDED.includes(phase));
  return status === null ? null : [status];
}

type ListQuery = {
  readonly status: Status | null;
  readonly pattern: string | null;
  readonly cursor: string | null;
  readonly limit: number | null;
};

async function listRoute(context: Agent, { status, pattern, cursor, limit }: ListQuery): Promise<Response> {
  const [, atMs, ceremony] = CURSOR.exec(cursor ?? "") ?? [];
  if (cursor !== null && (atMs === undefined || ceremony === undefined))
    return problem(context, fault("QUERY_INVALID", { path: "?cursor", need: "`next` of the page before" }).fault);
  const after = atMs === undefined || ceremony === undefined ? null : { atMs: Number(atMs), ceremony };
  const phases = phasesOf(status);
  const directory = context.env.DIRECTORY.getByName(DIRECTORY_NAME);
  const read = async (most: number) => directory.list(most, { ...ALL_CEREMONIES, phases, pattern, after });
  const cursorOf = (row: CeremonyRow) => `${row.atMs}-${row.ceremony}`;
  return answerPage(context, "ceremonies", limit, read, { cursorOf, show: (row) => row });
}

function outcomeRoute(context: Agent): Promise<Response> {
  return withCeremony(context, async (held) => {
    const { ceremony, phase, outcome, agreement } = await held.view();
    return outcome === null
      ? problem(context, fault("PROVISIONAL").fault)
      : entity(context, JSON.stringify({ ceremony, phase, ...outcome, agreement }), JSON_TYPE);
  });
}

function callRoute(context: Agent): Promise<Response> {
  return withCeremony(context, async (ceremony) => {
    const frame = await ceremony.call();
    return frame === null
      ? problem(context, fault("NOT_FOUND", { thing: "such call" }).fault)
      : entity(context, frame, COSE);
  });
}

function inclusionRoute(context: Agent): Promise<Response> {
  return withCeremony(context, async (ceremony) => {
    const proof = await ceremony.inclusion(context.req.param("observation") ?? "");
    return proof.ok ? context.json(proof.value) : problem(context, proof.fault);
  });
}

function evidenceRoute(context: Agent): Promise<Response> {
  return withCeremony(context, async (ceremony) => {
    const bundle = await ceremony.evidence();
    return bundle === null ? problem(context, fault("PROVISIONAL").fault) : streamed(context, bundle, JSON_TYPE);
  });
}

const ID_NEED = { path: "the id of the observation", need: `${ID_DIGITS_MIN} to 64 hexadecimal digits` };

async function frameRoute(context: Agent): Promise<Response> {
  const id = context.req.param("observation") ?? "";
  if (!DIGITS.test(id)) return problem(context, fault("QUERY_INVALID", ID_NEED).fault);
  const frame = await frameHere(context.env, context.get("config"), id);
  if (!frame.ok) return problem(context, frame.fault, true);
  const form = context.get("form") ?? COSE;
  if (form !== JSON_TYPE) return entity(context, frame.value, form);
  const parsed = parseObservation(frame.value);
  return parsed.ok
    ? entity(context, JSON.stringify(viewOfObservation(parsed.value.observation)), JSON_TYPE)
    : problem(context, parsed.fault, true);
}

/** Why an observation was admitted or not: of one ceremony, or of whichever has it. */
async function explainRoute(context: Agent, ceremony: string | null): Promise<Response> {
  const id = context.req.param("observation") ?? "";
  if (!DIGITS.test(id)) return problem(context, fault("QUERY_INVALID", ID_NEED).fault);
  const explained = await explainHere(context.env, context.get("config"), id, ceremony);
  return explained.ok ? context.json(explained.value) : problem(context, explained.fault, true);
}

export async function withCeremony(
  context: Agent,
  answer: (ceremony: CeremonyRpc) => Promise<Response>,
): Promise<Response> {
  const known = await ceremonyKnown(context.env, context.req.param("id") ?? "");
  return known === null
    ? problem(context, fault("NOT_FOUND", { thing: "such ceremony" }).fault)
    : answer(known.ceremony);
}
