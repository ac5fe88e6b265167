// Two steps to a signature, for programs: what attesting would sign, and the signature under exactly that.
import type { Context } from "hono";
import { toBase64 } from "../../../shared/bytes.ts";
import { hex32, nullable, record, text } from "../../../shared/cbor/read.ts";
import { BODY_BYTES_MAX, NAME_LENGTH_MAX } from "../../../shared/limits.ts";
import { fault } from "../../../shared/result.ts";
import type { AgentContext } from "../app.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { problem } from "../problem.ts";
import { withCeremony } from "./ceremonies.ts";
import { readContent } from "./speaking.ts";

type Agent = Context<AgentContext>;

const item = { about: "tells several contributions of one seat apart", reader: nullable(text(NAME_LENGTH_MAX)) };
const body = {
  about: "the contribution, as the policy's role takes it",
  types: [JSON_TYPE],
  limit: BODY_BYTES_MAX,
  reader: shape.document(),
};
const draft = record({ observation: hex32, at: shape.count, toBeSigned: shape.words });

export const DRAFT_ROUTES: readonly Route[] = [
  route({
    method: "POST",
    path: "/v1/ceremonies/{id}/drafts",
    group: "ceremonies",
    does: "what attesting would sign: its id, its instant in µs and its bytes in base64; nothing is signed",
    access: "attest",
    query: { item },
    body,
    answers: { 200: { about: "the draft", type: JSON_TYPE, shape: draft } },
    refusals: ["BODY_INVALID", "NOT_FOUND", "DUPLICATE", "ALREADY_ATTESTED", "NO_SEAT"],
    handle: draftRoute,
  }),
  route({
    method: "POST",
    path: "/v1/ceremonies/{id}/drafts/{observation}",
    group: "ceremonies",
    does: "signs a draft, where the same contribution still gives it, and nothing else",
    access: "attest",
    query: { item, at: { about: "the instant of the draft, in µs", reader: text(16) } },
    body,
    answers: { 201: { about: "signed", type: JSON_TYPE, shape: shape.said } },
    refusals: ["BODY_INVALID", "NOT_FOUND", "DRAFT_CHANGED", "DRAFT_STALE"],
    handle: confirmRoute,
  }),
];

async function draftRoute(context: Agent, { item: slot }: { readonly item: string | null }): Promise<Response> {
  const content = await readContent(context);
  if (!content.ok) return problem(context, content.fault);
  return withCeremony(context, async (ceremony) => {
    const drafted = await ceremony.draft(content.value, slot);
    if (!drafted.ok) return problem(context, drafted.fault, true);
    const { id, at, toBeSigned } = drafted.value;
    return context.json({ observation: id, at, toBeSigned: toBase64(toBeSigned) });
  });
}

type Confirmed = { readonly item: string | null; readonly at: string };

async function confirmRoute(context: Agent, { item: slot, at }: Confirmed): Promise<Response> {
  const content = await readContent(context);
  if (!content.ok) return problem(context, content.fault);
  if (!/^\d+$/.test(at)) return problem(context, fault("QUERY_INVALID", { path: "?at", need: "microseconds" }).fault);
  return withCeremony(context, async (ceremony) => {
    const id = context.req.param("observation") ?? "";
    const signed = await ceremony.attestDraft(content.value, { id, at: Number(at), item: slot });
    if (!signed.ok) return problem(context, signed.fault);
    const [receipt] = signed.value;
    return context.json({ observation: receipt?.id, verdict: receipt?.verdict, code: receipt?.code }, 201);
  });
}
