// Webhooks in: the raw bytes are verified before anything is parsed, and one delivery opens at most one ceremony. The call follows
// from the delivery alone, so an attempt that died half-way writes the same call when it is repeated.
import { type Context, Hono } from "hono";
import type { AgentConfig, SourceDocument } from "../../../durable/config.ts";
import { DIRECTORY_NAME } from "../../../durable/env.ts";
import { fromJson } from "../../../shared/cbor/json.ts";
import { type CborMap, type CborValue, isCborMap } from "../../../shared/cbor/value.ts";
import { verifyEd25519 } from "../../../shared/cose/ed25519.ts";
import { parseJson } from "../../../shared/evidence/bundle.ts";
import { sha256, sha256Hex } from "../../../shared/hash.ts";
import { fault, ok, type Result } from "../../../shared/result.ts";
import { SCHEMES, type SchemeName } from "../../hooks/registry.ts";
import { type VerifiedHook, verifyHook } from "../../hooks/schemes.ts";
import { openCeremonyFor } from "../../open.ts";
import type { AgentContext } from "../app.ts";
import { readBytes } from "../body.ts";
import { problem } from "../problem.ts";

export function hookRoutes(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.post("/:source", hookRoute);
  return app;
}

async function hookRoute(context: Context<AgentContext>): Promise<Response> {
  const config = context.get("config");
  const id = context.req.param("source") ?? "";
  const source = config.party.sources.find((candidate) => candidate.id === id);
  if (source === undefined) return problem(context, fault("SOURCE_UNKNOWN", { source: id }).fault);
  const body = await readBytes(context.req.raw);
  if (!body.ok) return problem(context, body.fault);
  const hook = await verify(config, source, context.req.raw.headers, body.value);
  if (!hook.ok)
    return refuseHook(
      context,
      hook.fault.code === "HOOK_SIGNATURE_MISMATCH"
        ? fault("HOOK_SIGNATURE_MISMATCH", { cause: "see the agent's log" })
        : hook,
    );
  const payload = readPayload(source, hook.value, body.value);
  if (!payload.ok)
    return payload.fault.code === "SOURCE_EVENT"
      ? context.json({ opened: null, code: "SOURCE_EVENT" }, 202)
      : problem(context, payload.fault);
  return openOnce(context, source, hook.value, payload.value, body.value);
}

function refuseHook(context: Context<AgentContext>, refused: ReturnType<typeof fault>): Response {
  console.warn({ event: "hook-refused", source: context.req.param("source"), code: refused.fault.code });
  return problem(context, refused.fault);
}

function verify(
  config: AgentConfig,
  source: SourceDocument,
  headers: Headers,
  body: Uint8Array,
): Promise<Result<VerifiedHook>> {
  const scheme = Object.hasOwn(SCHEMES, source.scheme) ? SCHEMES[source.scheme as SchemeName] : null;
  const secrets = config.hookSecrets.get(source.id) ?? [];
  if (scheme === null)
    return Promise.resolve(
      fault("CONFIG_INVALID", { path: `sources.${source.id}.scheme`, need: Object.keys(SCHEMES).join(", ") }),
    );
  const nowSeconds = Math.floor(Date.now() / 1_000);
  return verifyHook(scheme, {
    headers,
    body,
    secrets,
    nowSeconds,
    verify: async (key, message, signature) => (await verifyEd25519(key, message, signature)).ok,
  });
}

/** The event's own name is not signed, so the body must bear it out. */
function readPayload(source: SourceDocument, hook: VerifiedHook, body: Uint8Array): Result<CborMap> {
  const document = parseJson(body);
  const value = document === undefined ? null : fromJson(withoutFractions(document));
  if (value === null || !value.ok || !isCborMap(value.value))
    return fault("BODY_INVALID", { path: "body", need: "a JSON object" });
  const eventFits = hook.event === null || hook.event === source.event;
  const actionFits = source.action === null || value.value.get("action") === source.action;
  return eventFits && actionFits
    ? ok(value.value)
    : fault("SOURCE_EVENT", { event: hook.event ?? "unnamed", need: source.event });
}

/** SaaS payloads hold floats in places that decide nothing; a call carries no floats, so they are carried as text. */
function withoutFractions(value: unknown): unknown {
  if (typeof value === "number" && !Number.isSafeInteger(value)) return String(value);
  if (Array.isArray(value)) return value.map(withoutFractions);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutFractions(item)]));
}

async function openOnce(
  context: Context<AgentContext>,
  source: SourceDocument,
  hook: VerifiedHook,
  payload: CborMap,
  body: Uint8Array,
): Promise<Response> {
  const directory = context.env.DIRECTORY.getByName(DIRECTORY_NAME);
  const claim = await directory.claim(source.id, hook.replayKeys, Date.now());
  if (claim.ceremony !== null) return context.json({ opened: claim.ceremony, duplicate: true }, 200);
  const config = context.get("config");
  const content = sha256Hex(body);
  const opened = await openCeremonyFor(context.env, config, {
    pattern: source.pattern,
    set: source.set,
    title: titleOf(source, payload),
    subject: subjectOf(source, payload, content),
    parties: source.parties,
    opensAt: (claim.openedAtMs + config.party.clockOffsetMs) * 1_000,
    closesIn: source.closesIn,
    expiresIn: source.expiresIn,
    nonce: sha256(new TextEncoder().encode(`${source.id}\n${content}`)).slice(0, 16),
  });
  if (!opened.ok) return problem(context, opened.fault);
  await directory.opened(source.id, hook.replayKeys, opened.value);
  return context.json({ opened: opened.value, duplicate: false }, 201);
}

function textAt(payload: CborMap, ...path: readonly string[]): string | null {
  let value: CborValue | undefined = payload;
  for (const step of path) value = isCborMap(value) ? value.get(step) : undefined;
  return typeof value === "string" && value.length > 0 ? value.slice(0, 200) : null;
}

function titleOf(source: SourceDocument, payload: CborMap): string {
  const environment = textAt(payload, "environment") ?? textAt(payload, "deployment", "environment");
  const repository = textAt(payload, "repository", "full_name");
  const words = [
    source.event.replaceAll("_", " "),
    environment && `to ${environment}`,
    repository && `of ${repository}`,
  ];
  return words.filter((word) => word).join(" ");
}

/** What the ceremony is about: where it came from, and the digest of the bytes, so that anyone who has them can check. */
function subjectOf(source: SourceDocument, payload: CborMap, content: string): CborValue {
  const fields: readonly (readonly [string, string | null])[] = [
    ["source", source.id],
    ["event", source.event],
    ["action", textAt(payload, "action")],
    ["repository", textAt(payload, "repository", "full_name")],
    ["environment", textAt(payload, "environment") ?? textAt(payload, "deployment", "environment")],
    ["ref", textAt(payload, "deployment", "ref") ?? textAt(payload, "workflow_run", "head_branch")],
    ["sender", textAt(payload, "sender", "login")],
    ["body", `sha256:${content}`],
  ];
  return new Map(fields.filter(([, value]) => value !== null) as readonly (readonly [string, string])[]);
}
