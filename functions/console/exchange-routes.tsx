// Pages for files of statements: out, checked, and in by the same road as the API's.
import { type Context, Hono } from "hono";
import { fromJson } from "../../shared/cbor/json.ts";
import { readAs } from "../../shared/cbor/read.ts";
import { parseJson } from "../../shared/evidence/bundle.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { STATEMENTS_PAGE_MAX } from "../../shared/limits.ts";
import { readExchangeFile } from "../../shared/mesh/exchange/file.ts";
import {
  type FramesFile,
  isFramesFile,
  readFramesFile,
  writeFramesFile,
} from "../../shared/mesh/signed/frames-file.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { AgentContext } from "../http/app.ts";
import { readRelease } from "../http/routes/exchange.ts";
import { faultOf } from "../ingest.ts";
import { checkForMesh, submitToMesh } from "../mesh-road.ts";
import { type Brought, Exchange, ExchangePage, type Judged } from "./pages/exchange.tsx";
import type { FileBrought } from "./pages/exchange-file.tsx";
import { show, showAbsent, showRefusal } from "./show.tsx";

type Agent = Context<AgentContext>;

const NUMBER = /^\d{1,12}$/;
const ID = /^[0-9a-f]{64}$/;
const NO_FILE = fault("BODY_INVALID", { path: "file", need: "a file" });

export function exchangePages(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.get("/", (context) =>
    show(context, "Exchange", <Exchange meshes={[...context.get("config").standings.keys()]} />),
  );
  app.get("/:mesh", (context) => exchangePage(context));
  app.get("/:mesh/want.json", (context) =>
    kept(context, async (keeper) => ok({ format: "quorate-want/1", ids: await keeper.ids() })),
  );
  app.get("/:mesh/files/:id", (context) => kept(context, (keeper, id) => keeper.released(id)));
  app.get("/:mesh/receipts/:id", (context) => kept(context, (keeper, id) => keeper.receipt(id)));
  app.post("/:mesh/arrivals", arrivalsForm);
  app.post("/:mesh/files", releaseForm);
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
    const read = form.file instanceof File ? await readFile(form.file) : NO_FILE;
    if (!read.ok) return showRefusal(context, read.fault);
    const name = form.file instanceof File ? form.file.name : "";
    const taken = form.do === "take";
    return framesPage(context, read.value, name, taken);
  });
  return app;
}

type Keeper = ReturnType<AgentContext["Bindings"]["MESH"]["getByName"]>;

function withKeeper(context: Agent, then: (keeper: Keeper) => Promise<Response>): Promise<Response> {
  const name = context.req.param("mesh") ?? "";
  const stands = context.get("config").standings.has(name);
  return stands ? then(context.env.MESH.getByName(name)) : showAbsent(context, "such mesh");
}

/** A document to carry away. */
function kept(context: Agent, read: (keeper: Keeper, id: string) => Promise<Result<object>>): Promise<Response> {
  return withKeeper(context, async (keeper) => {
    const document = await read(keeper, context.req.param("id") ?? "");
    return document.ok ? context.json(document.value) : showRefusal(context, document.fault);
  });
}

/** A numbered file is judged, or taken in; a receipt is a statement like others, and goes their road. */
function arrivalsForm(context: Agent): Promise<Response> {
  return withKeeper(context, async (keeper) => {
    const form = await context.req.parseBody();
    if (!(form.file instanceof File)) return showRefusal(context, NO_FILE.fault);
    const document = parseJson(new Uint8Array(await form.file.arrayBuffer()));
    const taken = form.do === "take";
    if (isFramesFile(document)) {
      const statements = readFramesFile(document, "receipt");
      if (!statements.ok) return showRefusal(context, statements.fault);
      return framesPage(context, statements.value, form.file.name, taken);
    }
    const file = readExchangeFile(document);
    if (!file.ok) return showRefusal(context, file.fault);
    const ceremony = typeof form.ceremony === "string" && ID.test(form.ceremony) ? form.ceremony : null;
    const arrived = await keeper.arrive({ file: file.value, ceremony }, taken);
    if (!arrived.ok) return showRefusal(context, arrived.fault);
    const mesh = context.req.param("mesh") ?? "";
    return exchangePage(context, { arrived: { file: form.file.name, mesh, arrived: arrived.value } });
  });
}

/** Signs for the next file, and hands it out. */
function releaseForm(context: Agent): Promise<Response> {
  return withKeeper(context, async (keeper) => {
    const form = await context.req.parseBody();
    const text = (name: string) => (typeof form[name] === "string" ? form[name].trim() : "");
    const want = form.want instanceof File && form.want.size > 0 ? await form.want.arrayBuffer() : null;
    const listed =
      want === null ? [] : (parseJson(new Uint8Array(want)) as { readonly ids?: unknown } | undefined)?.ids;
    const classes = text("classes")
      .split(",")
      .map((name) => name.trim());
    const policy = { classes, reviewers: Number(text("reviewers") || "0"), oneWay: text("one-way") === "yes" };
    const value = fromJson({ to: text("to"), policy, held: listed ?? null });
    const request = value.ok ? readAs(value.value, readRelease, "form") : value;
    if (!request.ok) return showRefusal(context, fault("BODY_INVALID", request.fault.detail).fault);
    const { to, policy: filter, held } = request.value;
    const file = await keeper.release({ to, filter, held });
    if (!file.ok) return showRefusal(context, file.fault);
    const mesh = context.req.param("mesh") ?? "";
    context.header("content-disposition", `attachment; filename="${mesh}-${to.replace(/[^\w.-]/g, "_")}.json"`);
    return context.json(file.value);
  });
}

async function readFile(file: File): Promise<Result<FramesFile>> {
  return readFramesFile(parseJson(new Uint8Array(await file.arrayBuffer())), "file of statements");
}

type Came = { readonly brought?: Brought; readonly arrived?: FileBrought };

function exchangePage(context: Agent, { brought = undefined, arrived = undefined }: Came = {}): Promise<Response> {
  return withKeeper(context, async (keeper) => {
    const [mesh, files] = await Promise.all([keeper.view("", 0), keeper.exchanged()]);
    if (!mesh.ok) return showRefusal(context, mesh.fault);
    const page = <ExchangePage mesh={mesh.value} files={files} brought={brought ?? null} arrived={arrived ?? null} />;
    return show(context, `Exchange of ${mesh.value.mesh}`, page);
  });
}

function idOf(frame: Uint8Array): string {
  const parsed = parseObservation(frame);
  return parsed.ok ? parsed.value.observation.id : sha256Hex(frame);
}

async function framesPage(context: Agent, carried: FramesFile, file: string, taken: boolean): Promise<Response> {
  const frames = taken ? await take(context, carried) : ok(await check(context, carried));
  if (!frames.ok) return showRefusal(context, frames.fault);
  return exchangePage(context, { brought: { file, taken, frames: frames.value } });
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

async function take(context: Agent, { frames, statements }: FramesFile): Promise<Result<readonly Judged[]>> {
  const mesh = context.req.param("mesh") ?? "";
  const config = context.get("config");
  const answers = await submitToMesh(context.env, config, mesh, frames, { statements, by: config.party.name });
  if (!answers.ok) return answers;
  return ok(
    answers.value.map((answer, index) => {
      const refusal = faultOf(answer);
      return {
        id: idOf(frames[index] as Uint8Array),
        verdict: refusal === null && "receipt" in answer ? answer.receipt.verdict : "refused",
        refusal: refusal === null ? null : describeRefusal(refusal),
      };
    }),
  );
}
