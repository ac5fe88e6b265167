// Pages about the agent itself: what it holds, and whether it can take part.
import type { Context } from "hono";
import { DIRECTORY_NAME, LINK_NAME } from "../../durable/env.ts";
import type { LinkHealth } from "../../durable/link-object.ts";
import type { AgentContext } from "../http/app.ts";
import { endingSoon, type Holdings, holdingsOf } from "./holdings.ts";
import { Health, type Reason } from "./pages/health.tsx";
import { Keys } from "./pages/keys.tsx";
import { nowOf, show } from "./show.tsx";
import { instantText, relativeText } from "./words.ts";

type Agent = Context<AgentContext>;

export async function keysPage(context: Agent): Promise<Response> {
  return show(context, "Keys and credentials", <Keys holdings={await holdingsOf(context)} now={nowOf(context)} />);
}

const REFUSALS_SHOWN = 50;

export async function healthPage(context: Agent): Promise<Response> {
  const { party } = context.get("config");
  const now = nowOf(context);
  const [link, refusals, holdings] = await Promise.all([
    context.env.LINK.getByName(LINK_NAME).health(),
    context.env.DIRECTORY.getByName(DIRECTORY_NAME).refusals(),
    holdingsOf(context),
  ]);
  const page = (
    <Health
      link={link}
      reasons={reasonsOf(link, holdings, now)}
      refusals={refusals.slice(0, REFUSALS_SHOWN)}
      partners={party.partners}
      clockOffsetMs={party.clockOffsetMs}
      now={now}
    />
  );
  return show(context, "Health", page);
}

/** Rows that wait for one peer before it is worth a word. */
const WAITING_MANY = 100;

function reasonsOf(link: LinkHealth, holdings: Holdings, now: number): readonly Reason[] {
  const reasons: Reason[] = [];
  const say = (tone: "bad" | "warn", word: string, why: string, remedy: string) =>
    reasons.push({ badge: { icon: tone === "bad" ? "✗" : "!", word, tone }, why, remedy });
  if (!link.connected) {
    const trouble = link.lastError === null ? "it was never up" : JSON.stringify(link.lastError);
    say("bad", "not ready: not linked to the bus", trouble, "Messages wait in the outbox and go when it is back");
  }
  if (link.draining)
    say("warn", "draining", "nothing is taken in before a stop", "It ends by itself, or with DELETE /v1/link/drain");
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
  const soon = endingSoon(holdings, now);
  if (soon !== null)
    say(
      soon.degraded ? "bad" : "warn",
      `${soon.subject} ends ${relativeText(soon.until, now)}`,
      "what is signed after that counts nowhere",
      "Have its issuer grant it anew",
    );
  return reasons;
}
