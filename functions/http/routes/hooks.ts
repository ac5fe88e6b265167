// Webhooks in: the raw bytes are verified before anything is parsed, and one delivery opens at most one ceremony. The call follows
// from the delivery alone, so an attempt that died half-way writes the same call when it is repeated.
import { type Context, Hono } from "hono";
import type { AgentConfig } from "../../../durable/config.ts";
import type { DirectoryRpc } from "../../../durable/directory-object.ts";
import { DIRECTORY_NAME } from "../../../durable/env.ts";
import type { SourceDocument } from "../../../durable/source-document.ts";
import { verifyEd25519 } from "../../../shared/cose/ed25519.ts";
import { sha256, sha256Hex } from "../../../shared/hash.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { type Fault, fault, type Result } from "../../../shared/result.ts";
import type { Scheme } from "../../hooks/claim.ts";
import { subjectOf, titleOf } from "../../hooks/opening.ts";
import { type Payload, parsePayload } from "../../hooks/payload.ts";
import { schemeOf } from "../../hooks/registry.ts";
import { replayKey, type VerifiedHook, verifyHook } from "../../hooks/schemes.ts";
import { openCeremonyFor } from "../../open.ts";
import type { AgentContext } from "../app.ts";
import { readBytes } from "../body.ts";
import { problem } from "../problem.ts";

type HookContext = Context<AgentContext>;

/** A refused signature is explained at most so often: whoever forges many must not make each of them cost a search. */
const EXPLAINED_EVERY_MS = 1_000;
let explainedAtMs = 0;

export function hookRoutes(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.post("/:source", hookRoute);
  return app;
}

async function hookRoute(context: HookContext): Promise<Response> {
  const config = context.get("config");
  const id = context.req.param("source") ?? "";
  const source = config.party.sources.find((candidate) => candidate.id === id);
  if (source === undefined) return problem(context, fault("SOURCE_UNKNOWN", { source: id }).fault);
  const scheme = schemeOf(source);
  if (!scheme.ok) return problem(context, scheme.fault);
  const body = await readBytes(context.req.raw);
  if (!body.ok) return problem(context, body.fault);
  const hook = await verify(config, source, scheme.value, context.req.raw.headers, body.value);
  if (!hook.ok) return refuseHook(context, hook.fault);
  const payload = parsePayload(body.value);
  if (!payload.ok) return problem(context, payload.fault);
  const challenge = scheme.value.challengeOf(payload.value);
  if (challenge !== null) return context.json({ challenge });
  const misfit = refuseEvent(source, scheme.value, hook.value, payload.value);
  if (misfit !== null) return context.json({ opened: null, ...describeRefusal(misfit) }, 202);
  const key = replayKey(scheme.value, hook.value, payload.value);
  const claimed = await directoryOf(context).claim(source.id, key, Date.now(), hook.value.signedAt !== null);
  if (claimed.ceremony !== null) return context.json({ opened: claimed.ceremony, duplicate: true }, 200);
  const opened = await open(context, source, payload.value, body.value, claimed.openedAtMs);
  if (!opened.ok) return problem(context, opened.fault);
  await directoryOf(context).opened(source.id, key, opened.value);
  return context.json({ opened: opened.value, duplicate: false }, 201);
}

/** The cause of a mismatch is for the source's owner: it goes to the log, and the sender learns only that it is there. */
function refuseHook(context: HookContext, { code, detail }: Fault): Response {
  const source = context.req.param("source");
  const { cause, received } = detail;
  console.warn({ event: "hook-refused", request: context.get("request"), source, code, cause, received });
  return problem(
    context,
    code === "HOOK_SIGNATURE_MISMATCH" ? { code, detail: { cause: "see the agent's log" } } : { code, detail },
  );
}

function verify(
  config: AgentConfig,
  source: SourceDocument,
  scheme: Scheme,
  headers: Headers,
  body: Uint8Array,
): Promise<Result<VerifiedHook>> {
  const nowMs = Date.now();
  return verifyHook(scheme, {
    headers,
    body,
    secrets: config.hookSecrets.get(source.id) ?? [],
    nowSeconds: Math.floor(nowMs / 1_000),
    verify: async (key, message, signature) => (await verifyEd25519(key, message, signature)).ok,
    explain: () => mayExplain(nowMs),
  });
}

function mayExplain(nowMs: number): boolean {
  if (Math.abs(nowMs - explainedAtMs) < EXPLAINED_EVERY_MS) return false;
  explainedAtMs = nowMs;
  return true;
}

/** The event must stand in the signed body: a header's word alone, or none at all, fits no source. */
function refuseEvent(source: SourceDocument, scheme: Scheme, hook: VerifiedHook, payload: Payload): Fault | null {
  const event = scheme.eventOf(payload, hook.event);
  const actionFits = source.action === null || payload.action === source.action;
  return event === source.event && actionFits
    ? null
    : fault("SOURCE_EVENT", { event: event ?? "unnamed", need: source.event }).fault;
}

function directoryOf(context: HookContext): DirectoryRpc {
  return context.env.DIRECTORY.getByName(DIRECTORY_NAME);
}

function open(
  context: HookContext,
  source: SourceDocument,
  payload: Payload,
  body: Uint8Array,
  openedAtMs: number,
): Promise<Result<string>> {
  const config = context.get("config");
  const digest = sha256Hex(body);
  return openCeremonyFor(context.env, config, {
    pattern: source.pattern,
    policy: source.policy,
    alias: source.alias,
    set: source.set,
    title: titleOf(source, payload),
    subject: subjectOf(source, payload, digest),
    parties: source.parties,
    opensAt: (openedAtMs + config.party.clockOffsetMs) * 1_000,
    closesIn: source.closesIn,
    expiresIn: source.expiresIn,
    nonce: sha256(new TextEncoder().encode(`${source.id}\n${digest}`)).slice(0, 16),
  });
}
