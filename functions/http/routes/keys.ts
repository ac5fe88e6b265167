// The keys that may call: which there are, and withdrawing one at once, in every isolate and in streams that are open.
import type { Context } from "hono";
import { EDGE_NAME } from "../../../durable/env.ts";
import { type ApiKey, PERSON, personId } from "../../../durable/keys.ts";
import { list, nullable, oneOf, record, text } from "../../../shared/cbor/read.ts";
import { fault } from "../../../shared/result.ts";
import { FIRST_KEY, SCOPES } from "../../../shared/scopes.ts";
import type { AgentContext } from "../app.ts";
import { forgetLeases } from "../budget.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { problem } from "../problem.ts";

type Agent = Context<AgentContext>;
type ShownKey = Omit<ApiKey, "sha256"> & { readonly withdrawnAtMs: number | null };

const time = nullable(shape.count);
const shownKey = record<ShownKey>({
  id: shape.words,
  scopes: list(oneOf(...SCOPES), SCOPES.length),
  from: time,
  until: time,
  perMinute: shape.count,
  withdrawnAtMs: time,
});

export const KEY_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/v1/keys",
    group: "keys",
    does: "the bearer keys by name, with their scopes, and what was withdrawn",
    access: "admin",
    answers: {
      200: {
        about: "the keys, and names of others that were withdrawn",
        type: JSON_TYPE,
        shape: record({ keys: shape.several(shownKey), withdrawn: shape.several(shape.words) }),
      },
    },
    handle: listRoute,
  }),
  route({
    method: "DELETE",
    path: "/v1/keys/{key}",
    group: "keys",
    does: "withdraws a key, or a person (`access:EMAIL`), for good",
    access: "admin",
    answers: {
      200: { about: "withdrawn", type: JSON_TYPE, shape: record({ id: shape.words, atMs: shape.count }) },
    },
    handle: withdrawRoute,
  }),
  route<{ readonly key: string | null }>({
    method: "DELETE",
    path: "/v1/sessions",
    group: "keys",
    does: "ends the sessions at the console, all or those of one `key`; whoever has a key may log in again",
    access: "admin",
    query: { key: { about: "the name of the key by which they began", reader: nullable(text()) } },
    answers: { 200: { about: "how many ended", type: JSON_TYPE, shape: record({ ended: shape.count }) } },
    handle: async (context, { key }) =>
      context.json({ ended: await context.env.EDGE.getByName(EDGE_NAME).endSessions(key) }),
  }),
];

async function listRoute(context: Agent): Promise<Response> {
  const { keys } = context.get("config");
  const withdrawn = await context.env.EDGE.getByName(EDGE_NAME).withdrawn();
  const at = new Map(withdrawn.map(({ id, atMs }) => [id, atMs]));
  const shown = keys.map(({ sha256: _, ...key }) => ({ ...key, withdrawnAtMs: at.get(key.id) ?? null }));
  const others = withdrawn.map(({ id }) => id).filter((id) => !keys.some((key) => key.id === id));
  return context.json({ keys: shown, withdrawn: others });
}

async function withdrawRoute(context: Agent): Promise<Response> {
  const given = context.req.param("key") ?? "";
  const known = context.get("config").keys.some(({ id }) => id === given && id !== FIRST_KEY);
  const isPerson = /^access:[^\s\p{C}]{1,256}$/u.test(given);
  if (!known && !isPerson)
    return problem(
      context,
      fault("QUERY_INVALID", {
        path: "the key",
        need: `a name in API_KEYS, or access:EMAIL; ${FIRST_KEY} itself is replaced by deploying another`,
      }).fault,
    );
  const id = isPerson ? personId(given.slice(PERSON.length)) : given;
  const withdrawn = await context.env.EDGE.getByName(EDGE_NAME).withdraw(id, Date.now());
  forgetLeases(context.env, id);
  return context.json(withdrawn);
}
