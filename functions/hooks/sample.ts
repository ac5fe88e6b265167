// A delivery as its sender would sign it, for trying a source without the sender: the agent holds the same secret.
import { concatBytes, toBase64, toHex } from "../../shared/bytes.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { SourceDocument } from "../../shared/source/document.ts";
import type { HeaderSource, Scheme, SecretKey } from "./claim.ts";
import { macOf } from "./mac.ts";

export type Sample = {
  readonly body: Uint8Array;
  readonly secret: string;
  readonly delivery: string;
  readonly nowSeconds: number;
};

/** The headers that a sender of this source would send with the body. */
export async function signSample(
  source: SourceDocument,
  scheme: Scheme,
  sample: Sample,
): Promise<Result<HeaderSource>> {
  const key = scheme.key(sample.secret);
  if (!key.ok) return key;
  if (key.value.kind !== "hmac")
    return fault("HOOK_UNSIGNABLE", { reason: "its sender signs with a private key, which is the sender's alone" });
  const headers = await HEADERS[source.scheme](source, key.value, sample);
  return ok(new Headers(headers));
}

type Signing = (source: SourceDocument, key: SecretKey, sample: Sample) => Promise<Record<string, string>>;

const HEADERS: { readonly [S in SourceDocument["scheme"]]: Signing } = {
  github: async ({ event }, key, { body, delivery }) => ({
    "x-github-event": event,
    "x-github-delivery": delivery,
    "x-hub-signature-256": `sha256=${toHex(await signed(key, "", body))}`,
  }),
  standard: async (_, key, { body, delivery, nowSeconds }) => ({
    "webhook-id": delivery,
    "webhook-timestamp": String(nowSeconds),
    "webhook-signature": `v1,${toBase64(await signed(key, `${delivery}.${nowSeconds}.`, body))}`,
  }),
  stripe: async (_, key, { body, nowSeconds }) => ({
    "stripe-signature": `t=${nowSeconds},v1=${toHex(await signed(key, `${nowSeconds}.`, body))}`,
  }),
  slack: async (_, key, { body, nowSeconds }) => ({
    "x-slack-request-timestamp": String(nowSeconds),
    "x-slack-signature": `v0=${toHex(await signed(key, `v0:${nowSeconds}:`, body))}`,
  }),
  hmac: async ({ signature }, key, { body, nowSeconds }) => {
    const { header = "x-signature", prefix = "", encoding = "hex", time = null } = signature ?? {};
    const mac = await signed(key, time === null ? "" : `${nowSeconds}${time.joint}`, body);
    const written = encoding === "hex" ? toHex(mac) : toBase64(mac);
    return { [header]: `${prefix}${written}`, ...(time === null ? {} : { [time.header]: String(nowSeconds) }) };
  },
  ed25519: async () => ({}),
};

function signed({ bytes }: SecretKey, prefix: string, body: Uint8Array): Promise<Uint8Array> {
  return macOf(bytes, concatBytes(new TextEncoder().encode(prefix), body));
}
