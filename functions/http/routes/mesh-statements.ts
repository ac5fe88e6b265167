// Signed statements of a mesh as files: out page by page, and in.
import type { Context } from "hono";
import { parseJson } from "../../../shared/evidence/bundle.ts";
import { STATEMENTS_BYTES_MAX, STATEMENTS_PAGE_MAX } from "../../../shared/limits.ts";
import { readFramesFile, writeFramesFile } from "../../../shared/mesh/signed/frames-file.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { fault } from "../../../shared/result.ts";
import { faultOf } from "../../ingest.ts";
import { submitToMesh } from "../../mesh-road.ts";
import type { AgentContext } from "../app.ts";
import { mediaType, readBytes } from "../body.ts";
import { problem } from "../problem.ts";
import { withMesh } from "./with-mesh.ts";

type Agent = Context<AgentContext>;

/** A file of signed statements, page by page: `link` leads to the next. */
export function statementsRoute(context: Agent, query: { readonly after: number | null }): Promise<Response> {
  return withMesh(context, async (mesh) => {
    const { frames, authority, last, more } = await mesh.page(query.after ?? 0, STATEMENTS_PAGE_MAX);
    const { pathname } = new URL(context.req.url);
    if (more) context.header("link", `<${pathname}?after=${last}>; rel="next"`);
    return context.json(writeFramesFile({ frames, statements: authority, mesh: context.req.param("mesh") ?? null }));
  });
}

/** Each frame is answered by itself, in order. */
export function takeStatementsRoute(context: Agent): Promise<Response> {
  return withMesh(context, async () => {
    const found = mediaType(context.req.raw);
    if (found !== "application/json")
      return problem(context, fault("CONTENT_TYPE", { found, need: "application/json" }).fault);
    const bytes = await readBytes(context.req.raw, STATEMENTS_BYTES_MAX);
    if (!bytes.ok) return problem(context, bytes.fault);
    const file = readFramesFile(parseJson(bytes.value), "file of statements");
    if (!file.ok) return problem(context, file.fault);
    const { frames, statements } = file.value;
    const mesh = context.req.param("mesh") ?? "";
    const config = context.get("config");
    const answers = await submitToMesh(context.env, config, mesh, frames, { statements, by: config.party.name });
    if (!answers.ok) return problem(context, answers.fault);
    return context.json({
      answers: answers.value.map((each) => {
        const refusal = faultOf(each);
        const id = "receipt" in each ? each.receipt.id : null;
        const verdict = "receipt" in each ? each.receipt.verdict : "refused";
        return refusal === null ? { id, verdict } : { id, verdict: "refused", ...describeRefusal(refusal) };
      }),
    });
  });
}
