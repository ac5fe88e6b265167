// Rendering a page: its frame, whose view it is, and refusals in the same shape as everywhere.
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { meshTime } from "../../durable/config.ts";
import { LINK_NAME } from "../../durable/env.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { statusOf } from "../../shared/refusals/effects.ts";
import { describeRefusal, type Refusal } from "../../shared/refusals.ts";
import { type Fault, fault } from "../../shared/result.ts";
import type { AgentContext } from "../http/app.ts";
import type { AssetName } from "./assets.ts";
import { contentPolicy, POLICY_HEADER } from "./content-policy.ts";
import { plainTitle, visibleMarkup } from "./foreign.tsx";
import { FormToken, Reading } from "./form.tsx";
import { tokenFor } from "./form-token.ts";

import { Page, type Perspective } from "./layout.tsx";
import { RefusalText } from "./pages/plain.tsx";
import { agreementBadge } from "./words.ts";

type Agent = Context<AgentContext>;

export function nowOf(context: Agent): number {
  return meshTime(context.get("config"));
}

type Showing = {
  readonly scripts?: readonly AssetName[];
  /** For anyone: tells nothing of this party. */
  readonly open?: boolean;
  readonly status?: ContentfulStatusCode;
  /** The ceremony that the page is about. */
  readonly of?: CeremonyView;
};

/** Renders a page. One with the module that keeps it up to date may ask this agent, and no other may ask anyone. */
export async function show(context: Agent, title: string, content: Child, showing: Showing = {}): Promise<Response> {
  const { scripts = [], open = false, status = 200, of: view } = showing;
  const [perspective, token] = await Promise.all([open ? null : perspectiveOf(context), tokenFor(context)]);
  const reader = open ? null : context.get("caller");
  const page = (
    <FormToken.Provider value={token}>
      <Reading.Provider value={reader}>
        <Page
          title={plainTitle(title)}
          path={context.req.path}
          perspective={perspective}
          agreement={view === undefined ? null : agreementBadge(view)}
          scripts={scripts}
        >
          {content}
        </Page>
      </Reading.Provider>
    </FormToken.Provider>
  );
  const text = `<!doctype html>${visibleMarkup(String(await page))}`;
  context.header(POLICY_HEADER, contentPolicy(scripts.includes("live.js")));
  return context.html(text, status);
}

/** A part of a page by itself, for the module that keeps pages up to date. */
export async function showPart(context: Agent, content: Child): Promise<Response> {
  const text = visibleMarkup(String(await content));
  const etag = `"${sha256Hex(new TextEncoder().encode(text)).slice(0, 32)}"`;
  context.header("etag", etag);
  return context.req.header("if-none-match") === etag ? context.body(null, 304) : context.html(text);
}

/** A refusal as a page, with its code and what to do. */
export function showRefusal(context: Agent, refused: Fault, open = false): Promise<Response> {
  const refusal = describeRefusal(refused);
  const status = statusOf(refused.code);
  return show(context, `Not done: ${refusal.what}`, <RefusalText refusal={refusal} />, {
    status: status === 202 ? 409 : status,
    open,
  });
}

export function showAbsent(context: Agent, thing: string): Promise<Response> {
  return showRefusal(context, fault("NOT_FOUND", { thing }).fault);
}

async function perspectiveOf(context: Agent): Promise<Perspective> {
  const { party } = context.get("config");
  const { lastHeardMs, connected } = await context.env.LINK.getByName(LINK_NAME).health();
  const heard = party.partners.map(({ name, account }) => {
    const at = lastHeardMs[account];
    return { partner: name, seconds: at === undefined ? null : Math.max(0, Math.round((Date.now() - at) / 1_000)) };
  });
  return { party: party.name, at: nowOf(context), linked: connected, heard };
}

/** What a route of the API refused, as a page. */
export async function showAnswer(context: Agent, answer: Response): Promise<Response> {
  const told = (await answer.json()) as Refusal;
  const status = answer.status as ContentfulStatusCode;
  return show(context, `Not done: ${told.what}`, <RefusalText refusal={told} />, { status });
}
