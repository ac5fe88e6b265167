// Pages of meshes and coalitions: what is said, whom one stands with, going apart and returning, revoking a translator, and where two
// histories differ.
import { type Context, Hono } from "hono";
import { fromJson } from "../../shared/cbor/json.ts";
import { readAs } from "../../shared/cbor/read.ts";
import { type CborMap, isCborMap } from "../../shared/cbor/value.ts";
import { readDisconnection } from "../../shared/mesh/documents/disconnection.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { AgentContext } from "../http/app.ts";
import { comeBack, goApart } from "../http/routes/disconnection.ts";
import { RevokePage } from "./pages/coalition.tsx";
import { DivergencePage } from "./pages/divergence.tsx";
import { Meshes, MeshPage } from "./pages/mesh.tsx";
import { StoryPage } from "./pages/story.tsx";
import { nowOf, show, showAbsent, showRefusal } from "./show.tsx";

type Agent = Context<AgentContext>;
type Keeper = ReturnType<AgentContext["Bindings"]["MESH"]["getByName"]>;

/** Subjects of a mesh on one page. */
const SUBJECTS_MAX = 200;
const REPORTS_MAX = 32;
const ID = /^[0-9a-f]{64}$/;

export function meshPages(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.get("/", (context) => {
    const meshes = [...context.get("config").standings].map(([name, { partners }]) => ({ name, partners }));
    return show(context, "Coalition", <Meshes meshes={meshes} />);
  });
  app.get("/:mesh", (context) => withKeeper(context, (keeper) => meshPage(context, keeper)));
  app.get("/:mesh/facts/:id", (context) =>
    withKeeper(context, async (keeper) => {
      const id = context.req.param("id") ?? "";
      const story = ID.test(id) ? await keeper.story(id) : fault("NOT_FOUND", { thing: "such fact" });
      return story.ok
        ? show(context, "One fact's story", <StoryPage mesh={nameOf(context)} story={story.value} />)
        : showRefusal(context, story.fault);
    }),
  );
  app.get("/:mesh/divergence", (context) => withKeeper(context, (keeper) => divergencePage(context, keeper)));
  app.get("/:mesh/revoke", (context) =>
    withKeeper(context, async (keeper) => {
      const translator = context.req.query("translator") ?? "";
      const plan = await keeper.plan({ revokes: translator, by: null, after: null, operation: null });
      return plan.ok
        ? show(
            context,
            "Revoke a translator",
            <RevokePage mesh={nameOf(context)} translator={translator} plan={plan.value} />,
          )
        : showRefusal(context, plan.fault);
    }),
  );
  app.post("/:mesh/revoke", (context) => acted(context, revoke));
  app.post("/:mesh/apart", (context) => acted(context, apart));
  app.post("/:mesh/return", (context) =>
    acted(context, (keeper, { with: other = "" }) =>
      comeBack(keeper, other, context.get("config").standings.has(other)),
    ),
  );
  app.post("/:mesh/reconcile", (context) =>
    acted(context, (keeper, { with: other = "" }) => keeper.reconcile(other), divergenceOf),
  );
  app.post("/:mesh/merge", (context) =>
    acted(
      context,
      (keeper, { with: other = "", ceremony = "" }) =>
        ID.test(ceremony)
          ? keeper.merge(other, ceremony)
          : Promise.resolve(fault("BODY_INVALID", { path: "ceremony", need: "an id of 64 hexadecimal digits" })),
      divergenceOf,
    ),
  );
  return app;
}

function nameOf(context: Agent): string {
  return context.req.param("mesh") ?? "";
}

function withKeeper(context: Agent, then: (keeper: Keeper) => Promise<Response>): Promise<Response> {
  const name = nameOf(context);
  return context.get("config").standings.has(name)
    ? then(context.env.MESH.getByName(name))
    : showAbsent(context, "such mesh");
}

