// Examples of refusals at an agent's edge: bodies, routes, keys, webhooks, the queue and the link. The agent runs in this process.
import { createHash } from "node:crypto";
import { vi } from "vitest";
import { configOf } from "../../durable/config.ts";
import { ANSWERS_MAX } from "../../durable/edge-answers.ts";
import { EDGE_NAME } from "../../durable/env.ts";
import { SCHEMES } from "../../functions/hooks/registry.ts";
import { type HookRequest, verifyHook } from "../../functions/hooks/schemes.ts";
import { readBytes } from "../../functions/http/body.ts";
import { WRONG_A_MINUTE } from "../../functions/http/guesses.ts";
import { type Arrival, faultOf, ingest } from "../../functions/ingest.ts";
import { consumeObservations } from "../../functions/queue/consumer.ts";
import { SAID_A_MINUTE, Signers } from "../../functions/signers.ts";
import type { Revocation } from "../../shared/authority/statement.ts";
import type { Receipt } from "../../shared/ceremony/effect.ts";
import { OUTBOX_BACKLOG_MAX, REVOCATIONS_LIVE_MAX, WAITING_MAX } from "../../shared/limits.ts";
import { parseInboundSubject } from "../../shared/mesh/subject.ts";
import { authorFor } from "../../shared/observation/author.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import type { Observation } from "../../shared/observation/observation.ts";
import { readSigned } from "../../shared/observation/signed-bytes.ts";
import type { CEREMONY_REFUSALS } from "../../shared/refusals/ceremony.ts";
import type { EDGE_REFUSALS } from "../../shared/refusals/edge.ts";
import type { RefusalCode } from "../../shared/refusals.ts";
import { FIRST_KEY } from "../../shared/scopes.ts";
import * as send from "../functions/hooks/senders.ts";
import { agentVariables } from "../support/agent-env.ts";
import { agentHere, KEYED } from "../support/agent-here.ts";
import { contributionFrame } from "../support/frames.ts";
import { testParties } from "../support/parties.ts";
import { opened, revocationOf } from "../support/recipes.ts";
import { draftOf, idOf } from "../support/statements.ts";
import type { Example, Examples } from "./example.ts";
import { UNREADY } from "./readiness.ts";

const parties = testParties(3);
const [acme, bolt] = parties as readonly [(typeof parties)[number], (typeof parties)[number]];
const source = {
  id: "gh",
  scheme: "github",
  event: "deployment",
  action: null,
  pattern: "approval",
  set: [],
  parties: [{ authority: "acme", role: "approver", power: 1 }],
  closesIn: null,
  expiresIn: null,
};
const here = () => agentHere(acme, parties, { sources: [source] });
const json = { "content-type": "application/json" };
const OPENING = {
  pattern: "approval",
  title: "Release 2.4",
  parties: parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 })),
};

/** What a route of the agent answers. */
const answered =
  (path: string, init: RequestInit = {}, keyed = true): Example =>
  () =>
    here().request(path, { ...init, headers: { ...(keyed ? KEYED : {}), ...(init.headers as object) } });

/** What becomes of one arrival by NATS. */
const arrived =
  (changes: (frame: Uint8Array) => Partial<Arrival>): Example =>
  async () => {
    const agent = here();
    const frame = contributionFrame(bolt, idOf("a ceremony"), 1);
    const arrival: Arrival = { road: "nats", account: "BOLT", topic: null, frame, ...changes(frame) };
    const [answer] = await ingest(agent.env, agent.config, [arrival]);
    return answer && "refusal" in answer ? answer.refusal : undefined;
  };

/** What a body of these bytes ends in, that declares another length, or never ends. */
const body =
  (bytes: number, ends: boolean, declared: number, limit: number, withinMs = 5_000): Example =>
  () => {
    const stream = new ReadableStream({
      type: "bytes",
      start(controller) {
        controller.enqueue(new Uint8Array(bytes));
        if (ends) controller.close();
      },
    });
    const headers = { "content-length": String(declared) };
    const init = { method: "POST", body: stream, headers, duplex: "half" };
    return readBytes(new Request("http://agent/x", init as RequestInit), limit, withinMs);
  };

