// Who is at the console: a cookie that the agent made itself from its API key, so there is no table of sessions to keep or lose.
// A cookie is accepted for twelve hours; a new API key ends them all.
import { parseHex, toHex } from "../../shared/bytes.ts";

export const SESSION_SECONDS = 12 * 3_600;
const COOKIE = /^(\d{1,12})\.([0-9a-f]{64})$/;
const hmac = { name: "HMAC", hash: "SHA-256" } as const;

function keyFrom(apiKey: string, use: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", new TextEncoder().encode(apiKey), hmac, false, [use]);
}

function statement(until: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`quorate-console ${until}`);
}

export async function sessionFor(apiKey: string, nowSeconds: number): Promise<string> {
  const until = nowSeconds + SESSION_SECONDS;
  const mac = await crypto.subtle.sign("HMAC", await keyFrom(apiKey, "sign"), statement(until));
  return `${until}.${toHex(new Uint8Array(mac))}`;
}

export async function isSession(cookie: string | undefined, apiKey: string, nowSeconds: number): Promise<boolean> {
  const found = COOKIE.exec(cookie ?? "");
  if (found === null || Number(found[1]) < nowSeconds) return false;
  const mac = parseHex(found[2] as string);
  if (mac === null) return false;
  return crypto.subtle.verify("HMAC", await keyFrom(apiKey, "verify"), mac, statement(Number(found[1])));
}
