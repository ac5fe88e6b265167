// Webhook verification over the raw bytes, before anything is parsed. Time and secrets are parameters: this file holds nothing.
// One judgement for every scheme: signature first, then time, so that a refused time is always the sender's own.
import { concatBytes } from "../../shared/bytes.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import { bodyAttempts, secretAttempts } from "./causes.ts";
import type { Claim, HeaderSource, Scheme, SecretKey } from "./claim.ts";
import { ID_LENGTH_MAX } from "./headers.ts";
import { importMacKey, type MacKey, macMatches } from "./mac.ts";
import type { Payload } from "./payload.ts";
import { SCHEMES } from "./registry.ts";

/** What Standard Webhooks, Stripe and Slack all tolerate, either way. Ids must be remembered for at least twice as long. */
export const TOLERANCE_SECONDS = 300;
/** Rotation needs two; each one costs a verification of every hostile request. */
const SECRETS_MAX = 4;

export type VerifyEd25519 = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => Promise<boolean>;

export type HookRequest = {
  readonly headers: HeaderSource;
  readonly body: Uint8Array;
  /** Secrets in force, the newest first: during a rotation two of them. */
  readonly secrets: readonly string[];
  /** Secrets no longer in force. They accept nothing; a delivery signed with one is told apart from a forgery. */
  readonly retiredSecrets?: readonly string[];
  readonly nowSeconds: number;
  /** How long ago it may be dated; more than a sender has where the party's own people bring what it lists. */
  readonly oldestSeconds?: number;
  /** The project's one signature rule; without it no asymmetric signature is accepted. */
  readonly verify?: VerifyEd25519;
  /** Asked on a mismatch: whether to search for its cause, which costs as much as many refusals. It is searched for unless refused. */
  readonly explain?: () => boolean;
};

export type VerifiedHook = {
  /** The sender's id where the signature covers it: else anyone could put a new id on an old body, or an old id on a new one. */
  readonly delivery: string | null;
  /** What the signed bytes are, for senders without such an id. */
  readonly content: string;
  /** The event as an unsigned header names it: it counts only where the body bears it out. */
  readonly event: string | null;
  readonly signedAt: number | null;
  /** Which of `secrets` fitted: as long as it is not the first, a rotation is unfinished. */
  readonly secretIndex: number;
};

export async function verifyHook(scheme: Scheme, request: HookRequest): Promise<Result<VerifiedHook>> {
  const keys = readKeys(scheme, request.secrets);
  if (!keys.ok) return keys;
  const claim = scheme.read(request.headers);
  if (!claim.ok) return claim.fault.code === "HOOK_SIGNATURE_MISSING" ? missing(scheme, request.headers) : claim;
  const message = signedBytes(claim.value, request.body);
  const secretIndex = await firstFitting(keys.value, claim.value, message, request.verify);
  if (secretIndex < 0) return fault("HOOK_SIGNATURE_MISMATCH", await mismatch(scheme, request, claim.value));
  const late = refuseTime(claim.value, request.nowSeconds, request.oldestSeconds ?? TOLERANCE_SECONDS);
  return late ?? ok(toVerified(claim.value, request.body, secretIndex));
}

