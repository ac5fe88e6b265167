// Operations under a coalition, as this party sees them: what a revocation would touch, and what was withdrawn.
import { integer, nullable, type Reader, record, text } from "../../../shared/cbor/read.ts";
import { TEXT_LENGTH_MAX } from "../../../shared/limits.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { answer, withMesh } from "./with-mesh.ts";

const mesh = { group: "meshes", refusals: ["MESH_ABSENT"] } as const;
const shown = (about: string, answer: Reader<unknown>) => ({ about, type: JSON_TYPE, shape: answer });

const WHICH_REVOCATION = {
  revokes: {
    about: "the translator; all that `by` may revoke where nothing is given",
    reader: nullable(text(TEXT_LENGTH_MAX)),
  },
  by: { about: "who would sign it; the party itself where nobody is named", reader: nullable(text()) },
  after: {
    about: "from which instant on, in microseconds of the mesh's frame; now where none is given",
    reader: nullable(integer(0, Number.MAX_SAFE_INTEGER)),
  },
  operation: { about: "the one operation for which it would hold", reader: nullable(text()) },
};

export const OPERATION_ROUTES: readonly Route[] = [
  route({
    ...mesh,
    method: "GET",
    path: "/v1/meshes/{mesh}/coalition/plan",
    does: "what revoking a translator (`*` for all that `by` may revoke) would touch: effective policies, and ceremonies that run here",
    access: "read",
    query: WHICH_REVOCATION,
    answers: { 200: shown("the preview", shape.document("revocation", "homes", "unchanged", "ceremonies")) },
    refusals: ["MESH_ABSENT", "AUTHORITY_ABSENT", "TRANSLATION_MISSING"],
    handle: (context, query) =>
      withMesh(context, async (keeper) =>
        answer(context, await keeper.plan({ ...query, revokes: query.revokes ?? "*" })),
      ),
  }),
  route({
    ...mesh,
    method: "GET",
    path: "/v1/meshes/{mesh}/coalition/withdrawals",
    does: "what was withdrawn in the coalition, when this node first saw it, and what became of it in each ceremony",
    access: "read",
    answers: {
      200: shown(
        "the withdrawals, the earliest first",
        record({ withdrawals: shape.several(shape.document("id", "by")) }),
      ),
    },
    handle: (context) => withMesh(context, async (keeper) => context.json({ withdrawals: await keeper.withdrawals() })),
  }),
];
