// Meshes for the party's own people and programs: say facts, declare, carry statements in and out, reconcile, and see who says what.
import type { Context } from "hono";
import { meshTime } from "../../../durable/config.ts";
import type { MeshSaying } from "../../../durable/mesh-rpc.ts";
import {
  anything,
  described,
  hex32,
  integer,
  list,
  misfit,
  nullable,
  type Reader,
  record,
  schemaOf,
  text,
} from "../../../shared/cbor/read.ts";
import { type CborMap, isCborMap } from "../../../shared/cbor/value.ts";
import {
  BATCH_FRAMES_MAX,
  BODY_BYTES_MAX,
  LINEAGE_REFERENCES_MAX,
  STATEMENTS_BYTES_MAX,
  STATEMENTS_PAGE_MAX,
  TEXT_LENGTH_MAX,
} from "../../../shared/limits.ts";
import { readDisconnection } from "../../../shared/mesh/documents/disconnection.ts";
import { fields, NO_ITEMS, readInterval } from "../../../shared/mesh/documents/fields.ts";
import { readLabels } from "../../../shared/observation/labels.ts";
import { fault } from "../../../shared/result.ts";
import type { AgentContext } from "../app.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { problem } from "../problem.ts";
import { disconnectRoute, returnRoute } from "./disconnection.ts";
import { statementsRoute, takeStatementsRoute } from "./mesh-statements.ts";
import { answer, type MeshStub, withBody, withMesh } from "./with-mesh.ts";

type Agent = Context<AgentContext>;

const SUBJECTS_MAX = 500;
const ID = /^[0-9a-f]{64}$/;
const NOW = { at: null } as const;

const readContent: Reader<CborMap> = described(
  () => ({ type: "object" }),
  (value, path) => (isCborMap(value) ? value : misfit(path, "a map")),
);

type Fact = Omit<Extract<MeshSaying, { say: "fact" }>, "say">;
const readFact = fields<Fact>(
  {
    subject: text(TEXT_LENGTH_MAX),
    value: anything,
    class: nullable(text()),
    sources: list(hex32, LINEAGE_REFERENCES_MAX),
    labels: readLabels,
    at: nullable(readInterval),
  },
  { ...NOW, class: null, sources: NO_ITEMS, labels: NO_ITEMS },
  null,
);
const readFacts = fields<{ facts: readonly Fact[] }>({ facts: list(readFact, BATCH_FRAMES_MAX, 1) }, {}, null);
type Declared = Omit<Extract<MeshSaying, { say: "declaration" }>, "say">;
const readDeclaration = fields<Declared>(
  { type: text(), content: readContent, at: nullable(readInterval) },
  { ...NOW, content: new Map() },
  null,
);
const readOther = fields<{ with: string }>({ with: text() }, {}, null);
const readMerge = fields<{ with: string; ceremony: string }>({ with: text(), ceremony: hex32 }, {}, null);

const readOneOrMany: Reader<readonly MeshSaying[]> = described(
  () => ({ anyOf: [schemaOf(readFact), schemaOf(readFacts)] }),
  (value, path) => {
    const facts = isCborMap(value) && value.has("facts") ? readFacts(value, path).facts : [readFact(value, path)];
    return facts.map((fact) => ({ say: "fact", ...fact }));
  },
);

const mesh = {
  group: "meshes",
  refusals: ["MESH_ABSENT", "BODY_INVALID"],
} as const;
const json = (about: string, reader?: Reader<unknown>) => ({
  about,
  types: [JSON_TYPE],
  limit: BODY_BYTES_MAX,
  ...(reader === undefined ? {} : { reader }),
});
const shown = (about: string, answer: Reader<unknown>) => ({ about, type: JSON_TYPE, shape: answer });
const saidIds = { 201: shown("said", record({ ids: shape.several(hex32), at: shape.whole })) };
const after = (about: string) => ({ after: { about, reader: nullable(integer(0, Number.MAX_SAFE_INTEGER)) } });

const WHICH_SUBJECTS = {
  subject: { about: "the beginning of the subjects to show", reader: nullable(text(TEXT_LENGTH_MAX)) },
};