type Fields = Readonly<Record<string, string | undefined>>;
const divergenceOf = (mesh: string, { with: other = "" }: Fields) =>
  `/mesh/${mesh}/divergence?with=${encodeURIComponent(other)}`;

/** Does what a form asks, and leads to where its effect is seen. */
function acted(
  context: Agent,
  act: (keeper: Keeper, fields: Fields, context: Agent) => Promise<Result<unknown>>,
  leads: (mesh: string, fields: Fields) => string = (mesh) => `/mesh/${mesh}`,
): Promise<Response> {
  return withKeeper(context, async (keeper) => {
    const form = await context.req.parseBody();
    const texts = Object.entries(form).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value.trim()]] : [],
    );
    const fields = Object.fromEntries(texts) as Fields;
    const done = await act(keeper, fields, context);
    return done.ok ? context.redirect(leads(nameOf(context), fields), 303) : showRefusal(context, done.fault);
  });
}

async function meshPage(context: Agent, keeper: Keeper): Promise<Response> {
  const [mesh, translators, revocations, policy] = await Promise.all([
    keeper.view("", SUBJECTS_MAX),
    keeper.translators(),
    keeper.revocations(),
    keeper.coalition(null),
  ]);
  if (!mesh.ok) return showRefusal(context, mesh.fault);
  const part = <T,>(result: Result<T>) =>
    result.ok ? result : { ok: false as const, refusal: describeRefusal(result.fault) };
  const coalition = {
    mesh: mesh.value.mesh,
    party: context.get("config").party.name,
    now: nowOf(context),
    translators: part(translators),
    revocations,
    policy: part(policy),
  };
  return show(context, `Mesh ${mesh.value.mesh}`, <MeshPage mesh={mesh.value} coalition={coalition} />);
}

async function divergencePage(context: Agent, keeper: Keeper): Promise<Response> {
  const [mesh, other] = [nameOf(context), context.req.query("with") ?? ""];
  const isCarrier = context.get("config").standings.has(other);
  const [ours, theirs] = await Promise.all([
    keeper.reports(REPORTS_MAX),
    isCarrier ? context.env.MESH.getByName(other).reports(REPORTS_MAX) : [],
  ]);
  const report = ours.find(({ peer }) => peer === other) ?? null;
  const mirror = theirs.find(({ peer, digest }) => peer === mesh && digest === report?.digest) ?? null;
  const page = <DivergencePage divergence={{ mesh, other, report, mirror }} />;
  return show(context, `${mesh} and ${other}`, page);
}

async function apart(keeper: Keeper, { with: other = "", reason = "", until = "", condition = "" }: Fields) {
  const atMs = until === "" ? null : Date.parse(until);
  if (atMs !== null && !Number.isFinite(atMs))
    return fault("BODY_INVALID", { path: "until", need: "a time such as 2027-01-31T00:00:00Z" });
  const given = { with: other, reason, until: atMs === null ? null : atMs * 1_000, condition: condition || null };
  const value = fromJson(given);
  const terms = value.ok ? readAs(value.value, readDisconnection, "form") : value;
  return terms.ok ? goApart(keeper, terms.value) : fault("BODY_INVALID", terms.fault.detail);
}

/** In this party's own name, from now on; what it touches was shown before. */
async function revoke(keeper: Keeper, { translator = "", sure }: Fields, context: Agent): Promise<Result<unknown>> {
  if (sure !== "yes") return fault("BODY_INVALID", { path: "sure", need: "ticked: the effects are to be read first" });
  const plan = await keeper.plan({ revokes: translator, by: null, after: null, operation: null });
  if (!plan.ok) return plan;
  const { party } = context.get("config");
  const document = fromJson({ revokes: translator, by: party.name, after: nowOf(context) });
  if (!document.ok || !isCborMap(document.value)) return document.ok ? ok(null) : document;
  const content: CborMap = new Map([["document", document.value]]);
  return keeper.say([{ say: "declaration", type: "coalition-revocation", content, at: null }]);
}
