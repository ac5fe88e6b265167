// Pages of one ceremony: what is held, what one statement was judged by, and the two steps to a signature.
import { type Context, Hono } from "hono";
import { fault } from "../../shared/result.ts";
import { explainHere } from "../explain.ts";
import type { AgentContext } from "../http/app.ts";
import { ceremonyKnown } from "../known.ts";
import { recentVitals } from "../ops/vitals.ts";
import { CeremonyPage } from "./pages/ceremony.tsx";
import { Certificate } from "./pages/certificate.tsx";
import { type Counts, Live, LiveCounts } from "./pages/live.tsx";
import { Observation } from "./pages/observation.tsx";
import { PolicyOfCeremony } from "./pages/policies.tsx";
import { type Asking, ChoosePage, ConfirmPage } from "./pages/sign.tsx";
import { State } from "./pages/state.tsx";
import { ENTRIES_MAX } from "./pages/timeline.tsx";
import { nowOf, show, showAbsent, showPart, showRefusal } from "./show.tsx";
import { askingOf, payloadOf, saidIn } from "./signing.ts";

type Agent = Context<AgentContext>;
type Stub = ReturnType<AgentContext["Bindings"]["CEREMONY"]["getByName"]>;

const NUMBER = /^\d{1,9}$/;
/** Contributions that are drawn and listed one by one. */
const ACTS_MAX = 200;
/** Newest contributions of a burst. */
const LIVE_ROWS = 200;
/** A certificate for print stays a few pages. */
const CERTIFIED_MAX = 1_000;

export function ceremonyPages(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.get("/:id", (context) => withCeremony(context, (ceremony) => ceremonyPage(context, ceremony)));
  app.get("/:id/state", (context) =>
    withCeremony(context, async (ceremony) => {
      const [view, picture] = await Promise.all([ceremony.view(), ceremony.picture(ACTS_MAX)]);
      return showPart(context, <State view={view} picture={picture} now={nowOf(context)} />);
    }),
  );
  app.get("/:id/live", (context) => withCeremony(context, (ceremony) => livePage(context, ceremony)));
  app.get("/:id/live/counts", (context) =>
    withCeremony(context, async (ceremony) =>
      showPart(context, <LiveCounts {...(await countsOf(context, ceremony))} />),
    ),
  );
  app.get("/:id/certificate", (context) =>
    withCeremony(context, async (ceremony) => {
      const [view, picture] = await Promise.all([ceremony.view(), ceremony.picture(CERTIFIED_MAX)]);
      return view.outcome === null
        ? showRefusal(context, fault("PROVISIONAL").fault)
        : show(context, view.title || "Certificate", <Certificate view={view} picture={picture} />, { of: view });
    }),
  );
  app.get("/:id/policy", (context) =>
    withCeremony(context, async (ceremony) => {
      const [view, { policy }] = await Promise.all([ceremony.view(), ceremony.picture(0)]);
      return show(context, "Policy", <PolicyOfCeremony view={view} policy={policy} />, { of: view });
    }),
  );
  app.get("/:id/evidence", (context) =>
    withCeremony(context, async (ceremony) => {
      const bundle = await ceremony.evidence();
      return bundle === null
        ? showRefusal(context, fault("PROVISIONAL").fault)
        : context.body(bundle.body, 200, { "content-type": "application/json" });
    }),
  );
  app.get("/:id/o/:observation", (context) =>
    withCeremony(context, () => observationPage(context, context.req.param("id"))),
  );
  app.get("/:id/sign", (context) =>
    withCeremony(context, async (ceremony) => {
      const asking = await askingOf(context, ceremony);
      const blind = unreadable(asking);
      return blind === null
        ? show(context, "Sign", <ChoosePage asking={asking} />, { of: asking.view })
        : showRefusal(context, fault("BLIND_SIGNING_REFUSED", { reason: blind }).fault);
    }),
  );
  app.post("/:id/sign", (context) => withCeremony(context, (ceremony) => review(context, ceremony)));
  app.post("/:id/sign/confirm", (context) => withCeremony(context, (ceremony) => confirm(context, ceremony)));
  return app;
}