/** What a webhook is answered that was signed by GitHub's, or by the standard scheme. */
const hook =
  (sent: send.Sent, changes: Partial<HookRequest> = {}, scheme = SCHEMES.github): Example =>
  () =>
    verifyHook(scheme, send.toRequest(sent, changes));
const delivery = send.github(send.utf8('{"action":"created"}'));
const { "X-GitHub-Delivery": _, ...undelivered } = delivery.headers;
const stale = (seconds: number) =>
  hook(send.stripe(send.utf8("{}"), send.SECRET, send.NOW + seconds), {}, SCHEMES.stripe);

/** A signer's minute is used up. */
const limited: Example = async () => {
  const agent = here();
  const frame = contributionFrame(bolt, idOf("a ceremony"), 1);
  const parsed = parseObservation(frame);
  const signers = new Signers(agent.env.CEREMONY, Date.now(), Date.now() * 1_000);
  for (let n = 0; parsed.ok && n < SAID_A_MINUTE; n++)
    signers.spend({ ...parsed.value.observation, id: n.toString(16).padStart(7, "0") } as Observation);
  const [answer] = await ingest(agent.env, agent.config, [{ road: "http", account: null, topic: null, frame }]);
  return answer && "refusal" in answer ? answer.refusal : undefined;
};

/** More revocations of one authority reach the agent than it keeps. */
const flooded: Example = async () => {
  const agent = agentHere(acme, parties, { clockOffsetMs: 1 });
  const [credential] = bolt.identity.credentials as readonly [Uint8Array];
  const frames = Array.from({ length: REVOCATIONS_LIVE_MAX + 1 }, (_, from) =>
    revocationOf(credential, from, bolt.root),
  );
  const notices = (await opened(frames)).map((revocation) => {
    const body = { kind: "notice", revocation: revocation as Revocation } as const;
    return authorFor(bolt.identity)({ ...draftOf("fact"), body }).frame;
  });
  const arrivals = notices.map((frame) => ({ road: "queue", account: null, topic: null, frame }) as const);
  const answers = await ingest(agent.env, agent.config, arrivals);
  return answers.map(faultOf).find((refused) => refused !== null);
};

/** A message that is neither a frame nor a road, as the queue's consumer files it. */
const roadless: Example = async () => {
  const filed: { readonly code: string }[] = [];
  const env = {
    ...here().env,
    DIRECTORY: { getByName: () => ({ refuse: async (rows: typeof filed) => void filed.push(...rows) }) },
  };
  const message = { id: "1", body: { hello: "world" }, attempts: 1, ack: () => undefined, retry: () => undefined };
  await consumeObservations({ queue: "q", messages: [message] } as unknown as MessageBatch<unknown>, env as never);
  return filed[0] && { code: filed[0].code as RefusalCode, detail: {} };
};

const provisional: Example = async () => {
  const agent = here();
  const headers = { ...KEYED, ...json };
  const opened = await agent.request("/v1/ceremonies", { method: "POST", headers, body: JSON.stringify(OPENING) });
  const { ceremony } = (await opened.json()) as { readonly ceremony: string };
  return agent.request(`/v1/ceremonies/${ceremony}/evidence`, { headers });
};

/** Why an object takes no statement of a ceremony whose call it does not know, the `count`th that its speaker names. */
const unknown =
  (count: number, recall?: () => Promise<readonly Uint8Array[]>): Example =>
  async () => {
    const agent = agentHere(acme, parties, {}, recall);
    for (let n = 1; n < count; n++)
      await agent.ceremony(idOf(`${n}`)).submit([contributionFrame(bolt, idOf(`${n}`), 1)]);
    const last = idOf("the last");
    const [receipt] = (await agent.ceremony(last).submit([contributionFrame(bolt, last, 1)])) as Receipt[];
    return receipt?.code ? { code: receipt.code, detail: receipt.detail } : undefined;
  };

