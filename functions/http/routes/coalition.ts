// A coalition for the party's own people and programs: the effective policy here, how this party stands to what partners distribute, who has
// seen which revocation, and a pull of the configured addresses now.
import type { CoalitionSource } from "../../../durable/coalition-ledger.ts";
import { nullable, record, text } from "../../../shared/cbor/read.ts";
import { pullSources } from "../../coalition-sources.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { answer, withMesh } from "./with-mesh.ts";

const mesh = { group: "meshes" } as const;
const source = record<CoalitionSource>({
  url: shape.words,
  state: shape.words as never,
  tried: shape.whole,
  answered: nullable(shape.whole),
  code: nullable(shape.words),
  fresh: shape.count,
  heads: shape.json as never,
  refused: shape.several(record({ id: shape.words, code: shape.words })),
});
const OPERATION = {
  operation: { about: "the operation whose clauses are to count", reader: nullable(text()) },
};
const revocation = shape.document("id", "kind", "revokes", "by", "after", "seen", "enforcing", "partners");

export const COALITION_ROUTES: readonly Route[] = [
  route({
    ...mesh,
    method: "GET",
    path: "/v1/meshes/{mesh}/coalition",
    does: "the effective policy here, each clause with its origin",
    access: "read",
    query: OPERATION,
    answers: {
      200: {
        about: "the policy",
        type: JSON_TYPE,
        shape: shape.document("home", "clauses", "conflicts", "refused", "flagged", "digest"),
      },
    },
    refusals: ["MESH_ABSENT", "AUTHORITY_ABSENT"],
    handle: (context, { operation }) =>
      withMesh(context, async (keeper) => answer(context, await keeper.coalition(operation))),
  }),
  route({
    ...mesh,
    method: "GET",
    path: "/v1/meshes/{mesh}/coalition/status",
    does: "how the party stands to each policy, translator and revocation of its partners, and what each pulled address last brought",
    access: "read",
    answers: {
      200: {
        about: "each thing, with its status",
        type: JSON_TYPE,
        shape: shape.document("mesh", "home", "at", "heads", "items", "sources", "unseen"),
      },
    },
    refusals: ["MESH_ABSENT"],
    handle: (context) => withMesh(context, async (keeper) => answer(context, await keeper.distribution())),
  }),
  route({
    ...mesh,
    method: "GET",
    path: "/v1/meshes/{mesh}/revocations",
    does: "who was told of each revocation, who has seen it and who goes by it",
    access: "read",
    answers: {
      200: { about: "revocations", type: JSON_TYPE, shape: record({ revocations: shape.several(revocation) }) },
    },
    refusals: ["MESH_ABSENT"],
    handle: (context) => withMesh(context, async (keeper) => context.json({ revocations: await keeper.revocations() })),
  }),
  route({
    ...mesh,
    method: "POST",
    path: "/v1/meshes/{mesh}/coalition/pull",
    does: "fetches partners' signed statements now, from the addresses `pulls` of the `PARTY` document",
    access: "admin",
    answers: {
      200: { about: "what came of each", type: JSON_TYPE, shape: record({ sources: shape.several(source) }) },
    },
    refusals: ["MESH_ABSENT"],
    handle: (context) =>
      withMesh(context, async () =>
        context.json({
          sources: await pullSources(context.env, context.get("config"), context.req.param("mesh") ?? ""),
        }),
      ),
  }),
];
