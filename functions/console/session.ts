// Who is at the console: a cookie that the agent made itself from its API key, so there is no table of sessions to keep or lose.
// A cookie is accepted for twelve hours; a new API key ends them all. Every form carries a token bound to the cookie beside it.
import { parseHex, toHex } from "../../shared/bytes.ts";

export const SESSION_SECONDS = 12 * 3_600;
const COOKIE = /^(\d{1,12})\.([0-9a-f]{64})$/;
const hmac = { name: "HMAC", hash: "SHA-256" } as const;

function keyFrom(apiKey: string, use: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", new TextEncoder().encode(apiKey), hmac, false, [use]);
}

async function macOf(apiKey: string, statement: string): Promise<string> {
  const bytes = new TextEncoder().encode(statement);
  return toHex(new Uint8Array(await crypto.subtle.sign("HMAC", await keyFrom(apiKey, "sign"), bytes)));
}

async function isMac(apiKey: string, statement: string, given: string): Promise<boolean> {
  const mac = parseHex(given);
  const bytes = new TextEncoder().encode(statement);
  return mac !== null && crypto.subtle.verify("HMAC", await keyFrom(apiKey, "verify"), mac, bytes);
}

export async function sessionFor(apiKey: string, nowSeconds: number): Promise<string> {
  const until = nowSeconds + SESSION_SECONDS;
  return `${until}.${await macOf(apiKey, `quorate-console ${until}`)}`;
}

export async function isSession(cookie: string | undefined, apiKey: string, nowSeconds: number): Promise<boolean> {
  const found = COOKIE.exec(cookie ?? "");
  if (found === null || Number(found[1]) < nowSeconds) return false;
  return isMac(apiKey, `quorate-console ${found[1]}`, found[2] as string);
}

/** What a form carries: nobody without the cookie that it was served with can make one. */
export function formToken(apiKey: string, cookie: string): Promise<string> {
  return macOf(apiKey, `quorate-form ${cookie}`);
}

export function isFormToken(apiKey: string, cookie: string, given: string): Promise<boolean> {
  return isMac(apiKey, `quorate-form ${cookie}`, given);
}