export const MESH_ROUTES: readonly Route[] = [
  route({
    ...mesh,
    method: "GET",
    path: "/v1/meshes",
    does: "the meshes in which the party stands",
    access: "read",
    answers: { 200: shown("their names", record({ party: shape.words, meshes: shape.several(shape.words) })) },
    refusals: [],
    handle: (context) => {
      const { party, standings } = context.get("config");
      return context.json({ party: party.name, meshes: [...standings.keys()] });
    },
  }),
  route({
    ...mesh,
    method: "GET",
    path: "/v1/meshes/{mesh}",
    does: "who says what in a mesh, and what prevailed",
    access: "read",
    query: WHICH_SUBJECTS,
    answers: { 200: shown("the mesh as this party sees it", shape.document("mesh", "asSeenBy", "subjects", "links")) },
    handle: (context, { subject }) =>
      withMesh(context, async (keeper) => answer(context, await keeper.view(subject ?? "", SUBJECTS_MAX))),
  }),
  route({
    ...mesh,
    method: "GET",
    path: "/v1/meshes/{mesh}/lineage",
    does: "what was said and what crossed, entry by entry",
    access: "read",
    query: after("the index of the last entry that is known already"),
    answers: { 200: shown("the entries", record({ lineage: shape.several(shape.entry) })) },
    handle: (context, query) =>
      withMesh(context, async (keeper) =>
        context.json({ lineage: await keeper.lineage(query.after ?? -1, STATEMENTS_PAGE_MAX) }),
      ),
  }),
  route({
    ...mesh,
    method: "GET",
    path: "/v1/meshes/{mesh}/facts/{id}/story",
    does: "one fact's whole story",
    access: "read",
    answers: { 200: shown("the story", shape.document("id", "story", "imports", "subject")) },
    refusals: ["MESH_ABSENT", "NOT_FOUND"],
    handle: storyRoute,
  }),
  route({
    ...mesh,
    method: "GET",
    path: "/v1/meshes/{mesh}/statements",
    does: "carries its signed statements out, page by page; `Link` leads to the next",
    access: "read",
    query: after("the number that the `Link` of the page before gave"),
    answers: { 200: shown("a file of statements", shape.document("frames")) },
    handle: statementsRoute,
  }),
  route({
    ...mesh,
    method: "POST",
    path: "/v1/meshes/{mesh}/statements",
    does: "carries a file of signed statements in",
    access: "attest",
    body: { about: "the file", types: [JSON_TYPE], limit: STATEMENTS_BYTES_MAX, reader: shape.document("frames") },
    refusals: ["MESH_ABSENT", "BODY_INVALID", "AUTHORITY_FULL"],
    answers: {
      200: shown("one answer a frame, in order", record({ answers: shape.several(shape.itemAnswer) })),
    },
    handle: takeStatementsRoute,
  }),
  route({
    ...mesh,
    method: "POST",
    path: "/v1/meshes/{mesh}/facts",
    does: "says a fact, or several",
    access: "attest",
    sends: true,
    body: json("a fact, or `facts`, a list of them", readOneOrMany),
    answers: saidIds,
    handle: (context) => withBody(context, readOneOrMany, (keeper, facts) => say(context, keeper, facts)),
  }),
  route({
    ...mesh,
    method: "POST",
    path: "/v1/meshes/{mesh}/declarations",
    does: "declares an agreement, a translator, an alignment, a policy of a coalition",
    access: "admin",
    body: json("the type and the content of what is declared", readDeclaration),
    answers: saidIds,
    handle: (context) =>
      withBody(context, readDeclaration, (keeper, declared) =>
        say(context, keeper, [{ say: "declaration", ...declared }]),
      ),
  }),
  route({
    ...mesh,
    method: "POST",
    path: "/v1/meshes/{mesh}/reconcile",
    does: "carries facts between two meshes in which the party stands",
    access: "admin",
    body: json("the other mesh", readOther),
    answers: { 200: shown("the report", shape.document("mesh", "with", "verdict", "divergence", "written")) },
    refusals: ["MESH_ABSENT", "BODY_INVALID", "MESH_APART", "AUTHORITY_ABSENT"],
    handle: (context) =>
      withBody(context, readOther, async (keeper, body) => answer(context, await keeper.reconcile(body.with))),
  }),
  route({
    ...mesh,
    method: "POST",
    path: "/v1/meshes/{mesh}/merge",
    does: "settles what a reconciliation left to a ceremony",
    access: "admin",
    body: json("the other mesh, and the ceremony that decided", readMerge),
    answers: { 200: shown("the report", shape.document("mesh", "with", "verdict", "divergence", "written")) },
    refusals: ["MESH_ABSENT", "BODY_INVALID", "MERGE_UNDECIDED", "MERGE_NOT_PENDING"],
    handle: (context) =>
      withBody(context, readMerge, async (keeper, body) =>
        answer(context, await keeper.merge(body.with, body.ceremony)),
      ),
  }),
  route({
    ...mesh,
    method: "POST",
    path: "/v1/meshes/{mesh}/disconnection",
    does: "goes apart on purpose",
    access: "admin",
    body: json("from whom, why, until when", readDisconnection),
    answers: { 201: shown("declared", shape.document("declaration", "link")) },
    refusals: ["MESH_ABSENT", "BODY_INVALID", "DISCONNECTION_DECLINED"],
    handle: disconnectRoute,
  }),
  route({
    ...mesh,
    method: "DELETE",
    path: "/v1/meshes/{mesh}/disconnection",
    does: "returns",
    access: "admin",
    body: json("to whom", readOther),
    answers: { 200: shown("returned", shape.document("returned", "link", "merge")) },
    refusals: ["MESH_ABSENT", "BODY_INVALID", "DISCONNECTION_DECLINED"],
    handle: returnRoute,
  }),
];

function storyRoute(context: Agent): Promise<Response> {
  return withMesh(context, async (keeper) => {
    const id = context.req.param("id") ?? "";
    return ID.test(id)
      ? answer(context, await keeper.story(id))
      : problem(context, fault("NOT_FOUND", { thing: `fact ${id}` }).fault);
  });
}

async function say(context: Agent, mesh: MeshStub, sayings: readonly MeshSaying[]): Promise<Response> {
  const said = await mesh.say(sayings);
  return said.ok
    ? context.json({ ids: said.value, at: meshTime(context.get("config")) }, 201)
    : problem(context, said.fault);
}
