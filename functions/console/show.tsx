// Rendering a page: its frame, whose view it is, and refusals in the same shape as everywhere.
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import { meshTime } from "../../durable/config.ts";
import { LINK_NAME } from "../../durable/env.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import type { Fault } from "../../shared/result.ts";
import type { AgentContext } from "../http/app.ts";
import { statusOf } from "../http/problem.ts";
import { Page, type Perspective } from "./layout.tsx";
import { RefusalText } from "./pages/plain.tsx";

type Agent = Context<AgentContext>;

export function nowOf(context: Agent): number {
  return meshTime(context.get("config"));
}

/** Renders a page; `open` ones are for anyone and tell nothing of this party. */
export async function show(
  context: Agent,
  title: string,
  content: Child,
  options: { readonly scripts?: readonly string[]; readonly open?: boolean; readonly status?: 200 | 404 | 409 } = {},
): Promise<Response> {
  const perspective = options.open ? null : await perspectiveOf(context);
  const page = (
    <Page title={title} path={context.req.path} perspective={perspective} scripts={options.scripts ?? []}>
      {content}
    </Page>
  );
  return context.html(`<!doctype html>${await page}`, options.status ?? 200);
}

/** A refusal as a page, with its code and what to do. */
export function showRefusal(context: Agent, fault: Fault): Promise<Response> {
  const refusal = describeRefusal(fault);
  const status = statusOf(fault) === 404 ? 404 : 409;
  return show(context, `Not done: ${refusal.what}`, <RefusalText refusal={refusal} />, { status });
}

async function perspectiveOf(context: Agent): Promise<Perspective> {
  const { party } = context.get("config");
  const { lastHeardMs } = await context.env.LINK.getByName(LINK_NAME).health();
  const heard = party.partners.map(({ name, account }) => {
    const at = lastHeardMs[account];
    return { partner: name, seconds: at === undefined ? null : Math.max(0, Math.round((Date.now() - at) / 1_000)) };
  });
  return { party: party.name, heard };
}
