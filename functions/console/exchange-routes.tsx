// Pages for files of statements: out, checked, and in by the same road as the API's.
import { type Context, Hono } from "hono";
import { parseJson } from "../../shared/evidence/bundle.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { STATEMENTS_PAGE_MAX } from "../../shared/limits.ts";
import { type FramesFile, readFramesFile, writeFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { fault, type Result } from "../../shared/result.ts";
import type { AgentContext } from "../http/app.ts";
import { faultOf } from "../ingest.ts";
import { checkForMesh, submitToMesh } from "../mesh-road.ts";
import { type Brought, Exchange, ExchangePage, type Judged } from "./pages/exchange.tsx";
import { show, showAbsent, showRefusal } from "./show.tsx";

type Agent = Context<AgentContext>;

const NUMBER = /^\d{1,12}$/;

export function exchangePages(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.get("/", (context) =>
    show(context, "Exchange", <Exchange meshes={[...context.get("config").standings.keys()]} />),
  );
  app.get("/:mesh", (context) => exchangePage(context, null));
  app.get("/:mesh/statements.json", async (context) => {
    const name = context.req.param("mesh");
    if (!context.get("config").standings.has(name)) return showAbsent(context, "such mesh");
    const after = context.req.query("after") ?? "0";
    const keeper = context.env.MESH.getByName(name);
    const { frames, authority, last, more } = await keeper.page(
      NUMBER.test(after) ? Number(after) : 0,
      STATEMENTS_PAGE_MAX,
    );
    if (more) context.header("link", `</exchange/${name}/statements.json?after=${last}>; rel="next"`);
    return context.json(writeFramesFile({ frames, statements: authority, mesh: name }));
  });
  app.post("/:mesh", async (context) => {
    const form = await context.req.parseBody();
    const read =
      form.file instanceof File ? await readFile(form.file) : fault("BODY_INVALID", { path: "file", need: "a file" });
    if (!read.ok) return showRefusal(context, read.fault);
    const name = form.file instanceof File ? form.file.name : "";
    const taken = form.do === "take";
    const frames = await (taken ? take(context, read.value) : check(context, read.value));
    return exchangePage(context, { file: name, taken, frames });
  });
  return app;
}

async function readFile(file: File): Promise<Result<FramesFile>> {
  return readFramesFile(parseJson(new Uint8Array(await file.arrayBuffer())), "file of statements");
}

async function exchangePage(context: Agent, brought: Brought | null): Promise<Response> {
  const name = context.req.param("mesh") ?? "";
  if (!context.get("config").standings.has(name)) return showAbsent(context, "such mesh");
  const mesh = await context.env.MESH.getByName(name).view("", 0);
  return mesh.ok
    ? show(context, `Exchange with ${name}`, <ExchangePage mesh={mesh.value} brought={brought} />)
    : showRefusal(context, mesh.fault);
}

function idOf(frame: Uint8Array): string {
  const parsed = parseObservation(frame);
  return parsed.ok ? parsed.value.observation.id : sha256Hex(frame);
}

async function check(context: Agent, { frames, statements }: FramesFile): Promise<readonly Judged[]> {
  const mesh = context.req.param("mesh") ?? "";
  const { verdicts } = await checkForMesh(context.env, context.get("config"), mesh, frames, statements);
  return verdicts.map((verdict, index) => ({
    id: idOf(frames[index] as Uint8Array),
    verdict: verdict.ok ? "passes" : "refused",
    refusal: verdict.ok ? null : describeRefusal(verdict.fault),
  }));
}

async function take(context: Agent, { frames, statements }: FramesFile): Promise<readonly Judged[]> {
  const mesh = context.req.param("mesh") ?? "";
  const answers = await submitToMesh(context.env, context.get("config"), mesh, frames, statements);
  return answers.map((answer, index) => {
    const refusal = faultOf(answer);
    return {
      id: idOf(frames[index] as Uint8Array),
      verdict: refusal === null && "receipt" in answer ? answer.receipt.verdict : "refused",
      refusal: refusal === null ? null : describeRefusal(refusal),
    };
  });
}
