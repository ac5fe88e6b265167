// Meshes for the party's own people and programs: say facts, declare, carry statements in and out, reconcile, and see who says what.
import { type Context, Hono } from "hono";
import { meshTime } from "../../../durable/config.ts";
import type { MeshSaying } from "../../../durable/mesh-rpc.ts";
import { anything, list, misfit, nullable, type Reader, text } from "../../../shared/cbor/read.ts";
import { type CborMap, isCborMap } from "../../../shared/cbor/value.ts";
import { parseJson } from "../../../shared/evidence/bundle.ts";
import {
  BATCH_FRAMES_MAX,
  LINEAGE_REFERENCES_MAX,
  STATEMENTS_BYTES_MAX,
  STATEMENTS_PAGE_MAX,
  TEXT_LENGTH_MAX,
} from "../../../shared/limits.ts";
import { fields, NO_ITEMS, readInterval } from "../../../shared/mesh/documents/fields.ts";
import { readFramesFile, writeFramesFile } from "../../../shared/mesh/signed/frames-file.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { fault } from "../../../shared/result.ts";
import { faultOf } from "../../ingest.ts";
import { submitToMesh } from "../../mesh-road.ts";
import type { AgentContext } from "../app.ts";
import { mediaType, readBytes } from "../body.ts";
import { problem } from "../problem.ts";
import { disconnectRoute, returnRoute } from "./disconnection.ts";
import { answer, type MeshStub, withBody, withMesh } from "./with-mesh.ts";

type Agent = Context<AgentContext>;

const SUBJECTS_MAX = 500;
const ID = /^[0-9a-f]{64}$/;
const NOW = { at: null } as const;

const readId: Reader<string> = (value, path) =>
  typeof value === "string" && ID.test(value) ? value : misfit(path, "an id of 64 hexadecimal digits");
const readContent: Reader<CborMap> = (value, path) => (isCborMap(value) ? value : misfit(path, "a map"));

type Fact = Omit<Extract<MeshSaying, { say: "fact" }>, "say">;
const readFact = fields<Fact>(
  {
    subject: text(TEXT_LENGTH_MAX),
    value: anything,
    class: nullable(text()),
    sources: list(readId, LINEAGE_REFERENCES_MAX),
    at: nullable(readInterval),
  },
  { ...NOW, class: null, sources: NO_ITEMS },
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
const readMerge = fields<{ with: string; ceremony: string }>({ with: text(), ceremony: readId }, {}, null);

export function meshRoutes(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.get("/", (context) => {
    const { party, standings } = context.get("config");
    return context.json({ party: party.name, meshes: [...standings.keys()] });
  });
  app.post("/:mesh/facts", (context) => withBody(context, readOneOrMany, (mesh, facts) => say(context, mesh, facts)));
  app.post("/:mesh/declarations", (context) =>
    withBody(context, readDeclaration, (mesh, declared) => say(context, mesh, [{ say: "declaration", ...declared }])),
  );
  app.get("/:mesh/statements", statementsRoute);
  app.post("/:mesh/statements", takeStatementsRoute);
  app.get("/:mesh", (context) =>
    withMesh(context, async (mesh) =>
      answer(context, await mesh.view(context.req.query("subject") ?? "", SUBJECTS_MAX)),
    ),
  );
  app.get("/:mesh/lineage", (context) =>
    withMesh(context, async (mesh) =>
      context.json({ lineage: await mesh.lineage(numberOf(context.req.query("after"), -1), STATEMENTS_PAGE_MAX) }),
    ),
  );
  app.get("/:mesh/coalition", (context) =>
    withMesh(context, async (mesh) => answer(context, await mesh.coalition(context.req.query("operation") ?? null))),
  );
  app.post("/:mesh/reconcile", (context) =>
    withBody(context, readOther, async (mesh, body) => answer(context, await mesh.reconcile(body.with))),
  );
  app.post("/:mesh/merge", (context) =>
    withBody(context, readMerge, async (mesh, body) => answer(context, await mesh.merge(body.with, body.ceremony))),
  );
  app.get("/:mesh/facts/:id/story", (context) =>
    withMesh(context, async (mesh) => {
      const id = context.req.param("id");
      return ID.test(id)
        ? answer(context, await mesh.story(id))
        : problem(context, fault("NOT_FOUND", { thing: `fact ${id}` }).fault);
    }),
  );
  app.post("/:mesh/disconnection", disconnectRoute);
  app.delete("/:mesh/disconnection", returnRoute);
  return app;
}

const readOneOrMany: Reader<readonly MeshSaying[]> = (value, path) => {
  const facts = isCborMap(value) && value.has("facts") ? readFacts(value, path).facts : [readFact(value, path)];
  return facts.map((fact) => ({ say: "fact", ...fact }));
};

async function say(context: Agent, mesh: MeshStub, sayings: readonly MeshSaying[]): Promise<Response> {
  const said = await mesh.say(sayings);
  return said.ok
    ? context.json({ ids: said.value, at: meshTime(context.get("config")) }, 201)
    : problem(context, said.fault);
}

function numberOf(given: string | undefined, otherwise: number): number {
  return given !== undefined && /^\d{1,15}$/.test(given) ? Number(given) : otherwise;
}

/** A file of signed statements, page by page: `link` leads to the next. */
function statementsRoute(context: Agent): Promise<Response> {
  return withMesh(context, async (mesh) => {
    const { frames, authority, last, more } = await mesh.page(
      numberOf(context.req.query("after"), 0),
      STATEMENTS_PAGE_MAX,
    );
    const { pathname } = new URL(context.req.url);
    if (more) context.header("link", `<${pathname}?after=${last}>; rel="next"`);
    return context.json(writeFramesFile({ frames, statements: authority, mesh: context.req.param("mesh") ?? null }));
  });
}

/** Each frame is answered by itself, in order. */
function takeStatementsRoute(context: Agent): Promise<Response> {
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
    const answers = await submitToMesh(context.env, context.get("config"), mesh, frames, statements);
    return context.json({
      answers: answers.map((each) => {
        const refusal = faultOf(each);
        const id = "receipt" in each ? each.receipt.id : null;
        const verdict = "receipt" in each ? each.receipt.verdict : "refused";
        return refusal === null ? { id, verdict } : { id, verdict: "refused", ...describeRefusal(refusal) };
      }),
    });
  });
}
