// One delivery, from its raw bytes to what it did: verified, then parsed, then mapped. The call follows from the delivery alone, so an
// attempt that died half-way writes the same call when it is repeated. Routes only turn what is told here into an answer.
import type { AgentConfig } from "../../durable/config.ts";
import { type AgentEnv, HOOKS_NAME } from "../../durable/env.ts";
import type { Callback } from "../../durable/hook-answers.ts";
import type { Intent } from "../../durable/hook-intents.ts";
import type { KeptBody, RequestRecord, RequestStatus } from "../../durable/hook-requests.ts";
import type { HooksRpc } from "../../durable/hooks-rpc.ts";
import { verifyEd25519 } from "../../shared/cose/ed25519.ts";
import { sha256, sha256Hex } from "../../shared/hash.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { type Fault, fault, ok, type Result } from "../../shared/result.ts";
import type { AttestDocument, SourceDocument } from "../../shared/source/document.ts";
import { type Delivered, holds } from "../../shared/source/mapping.ts";
import { ceremonyKnown } from "../known.ts";
import { openReady, readyCall } from "../open.ts";
import type { HeaderSource, Scheme } from "./claim.ts";
import { ID_LENGTH_MAX } from "./headers.ts";
import { attestationOf, callbackOf, mappedOf } from "./opening.ts";
import { type Payload, parsePayload } from "./payload.ts";
import { replayKey, TOLERANCE_SECONDS, type VerifiedHook, verifyHook } from "./schemes.ts";

/** What the delivery came to; `fault` tells why it was refused, failed, or is of no concern here. */
export type Received = {
  readonly status: RequestStatus;
  readonly fault: Fault | null;
  readonly ceremony: string | null;
  /** What a sender wants to hear back that asks whether the URL is its own. */
  readonly challenge: string | null;
  readonly event: string | null;
  /** The sender's id of it, in the headers or in the body; null where that was not read. */
  readonly delivery: string | null;
  /** The key and the label of its event; null where it came to none. */
  readonly key: string | null;
  readonly label: string | null;
  /** How its sender wants to hear of the outcome; null where it does not. */
  readonly callback: Callback | null;
  readonly isVerified: boolean;
};

/** A delivery whose signature was verified, now or when it first came, or for which the party's own people vouch. */
export type VerifiedDelivery = {
  readonly hook: VerifiedHook;
  /** The sender's id of it, signed or not. */
  readonly delivery: string | null;
};

export type Intake = {
  readonly env: AgentEnv;
  readonly config: AgentConfig;
  /** Of this HTTP request, for the log. */
  readonly request: string;
  readonly source: SourceDocument;
  /** Id of the signed document; null where the deployment configures the source. */
  readonly statement: string | null;
  readonly scheme: Scheme;
  readonly secrets: readonly string[];
  readonly retired: readonly string[];
  /** Since when nothing that its sender brings is acted on; null where it is. */
  readonly pausedAtMs: number | null;
};

/** A refused signature is explained at most so often: whoever forges many must not make each of them cost a search. */
const EXPLAINED_EVERY_MS = 1_000;
let explainedAtMs = 0;

const NOTHING = {
  ceremony: null,
  challenge: null,
  event: null,
  delivery: null,
  key: null,
  label: null,
  callback: null,
} as const;
export function refused(status: "rejected" | "failed" | "ignored", cause: Fault, isVerified: boolean): Received {
  return { ...NOTHING, status, fault: cause, isVerified };
}

/** Verifies the signature over the raw bytes; nothing is parsed before. Those that the party's people bring may be older. */
export async function verifyDelivery(
  intake: Intake,
  headers: HeaderSource,
  body: Uint8Array,
  oldestSeconds = TOLERANCE_SECONDS,
): Promise<Result<VerifiedDelivery>> {
  const nowMs = Date.now();
  const hook = await verifyHook(intake.scheme, {
    headers,
    body,
    secrets: intake.secrets,
    retiredSecrets: intake.retired,
    nowSeconds: Math.floor(nowMs / 1_000),
    oldestSeconds,
    verify: async (key, message, signature) => (await verifyEd25519(key, message, signature)).ok,
    explain: () => mayExplain(nowMs),
  });
  if (!hook.ok) return hook;
  const claim = intake.scheme.read(headers);
  return { ok: true, value: { hook: hook.value, delivery: claim.ok ? claim.value.delivery : null } };
}

function mayExplain(nowMs: number): boolean {
  if (Math.abs(nowMs - explainedAtMs) < EXPLAINED_EVERY_MS) return false;
  explainedAtMs = nowMs;
  return true;
}

/** What a verified delivery does here. */
export async function actOn(intake: Intake, { hook, delivery }: VerifiedDelivery, body: Uint8Array): Promise<Received> {
  const { source, scheme } = intake;
  const payload = parsePayload(body);
  if (!payload.ok) return refused("failed", payload.fault, true);
  const challenge = scheme.challengeOf(payload.value);
  if (challenge !== null) return { ...NOTHING, status: "answered", fault: null, challenge, isVerified: true };
  const event = scheme.eventOf(payload.value, hook.event);
  const inBody = scheme.deliveryOf(payload.value);
  const named = delivery ?? (inBody !== null && inBody.length <= ID_LENGTH_MAX ? inBody : null);
  const delivered: Delivered = {
    payload: payload.value,
    event: event ?? "",
    delivery: named ?? "",
    digest: `sha256:${sha256Hex(body)}`,
    source: source.id,
  };
  const concern = concernOf(source, event, delivered);
  if (!concern.ok) return { ...refused("failed", concern.fault, true), event, delivery: named };
  if (concern.value !== null) return { ...refused("ignored", concern.value, true), event, delivery: named };
  if (intake.pausedAtMs !== null) {
    const paused = fault("SOURCE_PAUSED", { source: source.id });
    return { ...refused("failed", paused.fault, true), event, delivery: named };
  }
  const key = replayKey(scheme, hook, payload.value);
  const claimed = await hooksOf(intake.env).claim(source.id, key, Date.now(), hook.signedAt !== null);
  const told = { ...NOTHING, event, delivery: named, key, isVerified: true };
  if (claimed.ceremony !== null) return { ...told, status: "duplicate", fault: null, ceremony: claimed.ceremony };
  const done =
    source.attest === null
      ? await open(intake, payload.value, delivered, { ...claimed, key })
      : await attest(intake, source.attest, delivered);
  return done.ok
    ? { ...told, status: source.attest === null ? "opened" : "attested", fault: null, ...done.value }
    : { ...told, status: "failed", fault: done.fault };
}