type OfObjects = Pick<typeof CEREMONY_REFUSALS, "PROVISIONAL" | "PAST_UNKNOWN" | "CEREMONIES_WAITING">;

export const OBJECTS: Examples<OfObjects> = {
  PROVISIONAL: provisional,
  PAST_UNKNOWN: unknown(1, async () => Promise.reject(new Error("not connected"))),
  CEREMONIES_WAITING: unknown(WAITING_MAX + 1),
};

export const EDGE: Examples<typeof EDGE_REFUSALS> = {
  FORM_FOREIGN: answered("/login", { method: "POST" }, false),
  BLIND_SIGNING_REFUSED: () => readSigned("AAAA", idOf("other bytes")),
  SUBJECT_MALFORMED: () => parseInboundSubject("inbox.ACME"),
  SUBJECT_MISMATCH: arrived(() => ({ topic: `${acme.mesh}.${idOf("another ceremony")}` })),
  REVOCATIONS_FULL: flooded,
  ACCOUNT_UNKNOWN: arrived(() => ({ account: "MALLORY" })),
  ROAD_UNKNOWN: roadless,
  BODY_TOO_LARGE: body(1, true, 101, 100),
  BODY_TRUNCATED: body(3, true, 100, 100),
  BODY_SLOW: body(3, false, 100, 100, 20),
  CONTENT_TYPE: answered("/v1/observations", { method: "POST", headers: json, body: "{}" }),
  BODY_INVALID: answered("/v1/ceremonies", {
    method: "POST",
    headers: json,
    body: JSON.stringify({ ...OPENING, title: 7 }),
  }),
  QUERY_INVALID: answered("/v1/meshes?subjects=all"),
  METHOD_NOT_ALLOWED: answered("/v1/meshes", { method: "DELETE" }),
  NOT_ACCEPTABLE: answered("/v1/meshes", { headers: { accept: "text/html" } }),
  SCOPE_MISSING: withKey({ scopes: ["read"] }, "/v1/keys"),
  KEY_WITHDRAWN: withKey(
    { scopes: ["read"], until: "2027-01-15T00:00:00Z" },
    "/v1/keys",
    Date.parse("2027-02-01T00:00:00Z"),
  ),
  TOKEN_INVALID: withToken({ keys: { keys: [] } }),
  TOKEN_UNCHECKED: withToken({ keysUrl: "https://127.0.0.1:9/none" }),
  RATE_LIMITED: withKey({ scopes: ["read"], perMinute: 1 }, "/v1/meshes", 600_000),
  SIGNER_LIMITED: limited,
  KEYS_TRIED: guessed,
  QUEUE_BACKLOGGED: backlogged,
  ...UNREADY,
  IDEMPOTENCY_CONFLICT: () => twice({ ...OPENING, title: "Release 2.5" }),
  IDEMPOTENCY_PENDING: () => twice(OPENING, false),
  IDEMPOTENCY_FULL: full,
  UNAUTHORISED: answered("/v1/ceremonies", {}, false),
  NOT_FOUND: answered(`/v1/ceremonies/${idOf("a ceremony")}`),
  SOURCE_UNKNOWN: answered("/hooks/gitlab", { method: "POST", body: "{}" }),
  SOURCE_EVENT: hookOfAnotherEvent,
  HOOK_SIGNATURE_MISSING: hook({ ...delivery, headers: {} }),
  HOOK_SIGNATURE_MISMATCH: hook({ ...delivery, body: send.utf8('{"action":"created"}\n') }),
  HOOK_TIMESTAMP_TOO_OLD: stale(-3_600),
  HOOK_TIMESTAMP_TOO_NEW: stale(3_600),
  HOOK_DELIVERY_MISSING: hook({ ...delivery, headers: undelivered }),
  HOOK_HEADER_MALFORMED: hook({ ...delivery, headers: { ...delivery.headers, "X-Hub-Signature-256": "md5=00" } }),
  HOOK_SECRET_MALFORMED: hook(delivery, { secrets: [""] }),
  KEY_MISSING: () => configOf({ ...agentVariables(acme, parties), SIGNING_KEY: "ab" }),
  CONFIG_INVALID: () => configOf(agentVariables(acme, parties, { name: "ac me" })),
  INTERNAL: () => {
    const agent = here();
    Object.assign(agent.env, { DIRECTORY: undefined });
    return agent.request("/v1/ceremonies", { headers: KEYED });
  },
};