function readKeys(scheme: Scheme, secrets: readonly string[]): Result<readonly SecretKey[]> {
  if (secrets.length === 0 || secrets.length > SECRETS_MAX)
    return fault("HOOK_SECRET_MALFORMED", { need: `one to ${SECRETS_MAX} secrets` });
  const keys: SecretKey[] = [];
  for (const secret of secrets) {
    const key = scheme.key(secret);
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return ok(keys);
}

function signedBytes(claim: Claim, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(new TextEncoder().encode(claim.prefix), body);
}

/** Tries every secret whatever the others gave, so that the time taken does not tell which one fits; -1 where none does. */
async function firstFitting(
  keys: readonly SecretKey[],
  claim: Claim,
  message: Uint8Array<ArrayBuffer>,
  verify: VerifyEd25519 | undefined,
): Promise<number> {
  const fits: boolean[] = [];
  for (const key of keys) fits.push(await keyFits(key, claim, message, verify));
  return fits.indexOf(true);
}

async function keyFits(
  key: SecretKey,
  claim: Claim,
  message: Uint8Array<ArrayBuffer>,
  verify: VerifyEd25519 | undefined,
): Promise<boolean> {
  if (key.kind === "hmac") return anyMatches(await importMacKey(key.bytes), claim.macs, message);
  let fits = false;
  if (verify !== undefined)
    for (const signature of claim.ed25519) if ((await verify(key.bytes, message, signature)) === true) fits = true;
  return fits;
}

async function anyMatches(
  key: MacKey,
  macs: readonly Uint8Array[],
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  let fits = false;
  for (const mac of macs) if (await macMatches(key, mac, message)) fits = true;
  return fits;
}

function refuseTime({ signedAt }: Claim, nowSeconds: number, oldest: number): ReturnType<typeof fault> | null {
  if (signedAt === null) return null;
  const age = nowSeconds - signedAt;
  const detail = { at: signedAt * 1_000_000, timestamp: signedAt, age };
  // Written so that a clock that is not a number refuses.
  if (!(age <= oldest)) return fault("HOOK_TIMESTAMP_TOO_OLD", { ...detail, tolerance: oldest });
  const ahead = age < -TOLERANCE_SECONDS;
  return ahead ? fault("HOOK_TIMESTAMP_TOO_NEW", { ...detail, tolerance: TOLERANCE_SECONDS }) : null;
}

function toVerified(claim: Claim, body: Uint8Array, secretIndex: number): VerifiedHook {
  const { event, signedAt } = claim;
  const delivery = claim.deliverySigned ? claim.delivery : null;
  return { delivery, content: `sha256:${sha256Hex(body)}`, event, signedAt, secretIndex };
}

/** One word for one delivery: its signed id, in the headers or in the body, or else the digest of its bytes. */
export function replayKey(scheme: Scheme, hook: VerifiedHook, payload: Payload): string {
  const id = hook.delivery ?? scheme.deliveryOf(payload);
  return id !== null && id.length <= ID_LENGTH_MAX ? `id:${id}` : hook.content;
}

/** Names the header, and what the request seems to carry instead. */
function missing(scheme: Scheme, headers: HeaderSource): ReturnType<typeof fault> {
  const others = Object.entries(SCHEMES).map(
    ([name, other]) => [other.signatureHeader, `it looks like ${name}`] as const,
  );
  const found = [...others, ...OTHER_HEADERS].find(([header]) => headers.get(header) !== null);
  return fault("HOOK_SIGNATURE_MISSING", { header: scheme.signatureHeader, note: found?.[1] ?? null });
}

/** Headers that carry a signature which no scheme here takes. */
const OTHER_HEADERS: readonly (readonly [header: string, note: string])[] = [
  ["X-Hub-Signature", "X-Hub-Signature is SHA-1, which is not taken"],
  ["svix-signature", "it has svix's own header names; set the sender to the standard ones"],
];

/** For the owner of the source, never for the sender: what was received, and the first cause that explains the signature. */
async function mismatch(
  scheme: Scheme,
  request: HookRequest,
  claim: Claim,
): Promise<Readonly<Record<string, unknown>>> {
  const { body, explain } = request;
  if (explain?.() === false) return { cause: "another secret, or another body", received: { bytes: body.length } };
  const received = { bytes: body.length, sha256: sha256Hex(body) };
  return { cause: (await likelyCause(scheme, request, claim)) ?? "another secret, or another body", received };
}

async function likelyCause(scheme: Scheme, request: HookRequest, claim: Claim): Promise<string | null> {
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity")
    return "the body came compressed; its sender signed what it was before";
  const kinds = request.secrets.map((secret) => scheme.key(secret)).flatMap((key) => (key.ok ? [key.value] : []));
  if (claim.macs.length === 0 && !kinds.some(({ kind }) => kind === "ed25519"))
    return "it is signed with a key pair (v1a), and the source has only shared secrets";
  if (claim.ed25519.length > 0 && request.verify === undefined) return "key pairs are not verified here";
  if (claim.ed25519.length === 0 && !kinds.some(({ kind }) => kind === "hmac"))
    return "it is signed with a shared secret (v1), and the source has only public keys";
  const retired = await retiredCause(scheme, request, claim);
  return retired ?? (await triedCause(request, claim, kinds));
}

async function retiredCause(scheme: Scheme, request: HookRequest, claim: Claim): Promise<string | null> {
  const keys = (request.retiredSecrets ?? [])
    .map((secret) => scheme.key(secret))
    .flatMap((key) => (key.ok ? [key.value] : []));
  const index = await firstFitting(keys, claim, signedBytes(claim, request.body), request.verify);
  return index < 0 ? null : "the sender still signs with a secret that was retired";
}

async function triedCause(request: HookRequest, claim: Claim, keys: readonly SecretKey[]): Promise<string | null> {
  const shared = keys.filter(({ kind }) => kind === "hmac");
  const imported = await Promise.all(shared.map(({ bytes }) => importMacKey(bytes)));
  for (const { cause, value } of bodyAttempts(request.body)) {
    const message = signedBytes(claim, value);
    for (const key of imported) if (await anyMatches(key, claim.macs, message)) return cause;
  }
  const message = signedBytes(claim, request.body);
  for (const { cause, value } of request.secrets.flatMap(secretAttempts))
    if (await anyMatches(await importMacKey(value), claim.macs, message)) return cause;
  return null;
}
