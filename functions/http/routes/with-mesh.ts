// What the routes of meshes have in common: the keeper of the mesh in the path, the body, and the answer.
import type { Context } from "hono";
import { type Reader, readAs } from "../../../shared/cbor/read.ts";
import { fault, type Result } from "../../../shared/result.ts";
import type { AgentContext } from "../app.ts";
import { readJson } from "../body.ts";
import { problem } from "../problem.ts";

type Agent = Context<AgentContext>;
export type MeshStub = ReturnType<AgentContext["Bindings"]["MESH"]["getByName"]>;

/** Only meshes in which the party stands have a keeper. */
export function withMesh(context: Agent, then: (mesh: MeshStub) => Promise<Response>): Promise<Response> {
  const name = context.req.param("mesh") ?? "";
  const { standings } = context.get("config");
  const absent = () =>
    problem(context, fault("MESH_ABSENT", { mesh: name, need: [...standings.keys()].join(", ") }).fault);
  return standings.has(name) ? then(context.env.MESH.getByName(name)) : Promise.resolve(absent());
}

export async function withBody<T>(
  context: Agent,
  reader: Reader<T>,
  then: (mesh: MeshStub, body: T) => Promise<Response>,
): Promise<Response> {
  return withMesh(context, async (mesh) => {
    const value = await readJson(context.req.raw);
    const body = value.ok ? readAs(value.value, reader, "body") : value;
    if (!body.ok) return problem(context, value.ok ? fault("BODY_INVALID", body.fault.detail).fault : body.fault);
    return then(mesh, body.value);
  });
}

export function answer(context: Agent, result: Result<object>): Response {
  return result.ok ? context.json(result.value) : problem(context, result.fault);
}