/** What a further key is answered when it asks a second time. */
function withKey(changes: object, path: string, nowMs?: number): Example {
  return async () => {
    const agent = here();
    const headers = { authorization: "Bearer the key of ci" };
    const sha256 = createHash("sha256").update("the key of ci").digest("hex");
    Object.assign(agent.env, { API_KEYS: JSON.stringify([{ id: "ci", sha256, ...changes }]) });
    if (nowMs !== undefined) vi.setSystemTime(nowMs);
    try {
      await agent.request(path, { headers });
      return await agent.request(path, { headers });
    } finally {
      vi.useRealTimers();
    }
  };
}

/** What a token is answered that nobody signed, under an issuer with these keys. */
function withToken(keys: object): Example {
  return async () => {
    const agent = here();
    const access = { issuer: "https://acme.cloudflareaccess.com", audience: "a", ...keys };
    Object.assign(agent.env, { ACCESS: JSON.stringify(access) });
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = `${part({ alg: "RS256", kid: "k" })}.${part({})}.AAAA`;
    return agent.request("/v1/meshes", { headers: { "cf-access-jwt-assertion": token } });
  };
}

/** The answer to one wrong key more than an address may try in a minute. */
async function guessed(): Promise<Response> {
  const agent = here();
  const guess = (n: number) => agent.request("/v1/meshes", { headers: { authorization: `Bearer guess ${n}` } });
  for (let n = 0; n < WRONG_A_MINUTE; n++) await guess(n);
  return guess(WRONG_A_MINUTE);
}

async function backlogged(): Promise<Response> {
  const agent = here();
  const link = { health: async () => ({ outbox: OUTBOX_BACKLOG_MAX + 1 }) };
  Object.assign(agent.env, { LINK: { getByName: () => link } });
  return agent.request("/v1/ceremonies", { method: "POST", headers: { ...KEYED, ...json }, body: "{}" });
}

/** The second of two requests under one idempotency key, of which the first may still be under way. */
async function twice(second: object, settled = true): Promise<Response> {
  const agent = here();
  const headers = { ...KEYED, ...json, "idempotency-key": "deploy-17" };
  const send = (body: object) =>
    agent.request("/v1/ceremonies", { method: "POST", headers, body: JSON.stringify(body) });
  const first = send(OPENING);
  if (settled) await first;
  const answer = await send(second);
  await first;
  return answer;
}

/** A request with a new idempotency key, when its caller has as many as are kept. */
async function full(): Promise<Response> {
  const agent = here();
  const edge = agent.env.EDGE.getByName(EDGE_NAME);
  for (let n = 0; n < ANSWERS_MAX.ofOne; n++) await edge.claim(FIRST_KEY, `${n}`, "", Date.now());
  const headers = { ...KEYED, ...json, "idempotency-key": "deploy-17" };
  return agent.request("/v1/ceremonies", { method: "POST", headers, body: "{}" });
}

function hookOfAnotherEvent(): Promise<Response> {
  const sent = send.github(send.utf8('{"action":"created"}'));
  const variables = { HOOK_SECRETS: JSON.stringify({ gh: [send.SECRET] }) };
  const agent = here();
  Object.assign(agent.env, variables);
  return agent.request("/hooks/gh", {
    method: "POST",
    headers: { ...sent.headers, ...json },
    body: Uint8Array.from(sent.body),
  });
}
