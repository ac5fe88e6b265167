// How an agent proves itself to GitHub: a token that its people set, or one of an App's installation, which the App's key asks for.
// `HOOK_SECRETS` holds either `token:SOURCE`: [token], or `app:SOURCE`: [the App's id, its private key as PEM].
import { concatBytes, parseBase64, toBase64 } from "../shared/bytes.ts";
import { ANSWER_WITHIN_MS, type CallRule, checkTarget, readAnswer } from "./hook-send.ts";

export type TokenRequest = {
  readonly source: string;
  readonly api: string;
  readonly installation: number | null;
};

/** GitHub takes ten minutes at most, and dates its own clock: a minute back and nine forward. */
const JWT_BACK_SECONDS = 60;
const JWT_FORWARD_SECONDS = 540;
/** A token that ends within a minute is not used any more. */
const MARGIN_MS = 60_000;

export const GITHUB_HEADERS = {
  accept: "application/vnd.github+json",
  "x-github-api-version": "2022-11-28",
} as const;

export class GithubTokens {
  readonly #known = new Map<string, { readonly token: string; readonly untilMs: number }>();

  /** A token for answering a source. Throws with the reason where there is none. */
  async of(
    request: TokenRequest,
    secrets: ReadonlyMap<string, readonly string[]>,
    rule: CallRule,
    nowMs: number,
  ): Promise<string> {
    const [fixed] = secrets.get(`token:${request.source}`) ?? [];
    if (fixed !== undefined) return fixed;
    const [app, pem] = secrets.get(`app:${request.source}`) ?? [];
    if (app === undefined || pem === undefined || request.installation === null)
      throw new Error("no token:SOURCE and no app:SOURCE in HOOK_SECRETS");
    const key = `${request.api} ${app} ${request.installation}`;
    const known = this.#known.get(key);
    if (known !== undefined && known.untilMs - MARGIN_MS > nowMs) return known.token;
    const fresh = await installationToken(request, await appJwt(app, pem, nowMs), rule);
    this.#known.set(key, fresh);
    return fresh.token;
  }

  /** After a refusal a token is asked for anew. */
  forget(): void {
    this.#known.clear();
  }
}

async function installationToken({ api, installation }: TokenRequest, jwt: string, rule: CallRule) {
  const target = await checkTarget(`${api}/app/installations/${installation}/access_tokens`, rule);
  if (!target.ok) throw new Error(String(target.fault.detail.reason));
  const response = await fetch(target.value, {
    method: "POST",
    redirect: "manual",
    headers: { ...GITHUB_HEADERS, authorization: `Bearer ${jwt}`, "user-agent": "Quorate-Webhooks/1" },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  if (response.status !== 201) {
    await response.body?.cancel();
    throw new Error(`GitHub gave no token: ${response.status}`);
  }
  const { token, expires_at } = (await readAnswer(response)) as {
    readonly token: unknown;
    readonly expires_at: unknown;
  };
  const untilMs = Date.parse(String(expires_at));
  if (typeof token !== "string" || !Number.isFinite(untilMs)) throw new Error("GitHub gave no token that can be read");
  return { token, untilMs };
}

/** The App's own word that it is itself (RS256). */
async function appJwt(app: string, pem: string, nowMs: number): Promise<string> {
  const now = Math.floor(nowMs / 1_000);
  const claims = { iat: now - JWT_BACK_SECONDS, exp: now + JWT_FORWARD_SECONDS, iss: app };
  const signed = `${urlJson({ alg: "RS256", typ: "JWT" })}.${urlJson(claims)}`;
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("pkcs8", pkcs8Of(pem), algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(signed));
  return `${signed}.${urlText(new Uint8Array(signature))}`;
}

/** GitHub hands out PKCS#1; WebCrypto reads PKCS#8, which is the same key in a wrapping that says that it is RSA. */
function pkcs8Of(pem: string): Uint8Array<ArrayBuffer> {
  const body = /-----BEGIN (RSA )?PRIVATE KEY-----([\s\S]*?)-----END/.exec(pem);
  const der = parseBase64((body?.[2] ?? "").replace(/\s/g, ""));
  if (body === null || der === null) throw new Error("the App's key is no PEM");
  if (body[1] === undefined) return der;
  const version = Uint8Array.of(0x02, 0x01, 0x00);
  const rsa = Uint8Array.of(0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00);
  return tagged(0x30, concatBytes(version, rsa, tagged(0x04, der)));
}

/** A DER element with its length. */
function tagged(tag: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = content;
  const bytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return concatBytes(Uint8Array.of(tag, ...bytes), content);
}

function urlJson(value: object): string {
  return urlText(new TextEncoder().encode(JSON.stringify(value)));
}

function urlText(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