/**
 * Why a delivery is of no concern here; null where it is of concern. The event must stand in the signed body: a header's word alone, or
 * none at all, fits no source.
 */
function concernOf(source: SourceDocument, event: string | null, delivered: Delivered): Result<Fault | null> {
  const { action } = delivered.payload as Payload;
  const actionFits = source.action === null || action === source.action;
  const other = (need: string) => ok(fault("SOURCE_EVENT", { event: event ?? "unnamed", need }).fault);
  if (event !== source.event || !actionFits) return other(source.event);
  if (source.when === null) return ok(null);
  const fits = holds(source.when, delivered);
  return !fits.ok || fits.value ? (fits.ok ? ok(null) : fits) : other(`${source.event} where ${source.when}`);
}

type Done = Pick<Received, "ceremony" | "label" | "callback">;
type Claimed = { readonly key: string; readonly openedAtMs: number; readonly intent: Intent | null };

/** What an attempt that died was about to open is opened, and nothing else, though the source may read it otherwise by now. */
async function open(intake: Intake, payload: Payload, delivered: Delivered, claimed: Claimed): Promise<Result<Done>> {
  const intent = claimed.intent === null ? await intentOf(intake, payload, delivered, claimed) : ok(claimed.intent);
  if (!intent.ok) return intent;
  const { ceremony, frame, label, callback } = intent.value;
  const opened = frame === null ? ok(ceremony) : await openReady(intake.env, { id: ceremony, frame });
  return opened.ok ? ok({ ceremony, label, callback }) : opened;
}

async function intentOf(
  { env, config, source, statement }: Intake,
  payload: Payload,
  delivered: Delivered,
  { key, openedAtMs }: Claimed,
): Promise<Result<Intent>> {
  const about = mappedOf(source, payload, delivered, statement);
  if (!about.ok) return about;
  const callback = callbackOf(source, payload, config.loopback);
  if (!callback.ok) return callback;
  const { title, subject, label } = about.value;
  const call = await readyCall(env, config, {
    pattern: source.pattern,
    policy: source.policy,
    alias: source.alias,
    set: source.set,
    title,
    subject,
    parties: source.parties,
    opensAt: (openedAtMs + config.party.clockOffsetMs) * 1_000,
    closesIn: source.closesIn,
    expiresIn: source.expiresIn,
    nonce: sha256(new TextEncoder().encode(`${source.id}\n${key}`)).slice(0, 16),
  });
  if (!call.ok) return call;
  const { id: ceremony, frame } = call.value;
  return ok(await hooksOf(env).intend(source.id, key, { ceremony, frame, label, callback: callback.value }));
}

/** Says what the delivery says, in the ceremony that it names. */
async function attest({ env }: Intake, document: AttestDocument, delivered: Delivered): Promise<Result<Done>> {
  const said = attestationOf(document, delivered);
  if (!said.ok) return said;
  const { ceremony: place, content, item } = said.value;
  const id = /^[0-9a-f]{64}$/.test(place) ? place : await hooksOf(env).labelled(place);
  const known = id === null ? null : await ceremonyKnown(env, id);
  if (id === null || known === null || known.view.policy === null) return fault("ATTEST_UNPLACED", { found: place });
  const [receipt] = await known.ceremony.attest(content, item);
  if (receipt?.verdict === "refused" && receipt.code !== null) return fault(receipt.code, receipt.detail);
  return ok({ ceremony: id, label: null, callback: null });
}

/** Keeps the request: of a verified one with its body, of any other nothing that its body said. Answers the request's id. */
export async function keepRequest(
  { env, source }: Intake,
  received: Received,
  delivered: { readonly body: Uint8Array; readonly verified: VerifiedDelivery | null; readonly startedMs: number },
  replayOf: string | null = null,
): Promise<string> {
  const { status, event, ceremony, key, label, isVerified } = received;
  const { body, verified, startedMs } = delivered;
  const told = received.fault === null ? null : describeRefusal(received.fault);
  const record: RequestRecord = {
    source: source.id,
    atMs: startedMs,
    tookMs: Math.max(0, Date.now() - startedMs),
    status,
    event,
    delivery: received.delivery ?? verified?.delivery ?? null,
    bytes: body.length,
    digest: isVerified ? `sha256:${sha256Hex(body)}` : null,
    code: told?.code ?? null,
    why: told?.why ?? null,
    ceremony,
    replayOf,
  };
  const kept: KeptBody | null = verified === null ? null : { body, verified: JSON.stringify(verified) };
  return hooksOf(env).settle(record, key, label, kept, received.callback);
}

export function hooksOf(env: AgentEnv): HooksRpc {
  return env.HOOKS.getByName(HOOKS_NAME);
}
