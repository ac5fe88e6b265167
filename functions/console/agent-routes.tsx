// Pages about the agent itself: what it holds, and whether it can take part.
import type { Context } from "hono";
import { DIRECTORY_NAME } from "../../durable/env.ts";
import type { AgentContext } from "../http/app.ts";
import { readinessOf } from "../ops/readiness.ts";
import { vitalsOf } from "../ops/vitals.ts";
import { holdingsOf } from "./holdings.ts";
import { Health } from "./pages/health.tsx";
import { Keys } from "./pages/keys.tsx";
import { nowOf, show } from "./show.tsx";

type Agent = Context<AgentContext>;

export async function keysPage(context: Agent): Promise<Response> {
  return show(context, "Keys and credentials", <Keys holdings={await holdingsOf(context)} now={nowOf(context)} />);
}

const REFUSALS_SHOWN = 50;

export async function healthPage(context: Agent): Promise<Response> {
  const { party } = context.get("config");
  const now = nowOf(context);
  const [vitals, refusals, holdings] = await Promise.all([
    vitalsOf(context.env, context.get("config")),
    context.env.DIRECTORY.getByName(DIRECTORY_NAME).refusals(null, REFUSALS_SHOWN),
    holdingsOf(context),
  ]);
  const page = (
    <Health
      vitals={vitals}
      readiness={readinessOf(vitals)}
      revoked={holdings.credentials.filter(({ revoked }) => revoked !== null).map(({ subject }) => subject)}
      refusals={refusals}
      partners={party.partners}
      clockOffsetMs={party.clockOffsetMs}
      now={now}
    />
  );
  return show(context, "Health", page);
}
