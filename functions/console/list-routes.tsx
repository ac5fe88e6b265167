// The pages that list ceremonies: the inbox, and the list that is narrowed by its address.
import type { Context } from "hono";
import { ALL_CEREMONIES, type CeremonyQuery } from "../../durable/ceremony-list.ts";
import { DIRECTORY_NAME } from "../../durable/env.ts";
import { PATTERNS } from "../../shared/policy/catalogue.ts";
import type { AgentContext } from "../http/app.ts";
import { endingSoon, ownCredentials } from "./holdings.ts";
import { Ceremonies, type Filters, Inbox } from "./pages/lists.tsx";
import { nowOf, show } from "./show.tsx";

type Agent = Context<AgentContext>;

/** Ceremonies whose state is asked for on one page: those that go on, and those that have ended. */
const OPEN_MAX = 60;
const ENDED_MAX = 12;
const PAGE_ROWS = 50;
const ENDED = ["final", "abandoned", "expired"];
const GOING_ON = ["waiting", "refused", "held", "gathering", "closing"];

export async function inboxPage(context: Agent): Promise<Response> {
  const directory = context.env.DIRECTORY.getByName(DIRECTORY_NAME);
  const [open, ended] = await Promise.all([
    directory.list(OPEN_MAX, { ...ALL_CEREMONIES, phases: GOING_ON }),
    directory.list(ENDED_MAX, { ...ALL_CEREMONIES, phases: ENDED }),
  ]);
  const views = await Promise.all(
    [...open, ...ended].map(({ ceremony }) => context.env.CEREMONY.getByName(ceremony).view()),
  );
  const ending = endingSoon(ownCredentials(context), nowOf(context));
  return show(context, "Inbox", <Inbox views={views} now={nowOf(context)} ending={ending} />);
}

const CURSOR = /^(\d{1,15})\.([0-9a-f]{64})$/;

export async function ceremoniesPage(context: Agent): Promise<Response> {
  const { party } = context.get("config");
  const asked = (name: string) => context.req.query(name)?.slice(0, 200) ?? "";
  const filters: Filters = {
    status: asked("status"),
    pattern: asked("pattern"),
    partner: asked("partner"),
    mine: asked("mine"),
  };
  const [, atMs, ceremony] = CURSOR.exec(asked("after")) ?? [];
  const query: CeremonyQuery = {
    phases: filters.status === "" ? null : [filters.status],
    pattern: filters.pattern || null,
    party: filters.partner || null,
    openedBy: filters.mine === "opened" ? party.name : null,
    after: atMs === undefined || ceremony === undefined ? null : { atMs: Number(atMs), ceremony },
  };
  const rows = await context.env.DIRECTORY.getByName(DIRECTORY_NAME).list(PAGE_ROWS, query);
  const last = rows.length === PAGE_ROWS ? rows.at(-1) : undefined;
  const page = (
    <Ceremonies
      rows={rows}
      now={nowOf(context)}
      filters={filters}
      patterns={PATTERNS.map(({ id, title }) => [id, title] as const)}
      partners={party.partners.map(({ name }) => name)}
      next={last === undefined ? null : nextAddress(filters, `${last.atMs}.${last.ceremony}`)}
    />
  );
  return show(context, "Ceremonies", page);
}

function nextAddress(filters: Filters, after: string): string {
  const given = Object.entries(filters).filter(([, value]) => value !== "");
  return `/ceremonies?${new URLSearchParams([...given, ["after", after]])}`;
}
