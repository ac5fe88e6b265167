// What the sign pages rest on: what a form says, what the agent's credential allows, and what this party last signed under such a policy.
import type { Context } from "hono";
import { ALL_CEREMONIES } from "../../durable/ceremony-list.ts";
import { DIRECTORY_NAME } from "../../durable/env.ts";
import { leafOf, parseChain } from "../../shared/authority/chain.ts";
import { decodeCanonical } from "../../shared/cbor/decode.ts";
import { fromJson, type Json, toJson } from "../../shared/cbor/json.ts";
import { type CborMap, isCborMap } from "../../shared/cbor/value.ts";
import { parseJson } from "../../shared/evidence/bundle.ts";
import { differencesBetween } from "../../shared/policy/differences.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { AgentContext } from "../http/app.ts";
import type { Asking, Credential, LastSigned, Saying } from "./pages/sign.tsx";
import { nowOf } from "./show.tsx";

type Agent = Context<AgentContext>;
type Stub = ReturnType<AgentContext["Bindings"]["CEREMONY"]["getByName"]>;

/** Ceremonies of a pattern that are looked through for the last that this party signed in. */
const LOOKED_THROUGH = 8;
/** The picture's statements are not shown on these pages. */
const FEW = 0;

export async function askingOf(context: Agent, ceremony: Stub): Promise<Asking> {
  const [view, picture] = await Promise.all([ceremony.view(), ceremony.picture(FEW)]);
  const last = await lastSigned(context, view.pattern, view.ceremony, picture.policy);
  return { view, picture, last, credential: credentialOf(context), now: nowOf(context) };
}

function credentialOf(context: Agent): Credential {
  const chain = parseChain(context.get("config").identity.credentials);
  if (!chain.ok) return { subject: context.get("config").party.name, roles: [], until: 0 };
  const { grant } = leafOf(chain.value);
  return {
    subject: grant.subject,
    roles: grant.roles,
    until: Math.min(...chain.value.map((link) => link.grant.not_after)),
  };
}

async function lastSigned(context: Agent, pattern: string | null, but: string, policy: Json): Promise<LastSigned> {
  const { env } = context;
  const query = { ...ALL_CEREMONIES, pattern };
  const rows = pattern === null ? [] : await env.DIRECTORY.getByName(DIRECTORY_NAME).list(LOOKED_THROUGH, query);
  for (const { ceremony } of rows.filter((row) => row.ceremony !== but)) {
    const { parties, asSeenBy } = await env.CEREMONY.getByName(ceremony).view();
    const signed = parties.some(({ authority, contribution }) => authority === asSeenBy && contribution !== null);
    if (!signed) continue;
    const before = (await env.CEREMONY.getByName(ceremony).picture(FEW)).policy;
    return { ceremony, differences: differencesBetween(before, policy) };
  }
  return null;
}

/** What a form says, as it stands in it and as it will be signed. */
export function saidIn(form: Readonly<Record<string, unknown>>): Result<{ saying: Saying; content: CborMap }> {
  const text = (name: string) => (typeof form[name] === "string" ? form[name].trim() : "");
  const saying = { choice: text("choice"), reason: text("reason"), content: text("content") };
  const given: Result<CborMap> =
    saying.choice === "" ? writtenIn(saying.content) : ok(new Map([["choice", saying.choice]]));
  if (!given.ok) return given;
  const content: CborMap = saying.reason === "" ? given.value : new Map([...given.value, ["reason", saying.reason]]);
  return ok({ saying, content });
}

function writtenIn(text: string): Result<CborMap> {
  const document = parseJson(new TextEncoder().encode(text));
  const value = document === undefined ? undefined : fromJson(document);
  return value?.ok && isCborMap(value.value) && value.value.size > 0
    ? ok(value.value)
    : fault("BODY_INVALID", { path: "content", need: 'a contribution in JSON such as {"value":42}' });
}

/** The statement inside the bytes to be signed (RFC 9052 §4.4: its fourth part), as JSON. */
export function payloadOf(toBeSigned: Uint8Array): unknown {
  const structure = decodeCanonical(toBeSigned);
  const payload = structure.ok && Array.isArray(structure.value) ? structure.value[3] : undefined;
  const decoded = payload instanceof Uint8Array ? decodeCanonical(payload) : undefined;
  return decoded?.ok ? toJson(decoded.value) : undefined;
}
