// Pages about the agent itself: what it holds, and whether it can take part.
import type { Context } from "hono";
import { DIRECTORY_NAME } from "../../durable/env.ts";
import type { LinkHealth } from "../../durable/link-object.ts";
import type { AgentContext } from "../http/app.ts";
import { readinessOf } from "../ops/readiness.ts";
import { vitalsOf } from "../ops/vitals.ts";
import { type Holdings, holdingsOf } from "./holdings.ts";
import { Health, type Reason } from "./pages/health.tsx";
import { Keys } from "./pages/keys.tsx";
import { nowOf, show } from "./show.tsx";
import { instantText } from "./words.ts";

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
      reasons={reasonsOf(vitals.link, holdings)}
      refusals={refusals}
      partners={party.partners}
      clockOffsetMs={party.clockOffsetMs}
      now={now}
    />
  );
  return show(context, "Health", page);
}

/** Rows that wait for one peer before it is worth a word. */
const WAITING_MANY = 100;

/** What only this party's own people are told, beside the readiness that anybody may ask for. */
function reasonsOf(link: LinkHealth, holdings: Holdings): readonly Reason[] {
  const reasons: Reason[] = [];
  const say = (tone: "bad" | "warn", word: string, why: string, remedy: string) =>
    reasons.push({ badge: { icon: tone === "bad" ? "✗" : "!", word, tone }, why, remedy });
  for (const { peer, rows, failures } of link.lanes.filter((lane) => lane.rows >= WAITING_MANY))
    say("warn", `${rows} messages wait for ${peer}`, `${failures} attempts failed`, "Ask whether its bus is up");
  for (const { subject, revoked } of holdings.credentials)
    if (revoked !== null)
      say(
        "bad",
        `${subject} is revoked`,
        `from ${instantText(revoked.from)}: ${revoked.reason}`,
        "Have it granted anew",
      );
  return reasons;
}
