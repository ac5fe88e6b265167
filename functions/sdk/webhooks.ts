// quorate/webhooks: the signature of a webhook, judged over its raw bytes before anything is parsed: GitHub, Stripe, Slack and Standard
// Webhooks, by the judgement that the agents' own `/hooks` makes.
import { verifyEd25519 } from "../../shared/cose/ed25519.ts";
import { QuorateError } from "../../shared/error.ts";
import type { HeaderSource } from "../hooks/claim.ts";
import { parsePayload } from "../hooks/payload.ts";
import { SCHEMES } from "../hooks/registry.ts";
import { replayKey, TOLERANCE_SECONDS, type VerifiedHook, verifyHook } from "../hooks/schemes.ts";

export { QuorateError, TOLERANCE_SECONDS };
export type SchemeName = keyof typeof SCHEMES;

export type RawHook = {
  /** A `Headers` object, or a record of header names in any case. */
  readonly headers: HeaderSource | Readonly<Record<string, string>>;
  /** The bytes of the body as they were received: a body that was parsed and written again has another signature. */
  readonly body: Uint8Array;
  /** Secrets in force, the newest first; two of them while one is being rotated. */
  readonly secrets: readonly string[];
  /** Seconds since 1970 by the receiver's clock. */
  readonly nowSeconds: number;
};

export type Verified = VerifiedHook & {
  /** One word for this delivery, however often it comes: remember it for twice TOLERANCE_SECONDS, and act once. */
  readonly replayKey: string;
};

/** Verifies a delivery; throws a QuorateError whose code and cause say why it is refused. */
export async function verifyRaw(name: SchemeName, request: RawHook): Promise<Verified> {
  const { headers, body, secrets, nowSeconds } = request;
  const scheme = SCHEMES[name];
  const judged = await verifyHook(scheme, {
    headers: headerSource(headers),
    body,
    secrets,
    nowSeconds,
    verify: async (key, message, signature) => (await verifyEd25519(key, message, signature)).ok,
  });
  if (!judged.ok) throw new QuorateError(judged.fault);
  const payload = parsePayload(body);
  if (!payload.ok) throw new QuorateError(payload.fault);
  return { ...judged.value, replayKey: replayKey(scheme, judged.value, payload.value) };
}

function headerSource(headers: RawHook["headers"]): HeaderSource {
  if (typeof headers.get === "function") return headers as HeaderSource;
  const named = new Map(
    Object.entries(headers as Readonly<Record<string, string>>).map(([k, v]) => [k.toLowerCase(), v]),
  );
  return { get: (name) => named.get(name.toLowerCase()) ?? null };
}