async function ceremonyPage(context: Agent, ceremony: Stub): Promise<Response> {
  const [view, picture] = await Promise.all([ceremony.view(), ceremony.picture(ACTS_MAX)]);
  const asked = context.req.query("before") ?? "";
  const until = NUMBER.test(asked) ? Math.min(Number(asked), picture.entries) : picture.entries;
  const lineage = await ceremony.lineage(until - ENTRIES_MAX - 1, Math.min(until, ENTRIES_MAX));
  const page = <CeremonyPage held={{ view, picture, lineage, entries: picture.entries, now: nowOf(context) }} />;
  return show(context, view.title || "Ceremony", page, { scripts: ["live.js"] });
}

/** Which parties agree stands in the part that keeps itself up to date, and so not above it. */
async function livePage(context: Agent, ceremony: Stub): Promise<Response> {
  const counts = await countsOf(context, ceremony);
  return show(context, `Live: ${counts.view.title || "ceremony"}`, <Live {...counts} />, { scripts: ["live.js"] });
}

async function countsOf(context: Agent, ceremony: Stub): Promise<Counts> {
  const [view, picture, vitals] = await Promise.all([
    ceremony.view(),
    ceremony.picture(LIVE_ROWS),
    recentVitals(context.env, context.get("config")),
  ]);
  return {
    view,
    picture,
    lag: { queue: vitals.queue, waiting: vitals.link.outbox, late: vitals.clocks },
    now: nowOf(context),
  };
}

/** One observation: why it was admitted or not, or that it never arrived. */
export async function observationPage(context: Agent, ceremony: string | null): Promise<Response> {
  const id = context.req.param("observation") ?? "";
  const explained = await explainHere(context.env, context.get("config"), id, ceremony);
  if (!explained.ok) return showRefusal(context, explained.fault);
  const of = ceremony === null ? {} : { of: await context.env.CEREMONY.getByName(ceremony).view() };
  return show(context, "Observation", <Observation explanation={explained.value} ceremony={ceremony} />, of);
}

async function withCeremony(context: Agent, answer: (ceremony: Stub) => Promise<Response>): Promise<Response> {
  const known = await ceremonyKnown(context.env, context.req.param("id") ?? "");
  return known === null ? showAbsent(context, "such ceremony") : answer(known.ceremony);
}

async function review(context: Agent, ceremony: Stub): Promise<Response> {
  const said = saidIn(await context.req.parseBody());
  if (!said.ok) return showRefusal(context, said.fault);
  const { saying, content } = said.value;
  const [asking, draft] = await Promise.all([askingOf(context, ceremony), ceremony.draft(content)]);
  if (!draft.ok) return showRefusal(context, draft.fault);
  const payload = payloadOf(draft.value.toBeSigned);
  const blind = unreadable(asking) ?? (payload === undefined ? "the statement cannot be decoded" : null);
  if (blind !== null) return showRefusal(context, fault("BLIND_SIGNING_REFUSED", { reason: blind }).fault);
  const page = <ConfirmPage asking={asking} saying={saying} draft={draft.value} payload={payload} />;
  return show(context, "Sign", page, { scripts: ["sign.js"], of: asking.view });
}

/** Why nobody could tell what a signature here would mean; null where they can. */
function unreadable({ view, picture }: Asking): string | null {
  if (view.asked === null) return null;
  const { roles } = (picture.policy ?? {}) as { readonly roles?: Readonly<Record<string, unknown>> };
  if (roles === undefined) return "the policy cannot be decoded";
  return Object.hasOwn(roles, view.asked.role) ? null : "the policy does not say what the role may do";
}

async function confirm(context: Agent, ceremony: Stub): Promise<Response> {
  const form = await context.req.parseBody();
  const said = saidIn(form);
  if (!said.ok) return showRefusal(context, said.fault);
  const signed = await ceremony.attestDraft(said.value.content, { at: Number(form.at), id: String(form.id) });
  if (!signed.ok) return showRefusal(context, signed.fault);
  return context.redirect(`/c/${context.req.param("id")}`, 303);
}
