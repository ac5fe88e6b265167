// Senders of webhooks for the tests, written from the schemes' own documents and signing with Node's crypto, so that nothing
// here shares code with the verifier.
import { createHash, createHmac, createPrivateKey, sign } from "node:crypto";
import type { HeaderSource } from "../../../functions/hooks/claim.ts";
import { plain as plainScheme } from "../../../functions/hooks/plain.ts";
import type { HookRequest } from "../../../functions/hooks/schemes.ts";
import type { SignatureDocument } from "../../../shared/source/document.ts";

export const NOW = 1_760_000_000;
export const SECRET = "It's a Secret to Everybody";
export const STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/** RFC 9421, appendix B.1.4. */
const PRIVATE = "n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU";
const PUBLIC = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs";
export const PUBLIC_KEY = Buffer.from(PUBLIC, "base64url").toString("hex");
export const PUBLIC_SECRET = `whpk_${Buffer.from(PUBLIC, "base64url").toString("base64")}`;

export const PLAIN: SignatureDocument = {
  header: "X-Signature",
  prefix: "",
  encoding: "base64",
  time: null,
  event: "event.name",
  delivery: null,
};
export const plainHmac = plainScheme("hmac", PLAIN);
/** As Discord signs: the time and the body, with nothing between them. */
export const TIMED: SignatureDocument = {
  ...PLAIN,
  header: "X-Signature-Ed25519",
  encoding: "hex",
  time: { header: "X-Signature-Timestamp", joint: "" },
};
export const plainEd25519 = plainScheme("ed25519", TIMED);

export type Sent = { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array };

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function mac(secret: string | Buffer, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const state = createHmac("sha256", secret);
  for (const part of parts) state.update(part);
  return state.digest();
}

export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function github(body: Uint8Array, secret: string | Buffer = SECRET): Sent {
  const signature = `sha256=${mac(secret, body).toString("hex")}`;
  return {
    body,
    headers: { "X-Hub-Signature-256": signature, "X-GitHub-Delivery": "d-1", "X-GitHub-Event": "deployment" },
  };
}

export function stripe(body: Uint8Array, secret: string | Buffer = SECRET, at = NOW): Sent {
  return { body, headers: { "Stripe-Signature": `t=${at},v1=${mac(secret, `${at}.`, body).toString("hex")}` } };
}

export function slack(body: Uint8Array, secret: string | Buffer = SECRET, at = NOW): Sent {
  const signature = `v0=${mac(secret, `v0:${at}:`, body).toString("hex")}`;
  return { body, headers: { "X-Slack-Signature": signature, "X-Slack-Request-Timestamp": String(at) } };
}

export function standardHeaders(signature: string, at = NOW, id = "msg_1"): Record<string, string> {
  return { "webhook-id": id, "webhook-timestamp": String(at), "webhook-signature": signature };
}

export function standardMac(body: Uint8Array, at = NOW, id = "msg_1", secret = STANDARD_SECRET): string {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  return `v1,${mac(key, `${id}.${at}.`, body).toString("base64")}`;
}

export function standard(body: Uint8Array, at = NOW, id = "msg_1"): Sent {
  return { body, headers: standardHeaders(standardMac(body, at, id), at, id) };
}

export function standardAsymmetric(body: Uint8Array, at = NOW, id = "msg_1"): Sent {
  const signature = sign(null, Buffer.concat([utf8(`${id}.${at}.`), body]), privateKey());
  return { body, headers: standardHeaders(`v1a,${signature.toString("base64")}`, at, id) };
}

export function plain(body: Uint8Array, secret: string | Buffer = SECRET): Sent {
  return { body, headers: { "X-Signature": mac(secret, body).toString("base64") } };
}

export function plainAsymmetric(body: Uint8Array, at = NOW): Sent {
  const signature = sign(null, Buffer.concat([utf8(String(at)), body]), privateKey());
  return {
    body,
    headers: { "X-Signature-Ed25519": signature.toString("hex"), "X-Signature-Timestamp": String(at) },
  };
}

function privateKey(): ReturnType<typeof createPrivateKey> {
  return createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d: PRIVATE, x: PUBLIC }, format: "jwk" });
}

/** What the receiver is given: `Headers`, as the platform gives them. */
export function toRequest(sent: Sent, given: Partial<HookRequest> = {}): HookRequest {
  return { headers: headersOf(sent), body: sent.body, secrets: [SECRET], nowSeconds: NOW, ...given };
}

function headersOf(sent: Sent): HeaderSource {
  return new Headers(sent.headers);
}

/** A source of orders, each of which three parties approve. */
export const ORDERS = {
  id: "orders",
  scheme: "standard",
  event: "order.large",
  pattern: "approval",
  parties: ["acme", "bolt", "crux"].map((authority) => ({ authority, role: "approver", power: 1 })),
  closesIn: 600,
  expiresIn: 900,
};
