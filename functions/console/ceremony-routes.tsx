// Pages of one ceremony: what is held, what one statement was judged by, and the two steps to a signature.
import { type Context, Hono } from "hono";
import { decodeCanonical } from "../../shared/cbor/decode.ts";
import { toJson } from "../../shared/cbor/json.ts";
import type { CborMap } from "../../shared/cbor/value.ts";
import { fault } from "../../shared/result.ts";
import { explainHere } from "../explain.ts";
import type { AgentContext } from "../http/app.ts";
import { CeremonyPage } from "./pages/ceremony.tsx";
import { Observation } from "./pages/observation.tsx";
import { ChoosePage, ConfirmPage } from "./pages/sign.tsx";
import { show, showRefusal } from "./show.tsx";

type Agent = Context<AgentContext>;
type Stub = ReturnType<AgentContext["Bindings"]["CEREMONY"]["getByName"]>;

const ID = /^[0-9a-f]{64}$/;

export function ceremonyPages(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.get("/:id", (context) =>
    withCeremony(context, async (ceremony) => {
      const [view, lineage] = await Promise.all([ceremony.view(), ceremony.lineage()]);
      return show(context, view.title || "Ceremony", <CeremonyPage view={view} lineage={lineage} />);
    }),
  );
  app.get("/:id/evidence", (context) =>
    withCeremony(context, async (ceremony) => {
      const bundle = await ceremony.evidence();
      return bundle === null
        ? showRefusal(context, fault("PROVISIONAL").fault)
        : context.body(bundle, 200, { "content-type": "application/json" });
    }),
  );
  app.get("/:id/o/:observation", (context) =>
    withCeremony(context, () => observationPage(context, context.req.param("id"))),
  );
  app.get("/:id/sign", (context) =>
    withCeremony(context, async (ceremony) => show(context, "Sign", <ChoosePage view={await ceremony.view()} />)),
  );
  app.post("/:id/sign", (context) => withCeremony(context, (ceremony) => review(context, ceremony)));
  app.post("/:id/sign/confirm", (context) => withCeremony(context, (ceremony) => confirm(context, ceremony)));
  return app;
}

/** One observation: why it was admitted or not, or that it never arrived. */
export async function observationPage(context: Agent, ceremony: string | null): Promise<Response> {
  const explained = await explainHere(
    context.env,
    context.get("config"),
    context.req.param("observation") ?? "",
    ceremony,
  );
  return explained.ok
    ? show(context, "Observation", <Observation explanation={explained.value} />)
    : showRefusal(context, explained.fault);
}

async function withCeremony(context: Agent, answer: (ceremony: Stub) => Promise<Response>): Promise<Response> {
  const id = context.req.param("id") ?? "";
  const absent = () => showRefusal(context, fault("NOT_FOUND", { thing: "such ceremony" }).fault);
  if (!ID.test(id)) return absent();
  const ceremony = context.env.CEREMONY.getByName(id);
  const { policy, refusal } = await ceremony.view();
  return policy === null && refusal === null ? absent() : answer(ceremony);
}

async function review(context: Agent, ceremony: Stub): Promise<Response> {
  const { choice, reason, content } = said(await context.req.parseBody());
  const [view, draft] = await Promise.all([ceremony.view(), ceremony.draft(content)]);
  if (!draft.ok) return showRefusal(context, draft.fault);
  const payload = payloadOf(draft.value.toBeSigned);
  if (payload === undefined) return showRefusal(context, fault("BLIND_SIGNING_REFUSED").fault);
  const page = <ConfirmPage view={view} choice={choice} reason={reason} draft={draft.value} payload={payload} />;
  return show(context, "Sign", page, { scripts: ["/assets/sign.js"] });
}

async function confirm(context: Agent, ceremony: Stub): Promise<Response> {
  const form = await context.req.parseBody();
  const { content } = said(form);
  const signed = await ceremony.attestDraft(content, { at: Number(form.at), id: String(form.id) });
  if (!signed.ok) return showRefusal(context, signed.fault);
  return context.redirect(`/c/${context.req.param("id")}`, 303);
}

function said(form: Readonly<Record<string, unknown>>): { choice: string; reason: string; content: CborMap } {
  const [choice, reason] = [form.choice, form.reason].map((field) => (typeof field === "string" ? field.trim() : ""));
  const content = new Map([["choice", choice ?? ""]]);
  if (reason) content.set("reason", reason);
  return { choice: choice ?? "", reason: reason ?? "", content };
}

/** The statement inside the bytes to be signed (RFC 9052 §4.4: its fourth part), as JSON. */
function payloadOf(toBeSigned: Uint8Array): unknown {
  const structure = decodeCanonical(toBeSigned);
  const payload = structure.ok && Array.isArray(structure.value) ? structure.value[3] : undefined;
  const decoded = payload instanceof Uint8Array ? decodeCanonical(payload) : undefined;
  return decoded?.ok ? toJson(decoded.value) : undefined;
}
