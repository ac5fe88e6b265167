// One attempt to call another's address. Only 2xx is an answer that counts; redirects are never followed, since where they lead was
// never checked; and what the receiver says beyond its status is not read.
import { parseBase64, toBase64 } from "../shared/bytes.ts";
import type { Signer } from "../shared/cose/sign1.ts";
import { fault, ok, type Result } from "../shared/result.ts";
import { retryAfterMs } from "../shared/webhooks/schedule.ts";
import { flawOfAddress, readTarget, type TargetRule } from "../shared/webhooks/target.ts";
import { collect } from "./collect.ts";
import type { Attempt } from "./hook-outbox.ts";

export type Sending = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
export type Answered = Attempt & { readonly retryAfterMs: number | null };

/** `resolver` is a DNS-over-HTTPS service that names are looked up with first; null where names are not looked up. */
export type CallRule = TargetRule & { readonly resolver: string | null };

export const ANSWER_WITHIN_MS = 10_000;
const RESOLVE_WITHIN_MS = 5_000;
/** Tokens and addresses fit many times over. */
const ANSWER_BYTES_MAX = 65_536;

export async function attempt(
  { url, headers, body }: Sending,
  rule: CallRule,
  withinMs = ANSWER_WITHIN_MS,
): Promise<Answered> {
  const atMs = Date.now();
  const told = (http: number | null, why: string | null, retryMs: number | null = null): Answered => ({
    atMs,
    tookMs: Math.max(0, Date.now() - atMs),
    http,
    why,
    retryAfterMs: retryMs,
  });
  const target = await checkTarget(url, rule);
  if (!target.ok) return told(null, `not called: ${String(target.fault.detail.reason)}`);
  try {
    const response = await fetch(target.value, {
      method: "POST",
      body,
      redirect: "manual",
      headers: { "content-type": "application/json", "user-agent": "Quorate-Webhooks/1", ...headers },
      signal: AbortSignal.timeout(withinMs),
    });
    await response.body?.cancel();
    if (response.status >= 200 && response.status < 300) return told(response.status, null);
    const redirects = response.status >= 300 && response.status < 400;
    const why = redirects ? "it redirects, which is not followed" : `it answered ${response.status}`;
    return told(response.status, why, retryAfterMs(response.headers.get("retry-after")));
  } catch (error) {
    const late = error instanceof Error && error.name === "TimeoutError";
    return told(null, late ? `no answer within ${withinMs / 1_000} s` : "it could not be reached");
  }
}

/**
 * The URL, where it may be called now. With a resolver every address of its name must be public. The platform looks the name up once more
 * when it connects, and that answer is not seen: a name whose answers change within the moment is caught by the platform's own rules alone.
 */
export async function checkTarget(url: string, rule: CallRule): Promise<Result<URL>> {
  const target = readTarget(url, rule);
  const { hostname, protocol } = target.ok ? target.value : { hostname: "", protocol: "" };
  const isName = /[a-z]/.test(hostname) && !hostname.startsWith("[");
  if (!target.ok || rule.resolver === null || !isName || hostname === "localhost" || protocol !== "https:")
    return target;
  const answers: (readonly string[] | null)[] = [];
  for (const type of ["A", "AAAA"]) answers.push(await resolve(rule.resolver, hostname, type));
  if (answers.includes(null)) return fault("HOOK_TARGET_REFUSED", { reason: `${hostname} could not be looked up` });
  const addresses = answers.flatMap((answer) => answer ?? []);
  if (addresses.length === 0) return fault("HOOK_TARGET_REFUSED", { reason: `${hostname} has no address` });
  const flaw = addresses.map(flawOfAddress).find((each) => each !== null);
  return flaw === undefined ? ok(target.value) : fault("HOOK_TARGET_REFUSED", { reason: `${hostname}: ${flaw}` });
}

/** JSON of so many bytes at most, within the time that the request itself has; throws where it is anything else. */
export async function readAnswer({ body }: Response): Promise<unknown> {
  const bytes = await collect((body ?? []) as AsyncIterable<Uint8Array>, ANSWER_BYTES_MAX);
  if (bytes === null) throw new Error(`the answer is longer than ${ANSWER_BYTES_MAX} bytes`);
  return JSON.parse(new TextDecoder().decode(bytes));
}

const RECORDS: Readonly<Record<string, number>> = { A: 1, AAAA: 28 };

/** The addresses of a name by RFC 8484's JSON form; null where the resolver does not say. */
async function resolve(resolver: string, name: string, type: string): Promise<readonly string[] | null> {
  try {
    const url = new URL(resolver);
    url.search = new URLSearchParams({ name, type }).toString();
    const headers = { accept: "application/dns-json" };
    const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(RESOLVE_WITHIN_MS) });
    const document = (await readAnswer(response)) as {
      Status?: unknown;
      Answer?: readonly { type?: unknown; data?: unknown }[];
    };
    if (response.status !== 200 || document.Status !== 0) return null;
    return (document.Answer ?? []).filter((answer) => answer.type === RECORDS[type]).map(({ data }) => String(data));
  } catch {
    return null;
  }
}

/** Standard Webhooks: `v1` under each shared secret in force, and `v1a` under the agent's key for webhooks. */
export async function standardHeaders(
  message: { readonly id: string; readonly atSeconds: number; readonly body: string },
  secrets: readonly string[],
  signer: Signer,
): Promise<Readonly<Record<string, string>>> {
  const { id, atSeconds, body } = message;
  const signed = new TextEncoder().encode(`${id}.${atSeconds}.${body}`);
  const macs = await Promise.all(secrets.map((secret) => macOf(secret, signed)));
  const signatures = [...macs.map((mac) => `v1,${mac}`), `v1a,${toBase64(signer.sign(signed))}`];
  return {
    "webhook-id": id,
    "webhook-timestamp": String(atSeconds),
    "webhook-signature": signatures.join(" "),
  };
}

async function macOf(secret: string, signed: Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = parseBase64(secret.replace(/^whsec_/, ""));
  if (bytes === null) throw new Error("HOOK_SECRET_MALFORMED");
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return toBase64(new Uint8Array(await crypto.subtle.sign("HMAC", key, signed)));
}
