// Asking an agent over HTTP, for commands that take --url and --key.
import { REFUSALS, type Refusal, type RefusalCode } from "../shared/refusals.ts";
import { fault } from "../shared/result.ts";
import { required, usage } from "./files.ts";
import { type Call, EXIT, Refused } from "./registry.ts";

const EXITS: Readonly<Record<number, number>> = {
  202: EXIT.pending,
  401: EXIT.permission,
  403: EXIT.permission,
  404: EXIT.absent,
};

/** The JSON document that the agent at --url answers under `path`. */
export async function fetchFrom(call: Call, path: string): Promise<unknown> {
  const url = required(call, "url");
  if (!URL.canParse(path, url) || !/^https?:$/.test(new URL(path, url).protocol))
    throw usage(`--url takes http://… or https://…, not ${url}`);
  const key = typeof call.flags.key === "string" ? call.flags.key : (process.env.QUORATE_KEY ?? "");
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(new URL(path, url), { headers }).catch((error: Error) => {
    throw unreachable(url, reasonOf(error));
  });
  const document = parsed(await response.text().catch(() => ""));
  if (response.status === 200 && document !== undefined) return document;
  const told = refusalIn(document);
  if (told === null) throw unreachable(url, `it answers ${response.status}, and not as an agent does`);
  throw new Refused(fault(told.code).fault, EXITS[response.status] ?? EXIT.no, told);
}

/** What the agent refuses with, in its own words; null for an answer that is none of an agent's. */
function refusalIn(document: unknown): Refusal | null {
  if (typeof document !== "object" || document === null) return null;
  const { code, what, why, do: remedy } = document as Readonly<Record<string, unknown>>;
  if (typeof code !== "string" || !Object.hasOwn(REFUSALS, code)) return null;
  return { code: code as RefusalCode, what: plain(what), why: plain(why), do: plain(remedy) };
}

/** Another's words on this terminal: no control characters. */
function plain(text: unknown): string {
  return String(text).replace(/\p{Cc}/gu, " ");
}

function unreachable(url: string, reason: string): Refused {
  return new Refused(fault("UNREACHABLE", { url, reason }).fault, EXIT.unreachable);
}

/** `fetch` hides what happened in the error's cause. */
export function reasonOf(error: Error): string {
  const cause = error.cause as { code?: string; message?: string; errors?: readonly Error[] } | undefined;
  return cause?.message || cause?.errors?.[0]?.message || cause?.code || error.message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
