// Files that people carry between meshes that share no wire (SPEC §22): let out, judged, taken in, and told of. Receipts come back by the road of
// all statements.
import type { Context } from "hono";
import { hex32, list, nullable, type Reader, record, text } from "../../../shared/cbor/read.ts";
import { parseJson } from "../../../shared/evidence/bundle.ts";
import { FACTS_MAX, STATEMENTS_BYTES_MAX } from "../../../shared/limits.ts";
import { fields, NO_ITEMS } from "../../../shared/mesh/documents/fields.ts";
import { readExchangeFile } from "../../../shared/mesh/exchange/file.ts";
import { type ReleaseFilter, readFilter } from "../../../shared/mesh/exchange/release.ts";
import type { AgentContext } from "../app.ts";
import { readBody, readBytes } from "../body.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { problem } from "../problem.ts";
import { answer, withMesh } from "./with-mesh.ts";

type Agent = Context<AgentContext>;

type Release = { readonly to: string; readonly policy: ReleaseFilter; readonly held: readonly string[] };
export const readRelease = fields<Release>(
  { to: text(), policy: readFilter, held: list(hex32, FACTS_MAX) },
  { held: NO_ITEMS },
  null,
);

const CARRIED = shape.document("format", "manifest", "frames", "denied", "prerequisites");
const ARRIVED = shape.document("ok", "sequence", "admit", "hold", "refuse", "divergence", "written", "receipt");
const file = { about: "the file", types: [JSON_TYPE], limit: STATEMENTS_BYTES_MAX, reader: CARRIED };
const shown = (about: string, of: Reader<unknown>) => ({ about, type: JSON_TYPE, shape: of });
const DECIDED = {
  ceremony: { about: "the ceremony that decided to merge above the limit of divergence", reader: nullable(hex32) },
};
const exchange = { group: "exchange", refusals: ["MESH_ABSENT"] } as const;
const arrival = {
  ...exchange,
  method: "POST",
  query: DECIDED,
  body: file,
  cost: 10,
  refusals: [
    "MESH_ABSENT",
    "MESH_DOCUMENT_INVALID",
    "MESH_UNKNOWN",
    "ROLE_NOT_GRANTED",
    "EXCHANGE_ALTERED",
    "EXCHANGE_REPLAYED",
    "AUTHORITY_FULL",
    "SEQUENCE_GAP",
    "AGREEMENT_UNSIGNED",
    "AGENT_UNPROVEN",
    "MERGE_UNDECIDED",
  ],
} as const;

export const EXCHANGE_ROUTES: readonly Route[] = [
  route({
    ...exchange,
    method: "GET",
    path: "/v1/exchange/{mesh}",
    does: "files that the mesh let out and took in, with their receipts and the numbers that are missing",
    access: "read",
    answers: { 200: shown("the files, the latest first", shape.document("mesh", "out", "in")) },
    handle: (context) => withMesh(context, async (keeper) => context.json(await keeper.exchanged())),
  }),
  route({
    ...exchange,
    method: "GET",
    path: "/v1/exchange/{mesh}/want",
    does: "ids of what the mesh holds, so that a file for it leaves them out",
    access: "read",
    answers: { 200: shown("the ids", record({ format: shape.words, ids: shape.several(hex32) })) },
    handle: (context) =>
      withMesh(context, async (keeper) => context.json({ format: "quorate-want/1", ids: await keeper.ids() })),
  }),
  route({
    ...exchange,
    method: "POST",
    path: "/v1/exchange/{mesh}/files",
    does: "signs for the next file to another mesh: the classes on the list, less what that mesh holds",
    access: "admin",
    cost: 10,
    body: {
      about: "the mesh it is for, the list of the gateway, and ids that the other side holds",
      types: [JSON_TYPE],
      limit: STATEMENTS_BYTES_MAX,
      reader: readRelease,
    },
    answers: { 201: shown("the file", CARRIED) },
    refusals: ["MESH_ABSENT", "BODY_INVALID", "ROLE_NOT_GRANTED", "AUTHORITY_FULL", "PAST_UNKNOWN"],
    handle: releaseRoute,
  }),
  route({
    ...exchange,
    method: "GET",
    path: "/v1/exchange/{mesh}/files/{manifest}",
    does: "a file that this agent signed for, once more under its number",
    access: "read",
    answers: { 200: shown("the file", CARRIED) },
    refusals: ["MESH_ABSENT", "NOT_FOUND"],
    handle: (context) =>
      withMesh(context, async (keeper) => answer(context, await keeper.released(context.req.param("manifest") ?? ""))),
  }),
  route({
    ...exchange,
    method: "GET",
    path: "/v1/exchange/{mesh}/receipts/{receipt}",
    does: "a receipt that the mesh signed, once more to carry back",
    access: "read",
    answers: { 200: shown("a file of statements", shape.document("format", "frames")) },
    refusals: ["MESH_ABSENT", "NOT_FOUND"],
    handle: (context) =>
      withMesh(context, async (keeper) => answer(context, await keeper.receipt(context.req.param("receipt") ?? ""))),
  }),
  route({
    ...arrival,
    path: "/v1/exchange/{mesh}/verify",
    does: "what an import of a file would do; writes nothing",
    access: "read",
    answers: { 200: shown("what would be taken in, held and refused", ARRIVED) },
    handle: (context, { ceremony }) => arriveRoute(context, ceremony, false),
  }),
  route({
    ...arrival,
    path: "/v1/exchange/{mesh}/import",
    does: "takes in what the agreement admits of a file, all of it or nothing, and signs the receipt",
    access: "admin",
    sends: true,
    answers: { 200: shown("what was taken in; where `stopped` is there, nothing was", ARRIVED) },
    handle: (context, { ceremony }) => arriveRoute(context, ceremony, true),
  }),
];

function releaseRoute(context: Agent): Promise<Response> {
  return withMesh(context, async (keeper) => {
    const request = await readBody(context.req.raw, readRelease, STATEMENTS_BYTES_MAX);
    if (!request.ok) return problem(context, request.fault);
    const { to, policy: filter, held } = request.value;
    const released = await keeper.release({ to, filter, held });
    return released.ok ? context.json(released.value, 201) : problem(context, released.fault);
  });
}

function arriveRoute(context: Agent, ceremony: string | null, takes: boolean): Promise<Response> {
  return withMesh(context, async (keeper) => {
    const bytes = await readBytes(context.req.raw, STATEMENTS_BYTES_MAX);
    if (!bytes.ok) return problem(context, bytes.fault);
    const brought = readExchangeFile(parseJson(bytes.value));
    if (!brought.ok) return problem(context, brought.fault);
    return answer(context, await keeper.arrive({ file: brought.value, ceremony }, takes));
  });
}
